package main

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/ed25519"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha3"
	"crypto/sha512"
	"fmt"
	"hash/crc32"
	"math/big"
)

func main() {
	text := bytes.Repeat([]byte("The quick brown fox jumps over the lazy dog. "), 100)
	for _, n := range []int{0, 1, 55, 64, 127, 1000, len(text)} {
		part := text[:n]
		fmt.Printf("%d %x %x\n", n, md5.Sum(part), sha1.Sum(part))
		fmt.Printf("%x %x %x\n", sha256.Sum256(part), sha512.Sum512(part), sha3.Sum256(part))
		fmt.Println(crc32.ChecksumIEEE(part), crc32.Checksum(part, crc32.MakeTable(crc32.Castagnoli)))
	}

	block, err := aes.NewCipher(text[:32])
	if err != nil {
		panic(err)
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		panic(err)
	}
	for _, n := range []int{0, 15, 16, 1000, len(text)} {
		sealed := gcm.Seal(nil, text[:12], text[:n], text[12:30])
		sum := sha256.Sum256(sealed)
		opened, err := gcm.Open(nil, text[:12], sealed, text[12:30])
		fmt.Printf("%x %v %v\n", sum, bytes.Equal(opened, text[:n]), err)
		sealed[n/2] ^= 1
		_, err = gcm.Open(nil, text[:12], sealed, text[12:30])
		fmt.Println(err)
	}
	stream := cipher.NewCTR(block, text[:16])
	out := make([]byte, len(text))
	stream.XORKeyStream(out, text)
	fmt.Printf("%x\n", sha256.Sum256(out))

	x, y := big.NewInt(3), big.NewInt(7)
	x.Exp(x, big.NewInt(3000), nil)
	y.Exp(y, big.NewInt(1700), nil)
	fmt.Println(new(big.Int).Mod(new(big.Int).Mul(x, y), big.NewInt(1000000007)))
	quotient, rest := new(big.Int).QuoRem(x, big.NewInt(0).Add(y, big.NewInt(12345)), new(big.Int))
	fmt.Println(len(quotient.String()), rest.Bit(3), new(big.Int).Sqrt(x).BitLen(), new(big.Int).GCD(nil, nil, x, y))
	fmt.Println(new(big.Int).Exp(big.NewInt(2), x, y).Bytes()[:8], new(big.Int).Lsh(y, 13).TrailingZeroBits())

	curve := ecdh.P256()
	a, err := curve.NewPrivateKey(text[:32])
	if err != nil {
		panic(err)
	}
	b, err := curve.NewPrivateKey(text[40:72])
	if err != nil {
		panic(err)
	}
	one, _ := a.ECDH(b.PublicKey())
	two, _ := b.ECDH(a.PublicKey())
	fmt.Printf("%x %v\n", one, bytes.Equal(one, two))
	key := ed25519.NewKeyFromSeed(text[:32])
	signature := ed25519.Sign(key, text)
	fmt.Printf("%x %v\n", signature[:8], ed25519.Verify(key.Public().(ed25519.PublicKey), text, signature))
}
