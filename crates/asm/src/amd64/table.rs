//! The instructions of amd64: names as Plan 9 has them, forms as the manual has them.
//!
//! A line is a name, or several, and forms separated by `|`; a form is its operands, in the order of Plan 9 (source first),
//! and behind a colon its encoding; without a colon it has the operands of the one before. Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2.
//!
//! Operands: `r` a general register, `rm` that or memory, `m` memory; `r8`, `rm8` bytes; `x`, `y`, `z` vector registers,
//! `xm`, `ym`, `zm` or memory, and `v`, `vm` for each width of the encoding; `mm`, `mmm` MMX; `k`, `km` masks; `cr`, `dr`, `fs`, `gs`; `al`, `ax`, `cl`,
//! `x0` that register; `i8s` a signed byte, `i8` a byte of either kind, `i16`, `i32` (signed), `u32`, `i64`; `1`, `3` that number. The
//! operand that may be memory is ModRM.rm and the last of the others ModRM.reg, one before it VEX.vvvv; `@m`, `@r`, `@v` say otherwise.
//!
//! Encoding: prefixes `66 F2 F3`, `w` (REX.W), the opcode's bytes, `/r` or `/n`, `+r` (register in the opcode), `/rr` (one register in both places),
//! `ib iw id iq`. `v.LL.pp.mm.W` is a VEX and `e.LL.pp.mm.W` an EVEX prefix: widths `xyz` in any choice, or `0`, `1` for L itself; the unit of its disp8 follows:
//! `FV4`, `FV8` the vector, or one element under `.BCST`; `FVM` the vector; `B1 B4 B8 B16` so many bytes.

/// Lines for families that differ in size: `?` is B, W, L, Q, with their prefix in place of `%`.
pub const SIZED: &str = "
DEC?  rm: % FF /1
INC?  rm: % FF /0
NOT?  rm: % F7 /2
NEG?  rm: % F7 /3
MUL?  rm: % F7 /4
DIV?  rm: % F7 /6
IDIV? rm: % F7 /7
IMUL? rm: % F7 /5 | rm,r: % 0FAF /r | i8s,r: % 6B /rr ib | i32,r: % 69 /rr id | i8s,rm,r: % 6B /r ib | i32,rm,r: % 69 /r id
IMUL3? i8s,rm,r: % 6B /r ib | i32,rm,r: % 69 /r id
BSF?  rm,r: % 0FBC /r
BSR?  rm,r: % 0FBD /r
POPCNT? rm,r: F3 % 0FB8 /r
LZCNT? rm,r: F3 % 0FBD /r
TZCNT? rm,r: F3 % 0FBC /r
BT?   i8,rm: % 0FBA /4 ib | r,rm: % 0FA3 /r
BTS?  i8,rm: % 0FBA /5 ib | r,rm: % 0FAB /r
BTR?  i8,rm: % 0FBA /6 ib | r,rm: % 0FB3 /r
BTC?  i8,rm: % 0FBA /7 ib | r,rm: % 0FBB /r
CMPXCHG? ax,r: % 90 +r | r,ax: % 90 +r | r,rm: % 0FB1 /r
XADD? r,rm: % 0FC1 /r
XCHG? ax,r: % 90 +r | r,ax: % 90 +r | r,rm: % 87 /r | rm,r: % 87 /r
LEA?  m,r: % 8D /r
TEST? i32,ax: % A9 id | i32,rm: % F7 /0 id | r,rm: % 85 /r
SHL?  1,rm: % D1 /4 | i8,rm: % C1 /4 ib | cl,rm: % D3 /4 | i8,r,rm: % 0FA4 /r ib | cl,r,rm: % 0FA5 /r
SAL?  1,rm: % D1 /4 | i8,rm: % C1 /4 ib | cl,rm: % D3 /4
SHR?  1,rm: % D1 /5 | i8,rm: % C1 /5 ib | cl,rm: % D3 /5 | i8,r,rm: % 0FAC /r ib | cl,r,rm: % 0FAD /r
SAR?  1,rm: % D1 /7 | i8,rm: % C1 /7 ib | cl,rm: % D3 /7
ROL?  1,rm: % D1 /0 | i8,rm: % C1 /0 ib | cl,rm: % D3 /0
ROR?  1,rm: % D1 /1 | i8,rm: % C1 /1 ib | cl,rm: % D3 /1
RCL?  1,rm: % D1 /2 | i8,rm: % C1 /2 ib | cl,rm: % D3 /2
RCR?  1,rm: % D1 /3 | i8,rm: % C1 /3 ib | cl,rm: % D3 /3
ADCX? rm,r: 66 % 0F38F6 /r
ADOX? rm,r: F3 % 0F38F6 /r
";

