// Generic code that would need infinitely many instances.
package p

func f[P any](n int) { // want `instantiation cycle:`
	if n > 0 {
		f[[]P](n - 1)
	}
}
func ok[P any](n int) { ok[P](n - 1) }
type T[P any] struct{ p *P }
func (t T[P]) m() { var u T[*P]; u.m() }
