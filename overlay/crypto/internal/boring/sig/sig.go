// Package sig has markers that tools look for in binaries; rigo leaves none.
package sig

// BoringCrypto marks nothing.
func BoringCrypto() {}

// FIPSOnly marks nothing.
func FIPSOnly() {}

// StandardCrypto marks nothing.
func StandardCrypto() {}
