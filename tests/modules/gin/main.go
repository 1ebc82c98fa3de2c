package main

import (
	"fmt"
	"net/http/httptest"
	"strings"

	"github.com/gin-gonic/gin"
)

type note struct {
	Text string `json:"text" binding:"required,max=10"`
}

func main() {
	gin.SetMode(gin.ReleaseMode)
	r := gin.New()
	r.Use(gin.CustomRecovery(func(c *gin.Context, err any) { c.String(500, "recovered %v", err) }))
	r.GET("/notes/:id", func(c *gin.Context) { c.JSON(200, gin.H{"id": c.Param("id"), "q": c.Query("q")}) })
	r.POST("/notes", func(c *gin.Context) {
		var n note
		if err := c.ShouldBindJSON(&n); err != nil {
			c.String(400, err.Error())
			return
		}
		c.JSON(201, n)
	})
	r.GET("/panic", func(*gin.Context) { panic("oops") })
	gin.DefaultErrorWriter = nil
	for _, request := range []string{"GET /notes/7?q=x", "GET /none", "POST /notes {\"text\":\"short\"}", "POST /notes {\"text\":\"much too long\"}"} {
		words := strings.SplitN(request, " ", 3)
		body := strings.Join(words[2:], "")
		w := httptest.NewRecorder()
		r.ServeHTTP(w, httptest.NewRequest(words[0], words[1], strings.NewReader(body)))
		fmt.Println(request, "->", w.Code, w.Body)
	}
}