/// The instructions that stand alone.
pub const SINGLE: &str = "
SHLB,SALB 1,rm8: D0 /4 | i8,rm8: C0 /4 ib | cl,rm8: D2 /4
SHRB  1,rm8: D0 /5 | i8,rm8: C0 /5 ib | cl,rm8: D2 /5
SARB  1,rm8: D0 /7 | i8,rm8: C0 /7 ib | cl,rm8: D2 /7
ROLB  1,rm8: D0 /0 | i8,rm8: C0 /0 ib | cl,rm8: D2 /0
RORB  1,rm8: D0 /1 | i8,rm8: C0 /1 ib | cl,rm8: D2 /1
DECB  rm8: FE /1
INCB  rm8: FE /0
NOTB  rm8: F6 /2
NEGB  rm8: F6 /3
MULB  rm8: F6 /4
DIVB  rm8: F6 /6
CMPXCHGB r8,rm8: 0FB0 /r
XADDB r8,rm8: 0FC0 /r
XCHGB r8,rm8: 86 /r | rm8,r8: 86 /r
TESTB i8,al: A8 ib | i8,rm8: F6 /0 ib | r8,rm8: 84 /r
ANDNL rm,r,r: v.0.np.0F38.W0 F2 /r
ANDNQ rm,r,r: v.0.np.0F38.W1 F2 /r
MULXL rm,r,r: v.0.F2.0F38.W0 F6 /r
MULXQ rm,r,r: v.0.F2.0F38.W1 F6 /r
RORXL i8,rm,r: v.0.F2.0F3A.W0 F0 /r ib
RORXQ i8,rm,r: v.0.F2.0F3A.W1 F0 /r ib
BSWAPL r: 0FC8 +r
BSWAPQ r: w 0FC8 +r
CMPXCHG8B m: 0FC7 /1
CMPXCHG16B m: w 0FC7 /1
CRC32B rm8,r: F2 0F38F0 /r
CRC32W rm,r: 66 F2 0F38F1 /r
CRC32L rm,r: F2 0F38F1 /r
CRC32Q rm,r: F2 w 0F38F1 /r
INT   3: CC | i8: CD ib
LDMXCSR m: 0FAE /2
STMXCSR m: 0FAE /3
LFENCE : 0FAEE8
MFENCE : 0FAEF0
SFENCE : 0FAEF8
MOVB  i8,r8: B0 +r ib | i8,rm8: C6 /0 ib | r8,rm8: 88 /r | rm8,r8: 8A /r
MOVW  i16,r: 66 B8 +r iw | i16,rm: 66 C7 /0 iw | r,rm: 66 89 /r | rm,r: 66 8B /r
MOVL  i32,r: B8 +r id | i32,rm: C7 /0 id | r,rm: 89 /r | rm,r: 8B /r | rm,x: 66 0F6E /r | x,rm: 66 0F7E /r | r@m,cr: 0F22 /r | cr,r@m: 0F20 /r | rm,mm: 0F6E /r | mm,rm: 0F7E /r
MOVQ  u32,r: B8 +r id | i32,rm: w C7 /0 id | i64,r: w B8 +r iq | r,rm: w 89 /r | rm,r: w 8B /r | x,m: 66 0FD6 /r | m,x: F3 0F7E /r | xm,x: F3 0F7E /r | r@m,x: 66 w 0F6E /r | x,r@m: 66 w 0F7E /r | r@m,cr: 0F22 /r | cr,r@m: 0F20 /r | r@m,dr: 0F23 /r | dr,r@m: 0F21 /r | m,mm: 0F6F /r | mm,m: 0F7F /r | r@m,mm: w 0F6E /r | mm,r@m: w 0F7E /r | x@m,mm: F2 0FD6 /r
MOVABSQ i64,r: w B8 +r iq
MOVLQZX rm,r: 8B /r
MOVLQSX rm,r: w 63 /r
MOVBLZX,MOVBWZX rm8,r: 0FB6 /r
MOVBQZX rm8,r: w 0FB6 /r
MOVWLZX,MOVWQZX rm,r: 0FB7 /r
MOVBLSX rm8,r: 0FBE /r
MOVBQSX rm8,r: w 0FBE /r
MOVWLSX rm,r: 0FBF /r
MOVWQSX rm,r: w 0FBF /r
MOVBEL m,r: 0F38F0 /r | r,m: 0F38F1 /r
MOVBEQ m,r: w 0F38F0 /r | r,m: w 0F38F1 /r
MOVNTIL r,m: 0FC3 /r
MOVNTIQ r,m: w 0FC3 /r
MOVAPD xm,x: 66 0F28 /r | x,xm: 66 0F29 /r
MOVAPS xm,x: 0F28 /r | x,xm: 0F29 /r
MOVUPD xm,x: 66 0F10 /r | x,xm: 66 0F11 /r
MOVUPS xm,x: 0F10 /r | x,xm: 0F11 /r
MOVSD xm,x: F2 0F10 /r | x,xm: F2 0F11 /r
MOVSS xm,x: F3 0F10 /r | x,xm: F3 0F11 /r
MOVO  xm,x: 66 0F6F /r | x,xm: 66 0F7F /r
MOVOU xm,x: F3 0F6F /r | x,xm: F3 0F7F /r
MOVNTO x,m: 66 0FE7 /r
MOVHPS m,x: 0F16 /r | x,m: 0F17 /r
MOVLPS m,x: 0F12 /r | x,m: 0F13 /r
MOVHLPS x@m,x: 0F12 /r
MOVLHPS x@m,x: 0F16 /r
COMISD xm,x: 66 0F2F /r
COMISS xm,x: 0F2F /r
UCOMISD xm,x: 66 0F2E /r
UCOMISS xm,x: 0F2E /r
CMPSD xm,x,i8: F2 0FC2 /r ib
CMPSS xm,x,i8: F3 0FC2 /r ib
CMPPD xm,x,i8: 66 0FC2 /r ib
CMPPS xm,x,i8: 0FC2 /r ib
CVTSD2SL xm,r: F2 0F2D /r
CVTSD2SQ xm,r: F2 w 0F2D /r
CVTTSD2SL xm,r: F2 0F2C /r
CVTTSD2SQ xm,r: F2 w 0F2C /r
CVTSL2SD rm,x: F2 0F2A /r
CVTSQ2SD rm,x: F2 w 0F2A /r
CVTSL2SS rm,x: F3 0F2A /r
CVTSQ2SS rm,x: F3 w 0F2A /r
CVTSD2SS xm,x: F2 0F5A /r
CVTSS2SD xm,x: F3 0F5A /r
SHUFPS i8,xm,x: 0FC6 /r ib
SHUFPD i8,xm,x: 66 0FC6 /r ib
ROUNDSD i8,xm,x: 66 0F3A0B /r ib
ROUNDSS i8,xm,x: 66 0F3A0A /r ib
PSHUFB xm,x: 66 0F3800 /r
PALIGNR i8,xm,x: 66 0F3A0F /r ib
PBLENDW i8,xm,x: 66 0F3A0E /r ib
PCLMULQDQ i8,xm,x: 66 0F3A44 /r ib
PCMPESTRI i8,xm,x: 66 0F3A61 /r ib
PEXTRB i8,x,rm: 66 0F3A14 /r ib
PEXTRW i8,x@m,r: 66 0FC5 /r ib
PEXTRD i8,x,rm: 66 0F3A16 /r ib
PEXTRQ i8,x,rm: 66 w 0F3A16 /r ib
PINSRB i8,rm,x: 66 0F3A20 /r ib
PINSRW i8,rm,x: 66 0FC4 /r ib
PINSRD i8,rm,x: 66 0F3A22 /r ib
PINSRQ i8,rm,x: 66 w 0F3A22 /r ib
PMOVMSKB x@m,r: 66 0FD7 /r | mm@m,r: 0FD7 /r
PSHUFD,PSHUFL i8,xm,x: 66 0F70 /r ib
PSHUFHW i8,xm,x: F3 0F70 /r ib
PSHUFLW i8,xm,x: F2 0F70 /r ib
PSLLO i8,x@m: 66 0F73 /7 ib
PSRLO i8,x@m: 66 0F73 /3 ib
PMULLD xm,x: 66 0F3840 /r
PTEST xm,x: 66 0F3817 /r
POPQ  fs: 0FA1 | gs: 0FA9 | r: 58 +r | m: 8F /0
PUSHQ fs: 0FA0 | gs: 0FA8 | r: 50 +r | i8s: 6A ib | i32: 68 id | m: FF /6
POPFQ : 9D
PUSHFQ : 9C
PREFETCHNTA m: 0F18 /0
PREFETCHT0 m: 0F18 /1
PREFETCHT1 m: 0F18 /2
PREFETCHT2 m: 0F18 /3
SHA1MSG1 xm,x: 0F38C9 /r
SHA1MSG2 xm,x: 0F38CA /r
SHA1NEXTE xm,x: 0F38C8 /r
SHA1RNDS4 i8,xm,x: 0F3ACC /r ib
SHA256RNDS2 x0,xm,x: 0F38CB /r
SHA256MSG1 xm,x: 0F38CC /r
SHA256MSG2 xm,x: 0F38CD /r
AESENC xm,x: 66 0F38DC /r
AESENCLAST xm,x: 66 0F38DD /r
AESDEC xm,x: 66 0F38DE /r
AESDECLAST xm,x: 66 0F38DF /r
AESIMC xm,x: 66 0F38DB /r
AESKEYGENASSIST i8,xm,x: 66 0F3ADF /r ib
CALL  rm: FF /2
JMP   rm: FF /4
CPUID : 0FA2
XGETBV : 0F01D0
RDTSC : 0F31
RDTSCP : 0F01F9
SYSCALL : 0F05
CLD : FC
STD : FD
CLI : FA
STI : FB
MOVSB : A4
MOVSW : 66 A5
MOVSL : A5
MOVSQ : w A5
STOSB : AA
STOSW : 66 AB
STOSL : AB
STOSQ : w AB
LODSB : AC
SCASB : AE
CMPSB : A6
LOCK : F0
REP : F3
REPN : F2
PAUSE : F390
NOP : 90
HLT : F4
UNDEF : 0F0B
CQO : w 99
CDQ : 99
CWD : 66 99
CDQE : w 98
SAHF : 9E
LAHF : 9F
VADDSD xm,x,x: v.x.F2.0F.WIG 58 /r | e.x.F2.0F.W1 58 /r B8
VFMADD213SD xm,x,x: v.x.66.0F38.W1 A9 /r | e.x.66.0F38.W1 A9 /r B8
VFMADD231SD xm,x,x: v.x.66.0F38.W1 B9 /r | e.x.66.0F38.W1 B9 /r B8
VFNMADD231SD xm,x,x: v.x.66.0F38.W1 BD /r | e.x.66.0F38.W1 BD /r B8
VINSERTI128 i8,xm,y,y: v.y.66.0F3A.W0 38 /r ib
VEXTRACTI128 i8,y,xm: v.y.66.0F3A.W0 39 /r ib
VMOVAPD vm,v: v.xy.66.0F.WIG 28 /r | v,vm: v.xy.66.0F.WIG 29 /r | e.xyz.66.0F.W1 29 /r FVM | vm,v: e.xyz.66.0F.W1 28 /r FVM
VMOVAPS vm,v: v.xy.np.0F.WIG 28 /r | v,vm: v.xy.np.0F.WIG 29 /r | e.xyz.np.0F.W0 29 /r FVM | vm,v: e.xyz.np.0F.W0 28 /r FVM
VMOVUPD vm,v: v.xy.66.0F.WIG 10 /r | v,vm: v.xy.66.0F.WIG 11 /r | e.xyz.66.0F.W1 11 /r FVM | vm,v: e.xyz.66.0F.W1 10 /r FVM
VMOVUPS vm,v: v.xy.np.0F.WIG 10 /r | v,vm: v.xy.np.0F.WIG 11 /r | e.xyz.np.0F.W0 11 /r FVM | vm,v: e.xyz.np.0F.W0 10 /r FVM
VMOVDQA vm,v: v.xy.66.0F.WIG 6F /r | v,vm: v.xy.66.0F.WIG 7F /r
VMOVDQU vm,v: v.xy.F3.0F.WIG 6F /r | v,vm: v.xy.F3.0F.WIG 7F /r
VMOVDQA64 v,vm: e.xyz.66.0F.W1 7F /r FVM | vm,v: e.xyz.66.0F.W1 6F /r FVM
VMOVDQU64 v,vm: e.xyz.F3.0F.W1 7F /r FVM | vm,v: e.xyz.F3.0F.W1 6F /r FVM
VMOVDQU8 v,vm: e.xyz.F2.0F.W0 7F /r FVM | vm,v: e.xyz.F2.0F.W0 6F /r FVM
VMOVNTDQ v,m: v.xy.66.0F.WIG E7 /r | e.xyz.66.0F.W0 E7 /r FVM
VMOVD rm,x: v.0.66.0F.W0 6E /r
VMOVD x,rm: v.0.66.0F.W0 7E /r
VMOVQ r@m,x: v.0.66.0F.W1 6E /r
VMOVQ x,r@m: v.0.66.0F.W1 7E /r
VPADDB vm,v,v: v.xy.66.0F.WIG FC /r | e.xyz.66.0F.WIG FC /r FVM
VPADDD vm,v,v: v.xy.66.0F.WIG FE /r | e.xyz.66.0F.W0 FE /r FV4
VPADDQ vm,v,v: v.xy.66.0F.WIG D4 /r | e.xyz.66.0F.W1 D4 /r FV8
VPSUBB vm,v,v: v.xy.66.0F.WIG F8 /r | e.xyz.66.0F.WIG F8 /r FVM
VPSUBQ vm,v,v: v.xy.66.0F.WIG FB /r | e.xyz.66.0F.W1 FB /r FV8
VPMULUDQ vm,v,v: v.xy.66.0F.WIG F4 /r | e.xyz.66.0F.W1 F4 /r FV8
VPALIGNR i8,vm,v,v: v.xy.66.0F3A.WIG 0F /r ib | e.xyz.66.0F3A.WIG 0F /r ib FVM
VPAND vm,v,v: v.xy.66.0F.WIG DB /r
VPANDN vm,v,v: v.xy.66.0F.WIG DF /r
VPOR  vm,v,v: v.xy.66.0F.WIG EB /r
VPXOR vm,v,v: v.xy.66.0F.WIG EF /r
VPANDQ vm,v,v: e.xyz.66.0F.W1 DB /r FV8
VPORQ vm,v,v: e.xyz.66.0F.W1 EB /r FV8
VPXORQ vm,v,v: e.xyz.66.0F.W1 EF /r FV8
VXORPS vm,v,v: v.xy.np.0F.WIG 57 /r | e.xyz.np.0F.W0 57 /r FV4
VXORPD vm,v,v: v.xy.66.0F.WIG 57 /r | e.xyz.66.0F.W1 57 /r FV8
VPBLENDD i8,vm,v,v: v.xy.66.0F3A.W0 02 /r ib
VPBROADCASTB xm,v: v.xy.66.0F38.W0 78 /r | e.xyz.66.0F38.W0 78 /r B1
VPBROADCASTB r@m,v: e.xyz.66.0F38.W0 7A /r
VPBROADCASTQ xm,v: v.xy.66.0F38.W0 59 /r | e.xyz.66.0F38.W1 59 /r B8
VPBROADCASTD xm,v: v.xy.66.0F38.W0 58 /r | e.xyz.66.0F38.W0 58 /r B4
VBROADCASTI128 m,y: v.y.66.0F38.W0 5A /r
VPCLMULQDQ i8,vm,v,v: v.xy.66.0F3A.WIG 44 /r ib | e.xyz.66.0F3A.WIG 44 /r ib FVM
VPCMPEQB vm,v,v: v.xy.66.0F.WIG 74 /r
VPCMPEQB vm,v,k: e.xyz.66.0F.WIG 74 /r FVM
VPCMPEQQ vm,v,v: v.xy.66.0F38.WIG 29 /r
VPCMPUQ i8,vm,v,k: e.xyz.66.0F3A.W1 1E /r ib FV8
VPERM2F128 i8,ym,y,y: v.y.66.0F3A.W0 06 /r ib
VPERM2I128 i8,ym,y,y: v.y.66.0F3A.W0 46 /r ib
VPERMQ i8,ym,y: v.y.66.0F3A.W1 00 /r ib
VPERMB vm,v,v: e.xyz.66.0F38.W0 8D /r FVM
VPERMI2B vm,v,v: e.xyz.66.0F38.W0 75 /r FVM
VPMOVMSKB x@m,r: v.x.66.0F.WIG D7 /r
VPMOVMSKB y@m,r: v.y.66.0F.WIG D7 /r
VPSHUFB vm,v,v: v.xy.66.0F38.WIG 00 /r | e.xyz.66.0F38.WIG 00 /r FVM
VPSHUFD i8,vm,v: v.xy.66.0F.WIG 70 /r ib | e.xyz.66.0F.W0 70 /r ib FV4
VPSLLD i8,v@m,v@v: v.xy.66.0F.WIG 72 /6 ib
VPSLLD i8,vm,v@v: e.xyz.66.0F.W0 72 /6 ib FV4
VPSLLD xm,v,v: v.xy.66.0F.WIG F2 /r | e.xyz.66.0F.W0 F2 /r B16
VPSRLD i8,v@m,v@v: v.xy.66.0F.WIG 72 /2 ib
VPSRLD i8,vm,v@v: e.xyz.66.0F.W0 72 /2 ib FV4
VPSRLD xm,v,v: v.xy.66.0F.WIG D2 /r | e.xyz.66.0F.W0 D2 /r B16
VPSLLQ i8,v@m,v@v: v.xy.66.0F.WIG 73 /6 ib
VPSLLQ i8,vm,v@v: e.xyz.66.0F.W1 73 /6 ib FV8
VPSLLQ xm,v,v: v.xy.66.0F.WIG F3 /r | e.xyz.66.0F.W1 F3 /r B16
VPSRLQ i8,v@m,v@v: v.xy.66.0F.WIG 73 /2 ib
VPSRLQ i8,vm,v@v: e.xyz.66.0F.W1 73 /2 ib FV8
VPSRLQ xm,v,v: v.xy.66.0F.WIG D3 /r | e.xyz.66.0F.W1 D3 /r B16
VPSLLDQ i8,v@m,v@v: v.xy.66.0F.WIG 73 /7 ib
VPSLLDQ i8,vm,v@v: e.xyz.66.0F.WIG 73 /7 ib FVM
VPSRLDQ i8,v@m,v@v: v.xy.66.0F.WIG 73 /3 ib
VPSRLDQ i8,vm,v@v: e.xyz.66.0F.WIG 73 /3 ib FVM
VPTEST vm,v: v.xy.66.0F38.WIG 17 /r
VPOPCNTB vm,v: e.xyz.66.0F38.W0 54 /r FVM
VGF2P8AFFINEQB i8,vm,v,v: v.xy.66.0F3A.W1 CE /r ib | e.xyz.66.0F3A.W1 CE /r ib FV8
VEXTRACTF32X4 i8,v,xm: e.yz.66.0F3A.W0 19 /r ib B16
VPCOMPRESSQ v,vm: e.xyz.66.0F38.W1 8B /r B8
VPTERNLOGD i8,vm,v,v: e.xyz.66.0F3A.W0 25 /r ib FV4
VPTERNLOGQ i8,vm,v,v: e.xyz.66.0F3A.W1 25 /r ib FV8
VZEROALL : v.y.np.0F.WIG 77
VZEROUPPER : v.x.np.0F.WIG 77
KMOVB km,k: v.0.66.0F.W0 90 /r | k,m: v.0.66.0F.W0 91 /r | r@m,k: v.0.66.0F.W0 92 /r | k@m,r: v.0.66.0F.W0 93 /r
KMOVW km,k: v.0.np.0F.W0 90 /r | k,m: v.0.np.0F.W0 91 /r | r@m,k: v.0.np.0F.W0 92 /r | k@m,r: v.0.np.0F.W0 93 /r
KMOVD km,k: v.0.66.0F.W1 90 /r | k,m: v.0.66.0F.W1 91 /r | r@m,k: v.0.F2.0F.W0 92 /r | k@m,r: v.0.F2.0F.W0 93 /r
KMOVQ km,k: v.0.np.0F.W1 90 /r | k,m: v.0.np.0F.W1 91 /r | r@m,k: v.0.F2.0F.W1 92 /r | k@m,r: v.0.F2.0F.W1 93 /r
KXORQ k@m,k,k: v.1.np.0F.W1 47 /r
KORTESTQ k@m,k: v.0.np.0F.W1 98 /r
";

