#include "textflag.h"

// func runSnappy(dst, src []byte, d, s int) (nd, ns int)
//
// SI is the place in src, DI that in dst; R10 is the beginning of dst; R8 and R9 are the margins before the ends of src and dst.
// AX holds the next 8 bytes of src, CX the tag.
TEXT ·runSnappy(SB), NOSPLIT, $0-80
	MOVQ dst_base+0(FP), R10
	MOVQ dst_len+8(FP), R9
	LEAQ -80(R10)(R9*1), R9
	MOVQ src_base+24(FP), SI
	MOVQ src_len+32(FP), R8
	LEAQ -72(SI)(R8*1), R8
	MOVQ d+48(FP), DI
	ADDQ R10, DI
	ADDQ s+56(FP), SI

next:
	CMPQ SI, R8
	JAE  done
	CMPQ DI, R9
	JAE  done
	MOVQ (SI), AX
	MOVBLZX AX, CX
	TESTL $0xF3, CX
	JNE  other

	// A literal of BX+1 = 1 to 4 bytes: 4 are written. The tag behind it is already in AX, with 2 bytes more.
	MOVQ AX, DX
	SHRQ $8, DX
	MOVL DX, (DI)
	MOVL CX, BX
	SHRL $2, BX
	LEAL 16(CX)(CX*1), CX // 8 bits for the tag and each byte
	SHRQ CX, AX
	LEAQ 1(DI)(BX*1), DI
	LEAQ 2(SI)(BX*1), SI
	MOVBLZX AX, CX

copy:
	// DX is 1 for a copy with 11 bits of offset in 2 bytes, 2 for one with 16 bits in 3.
	MOVL AX, DX
	ANDL $3, DX
	LEAL -1(DX), BX
	CMPL BX, $1
	JA   neither
	MOVL CX, R11
	SHRL $2, R11
	MOVL R11, R12
	ANDL $7, R12
	ADDL $4, R12 // the length if DX is 1
	INCL R11     // and if it is 2
	SHRL $8, AX
	MOVWLZX AX, R13 // the offset if it is 2
	MOVBLZX AX, AX
	ANDL $0xE0, CX
	SHLL $3, CX
	ORL  CX, AX // and if it is 1
	CMPL DX, $2
	CMOVLEQ R11, R12
	CMOVLEQ R13, AX
	LEAQ 1(SI)(DX*1), SI

	// Copy R12 bytes from R13, which is AX before DI.
	MOVQ DI, R13
	SUBQ AX, R13
	CMPQ R13, R10
	JB   back
	CMPL AX, $16
	JB   near
	MOVOU (R13), X0
	MOVOU X0, (DI)
	CMPL R12, $16
	JA   long
	ADDQ R12, DI
	JMP  next

long:
	// Up to 64 bytes, in steps no longer than the offset.
	MOVOU 16(R13), X0
	MOVOU X0, 16(DI)
	MOVOU 32(R13), X0
	MOVOU X0, 32(DI)
	MOVOU 48(R13), X0
	MOVOU X0, 48(DI)
	ADDQ R12, DI
	JMP  next

near:
	CMPL AX, $8
	JB   back
	LEAQ (DI)(R12*1), BX

words:
	MOVQ (R13), AX
	MOVQ AX, (DI)
	ADDQ $8, R13
	ADDQ $8, DI
	CMPQ DI, BX
	JB   words
	MOVQ BX, DI
	JMP  next

other:
	TESTL $3, CX
	JNE  copy
	CMPL CX, $(59<<2)
	JA   done
	// A literal of CX+1 = 5 to 60 bytes.
	SHRL $2, CX
	MOVOU 1(SI), X0
	MOVOU X0, (DI)
	CMPL CX, $16
	JAE  longLiteral
	LEAQ 1(DI)(CX*1), DI
	LEAQ 2(SI)(CX*1), SI
	JMP  next

longLiteral:
	MOVOU 17(SI), X0
	MOVOU X0, 16(DI)
	MOVOU 33(SI), X0
	MOVOU X0, 32(DI)
	MOVOU 49(SI), X0
	MOVOU X0, 48(DI)
	LEAQ 1(DI)(CX*1), DI
	LEAQ 2(SI)(CX*1), SI
	JMP  next

neither:
	// Another literal, or a copy with 32 bits of offset.
	TESTL DX, DX
	JEQ  next
	JMP  done

back:
	SUBQ $1, SI
	SUBQ DX, SI

done:
	SUBQ R10, DI
	MOVQ DI, nd+64(FP)
	SUBQ src_base+24(FP), SI
	MOVQ SI, ns+72(FP)
	RET
