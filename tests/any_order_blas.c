/* A BLAS that sums in any order: what numpy calls, in an order that a seed, the shape and the place of each sum decide.

   Nothing may depend on the order that the BLAS of one processor happens to have. Preloaded, this one stands for all:
     cc -O2 -ffp-contract=off -shared -fPIC -o any_order_blas.so tests/any_order_blas.c -lm
     BLAS_SEED=1 LD_PRELOAD=./any_order_blas.so python -m pytest
   The names are those of the OpenBLAS in numpy's wheels (scipy-openblas, with integers of 64 bits). */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

enum { ROW_MAJOR = 101, PLAIN = 111, UPPER = 121, LANES = 9 };
typedef int64_t Int;

static uint64_t mix(uint64_t a, uint64_t b, uint64_t c, uint64_t d) {
  const char *seed = getenv("BLAS_SEED");
  uint64_t parts[5] = {seed ? strtoull(seed, 0, 10) : 1, a, b, c, d}, x = 0;
  for (int i = 0; i < 5; i++) {
    x ^= parts[i] + 0x9e3779b97f4a7c15u + (x << 6) + (x >> 2);
    x = (x ^ (x >> 31)) * 0xbf58476d1ce4e5b9u;
  }
  return x;
}

/* sum: in up to nine lanes, from any term on, forwards or backwards, with or without a fused multiply-add. */
#define ROUTINES(T, P, FMA)                                                                                            \
  static T P##sum(uint64_t r, Int n, const T *x, Int ix, const T *y, Int iy) {                                         \
    Int lanes = 1 + (Int)(r % LANES), first = n ? (Int)((r >> 8) % (uint64_t)n) : 0;                                   \
    int backwards = (r >> 40) & 1, fused = (r >> 41) & 1;                                                              \
    T kept[LANES], total = 0;                                                                                          \
    for (Int j = 0; j < n; j++) {                                                                                      \
      Int k = (j + first) % n, lane = j % lanes;                                                                       \
      k = backwards ? n - 1 - k : k;                                                                                   \
      T a = x[k * ix], b = y[k * iy];                                                                                  \
      kept[lane] = j < lanes ? a * b : fused ? FMA(a, b, kept[lane]) : kept[lane] + a * b;                             \
    }                                                                                                                  \
    for (Int lane = (n < lanes ? n : lanes) - 1, none = 1; lane >= 0; lane--, none = 0)                                \
      total = none ? kept[lane] : total + kept[lane];                                                                  \
    return total;                                                                                                      \
  }                                                                                                                    \
  static void P##put(T *out, T alpha, T sum, T beta) { *out = beta == 0 ? alpha * sum : alpha * sum + beta * *out; }   \
  T scipy_cblas_##P##dot64_(Int n, const T *x, Int ix, const T *y, Int iy) {                                           \
    x = ix < 0 ? x - (n - 1) * ix : x;                                                                                 \
    y = iy < 0 ? y - (n - 1) * iy : y;                                                                                 \
    return P##sum(mix(n, 1, 1, 0), n, x, ix, y, iy);                                                                   \
  }                                                                                                                    \
  void scipy_cblas_##P##gemv64_(int order, int trans, Int m, Int n, T alpha, const T *a, Int lda, const T *x, Int ix,  \
                                T beta, T *y, Int iy) {                                                                \
    int flipped = trans != PLAIN, across = (order == ROW_MAJOR) != flipped;                                            \
    Int rows = flipped ? n : m, terms = flipped ? m : n;                                                               \
    x = ix < 0 ? x - (terms - 1) * ix : x;                                                                             \
    y = iy < 0 ? y - (rows - 1) * iy : y;                                                                              \
    for (Int i = 0; i < rows; i++)                                                                                     \
      P##put(y + i * iy, alpha,                                                                                        \
             P##sum(mix(rows, terms, 1, i), terms, a + i * (across ? lda : 1), across ? 1 : lda, x, ix), beta);        \
  }                                                                                                                    \
  void scipy_cblas_##P##gemm64_(int order, int ta, int tb, Int m, Int n, Int k, T alpha, const T *a, Int lda,          \
                                const T *b, Int ldb, T beta, T *c, Int ldc) {                                          \
    int row = order == ROW_MAJOR, across = (ta == PLAIN) == row, down = (tb == PLAIN) == row;                          \
    for (Int i = 0; i < m; i++)                                                                                        \
      for (Int j = 0; j < n; j++)                                                                                      \
        P##put(c + i * (row ? ldc : 1) + j * (row ? 1 : ldc), alpha,                                                   \
               P##sum(mix(m, n, k, i * n + j), k, a + i * (across ? lda : 1), across ? 1 : lda,                        \
                      b + j * (down ? 1 : ldb), down ? ldb : 1),                                                       \
               beta);                                                                                                  \
  }                                                                                                                    \
  void scipy_cblas_##P##syrk64_(int order, int uplo, int trans, Int n, Int k, T alpha, const T *a, Int lda, T beta,    \
                                T *c, Int ldc) {                                                                       \
    int row = order == ROW_MAJOR, across = (trans == PLAIN) == row;                                                    \
    Int step = across ? lda : 1, along = across ? 1 : lda;                                                             \
    for (Int i = 0; i < n; i++)                                                                                        \
      for (Int j = 0; j < n; j++)                                                                                      \
        if (uplo == UPPER ? j >= i : j <= i)                                                                           \
          P##put(c + i * (row ? ldc : 1) + j * (row ? 1 : ldc), alpha,                                                 \
                 P##sum(mix(n, n, k, i * n + j), k, a + i * step, along, a + j * step, along), beta);                  \
  }

ROUTINES(float, s, fmaf)
ROUTINES(double, d, fma)
