// Http is a server and its clients in one program, over real sockets of this machine: routes with parameters, JSON in
// both directions, many requests at once, a deadline, and an orderly end.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"
)

// store is what the server keeps.
type store struct {
	mu    sync.Mutex
	notes map[string]string
}

func (s *store) put(w http.ResponseWriter, r *http.Request) {
	var note struct{ Text string }
	if err := json.NewDecoder(r.Body).Decode(&note); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.notes[r.PathValue("name")] = note.Text
	w.WriteHeader(http.StatusCreated)
}

func (s *store) get(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	text, ok := s.notes[r.PathValue("name")]
	s.mu.Unlock()
	if !ok {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(map[string]any{"text": text, "length": len(text)})
}

func slow(w http.ResponseWriter, r *http.Request) {
	select {
	case <-r.Context().Done():
	case <-time.After(10 * time.Second):
		fmt.Fprintln(w, "at last")
	}
}

func request(client *http.Client, method, url, body string) {
	r, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		log.Fatal(err)
	}
	response, err := client.Do(r)
	if err != nil {
		log.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s %s: %s, %s: %q\n", method, r.URL.Path, response.Status, response.Header.Get("Content-Type"), text)
}

func main() {
	log.SetFlags(0)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	notes := &store{notes: make(map[string]string)}
	mux := http.NewServeMux()
	mux.HandleFunc("PUT /notes/{name}", notes.put)
	mux.HandleFunc("GET /notes/{name}", notes.get)
	mux.HandleFunc("GET /slow", slow)
	server := &http.Server{Handler: mux}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()

	url := "http://" + listener.Addr().String()
	client := &http.Client{Timeout: 30 * time.Second}
	request(client, "GET", url+"/notes/a", "")
	request(client, "PUT", url+"/notes/a", `{"text": "remember the milk"}`)
	request(client, "GET", url+"/notes/a", "")
	request(client, "PUT", url+"/notes/a", `{"text": 1}`)
	request(client, "POST", url+"/notes/a", "")

	var group sync.WaitGroup
	for i := range 20 {
		group.Go(func() {
			name := fmt.Sprintf("%s/notes/%d", url, i)
			r, _ := http.NewRequest("PUT", name, strings.NewReader(`{"text": "many"}`))
			response, err := client.Do(r)
			if err != nil {
				log.Fatal(err)
			}
			response.Body.Close()
		})
	}
	group.Wait()
	notes.mu.Lock()
	fmt.Println("notes:", len(notes.notes))
	notes.mu.Unlock()

	impatient, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	r, _ := http.NewRequestWithContext(impatient, "GET", url+"/slow", nil)
	_, err = client.Do(r)
	fmt.Println("slow:", errors.Is(err, context.DeadlineExceeded), os.IsTimeout(err))

	deadline, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	fmt.Println("shutdown:", server.Shutdown(deadline))
	fmt.Println("server:", <-ended)
}
