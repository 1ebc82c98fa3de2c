package chacha8rand

import _ "unsafe" // for linkname

// The installed package declares block without a body, for assembly.
//
//go:linkname overlayBlock internal/chacha8rand.block
func overlayBlock(seed *[4]uint64, blocks *[32]uint64, counter uint32) {
	block_generic(seed, blocks, counter)
}
