/* tiles.h -- lists of tile shapes: TILES_n(X, v) is X(1, v) X(2, v) ... X(n, v). */
#ifndef S2S_MATH_TILES_H
#define S2S_MATH_TILES_H

#define TILES_1(X, v)  X(1, v)
#define TILES_2(X, v)  TILES_1(X, v) X(2, v)
#define TILES_3(X, v)  TILES_2(X, v) X(3, v)
#define TILES_4(X, v)  TILES_3(X, v) X(4, v)
#define TILES_5(X, v)  TILES_4(X, v) X(5, v)
#define TILES_6(X, v)  TILES_5(X, v) X(6, v)
#define TILES_7(X, v)  TILES_6(X, v) X(7, v)
#define TILES_8(X, v)  TILES_7(X, v) X(8, v)
#define TILES_9(X, v)  TILES_8(X, v) X(9, v)
#define TILES_10(X, v) TILES_9(X, v) X(10, v)
#define TILES_11(X, v) TILES_10(X, v) X(11, v)
#define TILES_12(X, v) TILES_11(X, v) X(12, v)
#define TILES_15(X, v) TILES_12(X, v) X(13, v) X(14, v) X(15, v)

#endif