/// `op` and `/n` of the eight arithmetic instructions.
pub const ARITHMETIC: [(&str, u8); 8] =
    [("ADD", 0), ("OR", 1), ("ADC", 2), ("SBB", 3), ("AND", 4), ("SUB", 5), ("XOR", 6), ("CMP", 7)];

/// Opcodes of arithmetic on floats, after `0F`; with `PS`, `PD`, `SS`, `SD`.
pub const FLOAT: [(&str, u8); 7] = [
    ("ADD", 0x58),
    ("MUL", 0x59),
    ("SUB", 0x5c),
    ("MIN", 0x5d),
    ("DIV", 0x5e),
    ("MAX", 0x5f),
    ("SQRT", 0x51),
];

/// Opcodes of packed logic, after `0F`; with `PS`, `PD`.
pub const FLOAT_LOGIC: [(&str, u8); 6] =
    [("AND", 0x54), ("ANDN", 0x55), ("OR", 0x56), ("XOR", 0x57), ("UNPCKL", 0x14), ("UNPCKH", 0x15)];

/// Opcodes of packed integers, after `0F`, that exist for MMX and SSE.
pub const PACKED: [(&str, u8); 40] = [
    ("PADDB", 0xfc),
    ("PADDW", 0xfd),
    ("PADDL", 0xfe),
    ("PADDQ", 0xd4),
    ("PSUBB", 0xf8),
    ("PSUBW", 0xf9),
    ("PSUBL", 0xfa),
    ("PSUBQ", 0xfb),
    ("PAND", 0xdb),
    ("PANDN", 0xdf),
    ("POR", 0xeb),
    ("PXOR", 0xef),
    ("PCMPEQB", 0x74),
    ("PCMPEQW", 0x75),
    ("PCMPEQL", 0x76),
    ("PCMPGTB", 0x64),
    ("PCMPGTW", 0x65),
    ("PCMPGTL", 0x66),
    ("PUNPCKLBW", 0x60),
    ("PUNPCKLWL", 0x61),
    ("PUNPCKLLQ", 0x62),
    ("PUNPCKLQDQ", 0x6c),
    ("PUNPCKHBW", 0x68),
    ("PUNPCKHWL", 0x69),
    ("PUNPCKHLQ", 0x6a),
    ("PUNPCKHQDQ", 0x6d),
    ("PMULULQ", 0xf4),
    ("PMAXUB", 0xde),
    ("PMINUB", 0xda),
    ("PMULLW", 0xd5),
    ("PMULHW", 0xe5),
    ("PMADDWL", 0xf5),
    ("PACKSSLW", 0x6b),
    ("PACKUSWB", 0x67),
    ("PADDUSB", 0xdc),
    ("PSUBUSB", 0xd8),
    ("PSADBW", 0xf6),
    ("PAVGB", 0xe0),
    ("PMAXSW", 0xee),
    ("PMINSW", 0xea),
];

