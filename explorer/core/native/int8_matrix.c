/* Matrices in 8 bits: numbers from -127 to 127, and for each row what they are multiplied by.
 *
 * Weights become floats where they are used and all sums are fp32, so a product of one row costs what it costs
 * to read the weights from memory. The structs stand in explorer/core/native/int8_row.py too.
 */

#if defined(__AVX512F__)
#include <immintrin.h>
typedef __m512 Lanes;
#define LANES 16
#define ZERO _mm512_setzero_ps()
#define FLOATS(p) _mm512_loadu_ps(p)
#define WEIGHTS(p) _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(_mm_loadu_si128((const __m128i *)(p))))
#define MULTIPLY_ADD(a, b, c) _mm512_fmadd_ps(a, b, c)
#elif defined(__AVX2__) && defined(__FMA__)
#include <immintrin.h>
typedef __m256 Lanes;
#define LANES 8
#define ZERO _mm256_setzero_ps()
#define FLOATS(p) _mm256_loadu_ps(p)
#define WEIGHTS(p) _mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(_mm_loadl_epi64((const __m128i *)(p))))
#define MULTIPLY_ADD(a, b, c) _mm256_fmadd_ps(a, b, c)
#else
typedef float Lanes;
#define LANES 1
#define ZERO 0.0f
#define FLOATS(p) (*(p))
#define WEIGHTS(p) ((float)*(p))
#define MULTIPLY_ADD(a, b, c) ((a) * (b) + (c))
#endif

/* How many numbers are worked on at once: 1 where this knows none of the processor's vector instructions. */
EXPORTED int64_t lanes(void) { return LANES; }

static inline float sum_of(Lanes together) {
    float each[LANES], sum = 0.0f;
    memcpy(each, &together, sizeof each);
    for (int lane = 0; lane < LANES; lane++) sum += each[lane];
    return sum;
}

typedef struct {
    const float *x;      /* (rows, in) */
    const int8_t *weight; /* (out, in) */
    const float *scale;  /* (out): what a weight's number is multiplied by */
    const float *bias;   /* (out), or NULL */
    float *y;            /* (rows, out) */
    int64_t rows, in, out;
} Product;

enum {
    TILE = 4,        /* outputs at once, and rows at once: each weight becomes a float once for several rows */
    AHEAD = 4096,    /* bytes: without asking for them so early, memory gives half of what it can */
    CHUNK = 16384,   /* weights at least that one thread takes */
};

/* Sums (outs, rows) of products; `outs` and `rows` are constants where this is used. */
static inline __attribute__((always_inline)) void tile(const float *x, const int8_t *weight, int64_t in,
                                                       float *sums, const int outs, const int rows) {
    Lanes partial[TILE * TILE];
    for (int i = 0; i < outs * rows; i++) partial[i] = ZERO;
    int64_t k = 0;
    for (; k + LANES <= in; k += LANES) {
        if (LANES > 1) __builtin_prefetch(weight + AHEAD + outs * k);
        for (int o = 0; o < outs; o++) {
            Lanes w = WEIGHTS(weight + o * in + k);
            for (int r = 0; r < rows; r++)
                partial[o * rows + r] = MULTIPLY_ADD(FLOATS(x + r * in + k), w, partial[o * rows + r]);
        }
    }
    for (int o = 0; o < outs; o++)
        for (int r = 0; r < rows; r++) {
            float sum = sum_of(partial[o * rows + r]);
            for (int64_t rest = k; rest < in; rest++) sum += x[r * in + rest] * weight[o * in + rest];
            sums[o * rows + r] = sum;
        }
}

