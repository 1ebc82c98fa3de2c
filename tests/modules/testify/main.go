package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/mock"
)

type recorder struct{ failures int }

func (r *recorder) Logf(string, ...any) {}

func (r *recorder) FailNow() {}

func (r *recorder) Errorf(format string, args ...any) {
	r.failures++
	text := fmt.Sprintf(format, args...)
	if at := strings.Index(text, "Error:"); at >= 0 {
		fmt.Println(strings.Join(strings.Fields(text[at:]), " "))
	}
}

type service struct{ mock.Mock }

func (s *service) Get(n int) (string, error) {
	args := s.Called(n)
	return args.String(0), args.Error(1)
}

func main() {
	r := &recorder{}
	fmt.Println(assert.Equal(r, 1, 1), assert.Equal(r, []int{1, 2}, []int{1, 3}))
	fmt.Println(assert.Contains(r, "text", "ex"), assert.ErrorIs(r, errors.New("a"), errors.ErrUnsupported))
	fmt.Println(assert.Panics(r, func() { panic(1) }), assert.Len(r, map[int]int{}, 1), r.failures)
	s := &service{}
	s.On("Get", 3).Return("three", nil).Once()
	fmt.Println(s.Get(3))
	fmt.Println(s.AssertExpectations(r))
}
