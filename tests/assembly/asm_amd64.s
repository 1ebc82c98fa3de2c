#include "funcdata.h"
#include "go_asm.h"
#include "textflag.h"

DATA numbers<>+0(SB)/8, $100
DATA numbers<>+8(SB)/8, $200
GLOBL numbers<>(SB), RODATA|NOPTR, $16

// Uses every register that Go functions keep, g's too.
// func sum(p []int32) int64
TEXT ·sum(SB), NOSPLIT, $0-32
	MOVQ p_base+0(FP), SI
	MOVQ p_len+8(FP), CX
	XORQ AX, AX
	MOVQ $0x1234, BX
	MOVQ BX, R12
	MOVQ BX, R13
	MOVQ BX, R14
	MOVQ BX, R15
loop:
	TESTQ CX, CX
	JZ done
	MOVLQSX (SI), DX
	ADDQ DX, AX
	ADDQ $4, SI
	DECQ CX
	JMP loop
done:
	MOVQ AX, ret+24(FP)
	RET

// func mixed(a int8, b uint16, c float32, d float64, e string, f uint32) (n int64, x float64, ok bool)
TEXT ·mixed(SB), NOSPLIT, $0-57
	MOVBQSX a+0(FP), AX
	MOVWQZX b+2(FP), BX
	ADDQ BX, AX
	ADDQ e_len+24(FP), AX
	MOVL f+32(FP), CX
	ADDQ CX, AX
	IMULQ $const_factor, AX
	ADDQ numbers<>+8(SB), AX
	MOVQ AX, n+40(FP)
	CVTSS2SD c+4(FP), X0
	ADDSD d+8(FP), X0
	MOVSD X0, x+48(FP)
	MOVB $1, ok+56(FP)
	RET

// func reverse(a, b, c, d, e, f, k, l, m int) (r1, r2, r3, r4, r5, r6, r7, r8, r9 int)
TEXT ·reverse(SB), NOSPLIT, $0-144
	MOVQ a+0(FP), AX
	MOVQ AX, r9+136(FP)
	MOVQ b+8(FP), AX
	MOVQ AX, r8+128(FP)
	MOVQ c+16(FP), AX
	MOVQ AX, r7+120(FP)
	MOVQ d+24(FP), AX
	MOVQ AX, r6+112(FP)
	MOVQ e+32(FP), AX
	MOVQ AX, r5+104(FP)
	MOVQ f+40(FP), AX
	MOVQ AX, r4+96(FP)
	MOVQ k+48(FP), AX
	MOVQ AX, r3+88(FP)
	MOVQ l+56(FP), AX
	MOVQ AX, r2+80(FP)
	MOVQ m+64(FP), AX
	MOVQ AX, r1+72(FP)
	RET

// func change(p pair, k int) (q pair, n int)
TEXT ·change(SB), NOSPLIT, $0-48
	LEAQ p+0(FP), SI
	LEAQ q+24(FP), DI
	MOVQ (SI), AX
	BSWAPQ AX
	MOVQ AX, (DI)
	MOVQ pair_c(SI), AX
	MOVQ AX, pair_c(DI)
	MOVQ k+16(FP), AX
	ADDQ $pair__size, AX
	MOVQ AX, n+40(FP)
	RET

// func call(n int, p *[4]int, s string) (m int, t string)
TEXT ·call(SB), 0, $56-56
	NO_LOCAL_POINTERS
	MOVQ $0, t_base+40(FP)
	MOVQ $0, t_len+48(FP)
	GO_RESULTS_INITIALIZED
	MOVQ n+0(FP), AX
	MOVQ AX, 0(SP)
	MOVQ p+8(FP), AX
	MOVQ AX, 8(SP)
	MOVQ s_base+16(FP), AX
	MOVQ AX, 16(SP)
	MOVQ s_len+24(FP), AX
	MOVQ AX, 24(SP)
	MOVQ $0, R14
	MOVQ $0, R15
	CALL ·callback(SB)
	MOVQ 32(SP), AX
	MOVQ AX, m+32(FP)
	MOVQ 40(SP), AX
	MOVQ AX, t_base+40(FP)
	MOVQ 48(SP), AX
	MOVQ AX, t_len+48(FP)
	RET

// func back(k int) (n int)
TEXT ·back(SB), 0, $144-16
	NO_LOCAL_POINTERS
	MOVQ k+0(FP), AX
	LEAQ 0(SP), DI
	MOVQ $9, CX
fill:
	MOVQ AX, (DI)
	INCQ AX
	ADDQ $8, DI
	DECQ CX
	JNZ fill
	CALL ·nine(SB)
	// Ten times each result and the next.
	XORQ BX, BX
	LEAQ 72(SP), SI
	MOVQ $9, CX
add:
	IMULQ $10, BX
	ADDQ (SI), BX
	ADDQ $8, SI
	DECQ CX
	JNZ add
	MOVQ BX, n+8(FP)
	MOVQ $0x0004000300020001, AX
	MOVQ AX, 0(SP)
	MOVQ $0x4000000000000000, AX
	MOVQ AX, 8(SP)
	MOVQ $7, 16(SP)
	CALL ·memory(SB)
	MOVQ 24(SP), AX
	ADDQ 32(SP), AX
	ADDQ 40(SP), AX
	XORQ AX, n+8(FP)
	RET

// func fault(p *int) int
TEXT ·fault(SB), NOSPLIT, $16-16
	MOVQ p+0(FP), AX
	MOVQ $0, R15
	PUSHQ BP
	MOVQ $1, BP
	MOVQ (AX), AX
	POPQ BP
	MOVQ AX, ret+8(FP)
	RET

// func count() int64
TEXT ·count(SB), NOSPLIT, $0-8
	INCQ ·counter(SB)
	MOVQ ·counter(SB), AX
	MOVQ AX, ret+0(FP)
	RET
