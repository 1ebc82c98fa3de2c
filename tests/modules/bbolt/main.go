package main

import (
	"fmt"
	"os"
	"path/filepath"

	bolt "go.etcd.io/bbolt"
)

func main() {
	dir, err := os.MkdirTemp("", "bbolt")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	db, err := bolt.Open(filepath.Join(dir, "db"), 0o600, nil)
	if err != nil {
		panic(err)
	}
	err = db.Update(func(tx *bolt.Tx) error {
		b, err := tx.CreateBucketIfNotExists([]byte("numbers"))
		if err != nil {
			return err
		}
		for i := range 2000 {
			if err := b.Put(fmt.Appendf(nil, "%05d", i*7%2000), fmt.Append(nil, i)); err != nil {
				return err
			}
		}
		return nil
	})
	fmt.Println(err)
	err = db.View(func(tx *bolt.Tx) error {
		c := tx.Bucket([]byte("numbers")).Cursor()
		for k, v := c.Seek([]byte("01995")); k != nil; k, v = c.Next() {
			fmt.Printf("%s=%s\n", k, v)
		}
		fmt.Println(tx.Bucket([]byte("numbers")).Stats().KeyN)
		return nil
	})
	fmt.Println(err, db.Close())
}
