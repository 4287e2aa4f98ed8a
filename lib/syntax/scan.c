#include "syntax/scan.h"

#define SP HJ_BYTE_SPACE
#define LT HJ_BYTE_LITERAL
#define DG (HJ_BYTE_LITERAL | HJ_BYTE_DIGIT | HJ_BYTE_HEX)
#define HX (HJ_BYTE_LITERAL | HJ_BYTE_HEX)
#define XE (HJ_BYTE_LITERAL | HJ_BYTE_HEX | HJ_BYTE_ESCAPE)
#define LE (HJ_BYTE_LITERAL | HJ_BYTE_ESCAPE)
#define ES HJ_BYTE_ESCAPE
#define ST HJ_BYTE_STOP
#define WS (HJ_BYTE_SPACE | HJ_BYTE_STOP)
#define SE (HJ_BYTE_STOP | HJ_BYTE_ESCAPE)

/* clang-format off */
const uint8_t hj_byte_class[256] = {
	ST, ST, ST, ST, ST, ST, ST, ST, ST, WS, WS, ST, ST, WS, ST, ST,
	ST, ST, ST, ST, ST, ST, ST, ST, ST, ST, ST, ST, ST, ST, ST, ST,
	/*      !   "                              (   )   *   +   ,   -   .   / */
	SP, 0,  SE, 0,  0,  0,  0,  0,  0,  0,  0,  LT, 0,  LT, LT, ES,
	DG, DG, DG, DG, DG, DG, DG, DG, DG, DG, 0,  0,  0,  0,  0,  0,
	/*  A   B   C   D   E   F   G … */
	0,  HX, HX, HX, HX, HX, HX, LT, LT, LT, LT, LT, LT, LT, LT, LT,
	LT, LT, LT, LT, LT, LT, LT, LT, LT, LT, LT, 0,  SE, 0,  0,  0,
	/*  a   b   c   d   e   f   g   h   i   j   k   l   m   n   o */
	0,  HX, XE, HX, HX, HX, XE, LT, LT, LT, LT, LT, LT, LT, LE, LT,
	/*      r       t */
	LT, LT, LE, LT, LE, LT, LT, LT, LT, LT, LT, 0,  0,  0,  0,  0,
};
/* clang-format on */