static void product_of(const void *what, int64_t first, int64_t last) {
    const Product *p = what;
    float sums[TILE * TILE];
    for (int64_t o = first, outs; o < last; o += outs) {
        outs = last - o >= TILE ? TILE : 1;
        const int8_t *weight = p->weight + o * p->in;
        for (int64_t r = 0, rows; r < p->rows; r += rows) {
            rows = p->rows - r >= TILE ? TILE : 1;
            const float *x = p->x + r * p->in;
            if (outs == TILE && rows == TILE) tile(x, weight, p->in, sums, TILE, TILE);
            else if (outs == TILE) tile(x, weight, p->in, sums, TILE, 1);
            else if (rows == TILE) tile(x, weight, p->in, sums, 1, TILE);
            else tile(x, weight, p->in, sums, 1, 1);
            for (int64_t i = 0; i < outs; i++)
                for (int64_t j = 0; j < rows; j++)
                    p->y[(r + j) * p->out + o + i] =
                        sums[i * rows + j] * p->scale[o + i] + (p->bias ? p->bias[o + i] : 0.0f);
        }
    }
}

EXPORTED void product(const void *what) {
    const Product *p = what;
    int64_t step = (CHUNK / p->in / TILE + 1) * TILE;
    share(product_of, p, p->out, step);
}

/* wide = weight times scale, for products of many rows. */
typedef struct {
    const int8_t *weight; /* (out, in) */
    const float *scale;   /* (out) */
    float *wide;          /* (out, in) */
    int64_t in, out;
} Widen;

static void widen_rows(const void *what, int64_t first, int64_t last) {
    const Widen *w = what;
    for (int64_t o = first; o < last; o++) {
        const int8_t *weight = w->weight + o * w->in;
        float *wide = w->wide + o * w->in;
        int64_t k = 0;
#if LANES > 1
        for (; k + LANES <= w->in; k += LANES) {
            Lanes scaled = WEIGHTS(weight + k) * w->scale[o];
            memcpy(wide + k, &scaled, sizeof scaled);
        }
#endif
        for (; k < w->in; k++) wide[k] = (float)weight[k] * w->scale[o];
    }
}

EXPORTED void widen(const void *what) {
    const Widen *w = what;
    share(widen_rows, w, w->out, CHUNK / w->in + 1);
}

/* The weights and scales of a matrix in bf16 or fp32. A row that holds what is no number gets such a scale. */
typedef struct {
    const void *matrix; /* (out, in) */
    int8_t *weight;     /* (out, in) */
    float *scale;       /* (out) */
    int64_t in, out, wide; /* wide: fp32 */
} Quantize;

enum { LARGEST = 127 };
static const float SMALLEST = 1e-37f; /* of scales: its inverse is a float */

static inline float float_of(uint32_t bits) {
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static void quantize_rows(const void *what, int64_t first, int64_t last) {
    const Quantize *q = what;
    for (int64_t o = first; o < last; o++) {
        const uint16_t *halves = (const uint16_t *)q->matrix + o * q->in;
        const uint32_t *floats = (const uint32_t *)q->matrix + o * q->in;
        int8_t *weight = q->weight + o * q->in;
        /* Without its sign a float's bits are ordered as its value is; what is no number comes above all. */
        uint32_t largest = 0;
        if (q->wide)
            for (int64_t k = 0; k < q->in; k++) {
                uint32_t bits = floats[k] & 0x7fffffffu;
                largest = bits > largest ? bits : largest;
            }
        else {
            uint16_t top = 0;
            for (int64_t k = 0; k < q->in; k++) {
                uint16_t bits = halves[k] & 0x7fffu;
                top = bits > top ? bits : top;
            }
            largest = (uint32_t)top << 16;
        }
        float scale = float_of(largest) / LARGEST;
        q->scale[o] = scale;
        float factor = scale > SMALLEST && largest < 0x7f800000u ? 1.0f / scale : 0.0f;
        if (largest >= 0x7f800000u)
            memset(weight, 0, (size_t)q->in);
        else if (q->wide)
            for (int64_t k = 0; k < q->in; k++) weight[k] = (int8_t)(int32_t)rintf(float_of(floats[k]) * factor);
        else
            for (int64_t k = 0; k < q->in; k++)
                weight[k] = (int8_t)(int32_t)rintf(float_of((uint32_t)halves[k] << 16) * factor);
    }
}

EXPORTED void quantize(const void *what) {
    const Quantize *q = what;
    share(quantize_rows, q, q->out, CHUNK / q->in + 1);
}