/// Packed shifts: opcode with a register, opcode and `/n` with a number, after `0F`.
pub const PACKED_SHIFTS: [(&str, u8, u8, u8); 8] = [
    ("PSLLW", 0xf1, 0x71, 6),
    ("PSLLL", 0xf2, 0x72, 6),
    ("PSLLQ", 0xf3, 0x73, 6),
    ("PSRLW", 0xd1, 0x71, 2),
    ("PSRLL", 0xd2, 0x72, 2),
    ("PSRLQ", 0xd3, 0x73, 2),
    ("PSRAW", 0xe1, 0x71, 4),
    ("PSRAL", 0xe2, 0x72, 4),
];

/// Conditions as Plan 9 names them, by number.
pub const CONDITIONS: [&str; 16] =
    ["OS", "OC", "CS", "CC", "EQ", "NE", "LS", "HI", "MI", "PL", "PS", "PC", "LT", "GE", "LE", "GT"];

/// Other names. `go doc cmd/asm` and the manuals of other assemblers have them.
pub const ALIASES: [(&str, &str); 38] = [
    ("JA", "JHI"),
    ("JAE", "JCC"),
    ("JB", "JCS"),
    ("JBE", "JLS"),
    ("JC", "JCS"),
    ("JE", "JEQ"),
    ("JG", "JGT"),
    ("JHS", "JCC"),
    ("JL", "JLT"),
    ("JLO", "JCS"),
    ("JNA", "JLS"),
    ("JNAE", "JCS"),
    ("JNB", "JCC"),
    ("JNBE", "JHI"),
    ("JNC", "JCC"),
    ("JNG", "JLE"),
    ("JNGE", "JLT"),
    ("JNL", "JGE"),
    ("JNLE", "JGT"),
    ("JNO", "JOC"),
    ("JNP", "JPC"),
    ("JNS", "JPL"),
    ("JNZ", "JNE"),
    ("JO", "JOS"),
    ("JP", "JPS"),
    ("JPE", "JPS"),
    ("JPO", "JPC"),
    ("JS", "JMI"),
    ("JZ", "JEQ"),
    ("MOVD", "MOVQ"),
    ("MOVDQ2Q", "MOVQ"),
    ("MOVNTDQ", "MOVNTO"),
    ("MOVOA", "MOVO"),
    ("PSLLDQ", "PSLLO"),
    ("PSRLDQ", "PSRLO"),
    ("PADDD", "PADDL"),
    ("PCMPEQD", "PCMPEQL"),
    ("PSUBD", "PSUBL"),
];
