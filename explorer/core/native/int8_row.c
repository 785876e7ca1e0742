/* One token through a transformer whose matrices are in 8 bits: what is done once a layer, each as a step.
 *
 * A row is one token's numbers, fp32, and all sums are fp32: weights become floats where they are used, so a
 * token costs what it costs to read the weights from memory. A step takes a pointer to what it works on;
 * `run` does a list of them. Letters as in explorer/core/model.py: C width, H query heads, G key/value heads,
 * D numbers a head, I inner width, V vocabulary. The structs stand in explorer/core/native/int8_row.py too.
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

/* ------------------------------------------------------------------ a matrix of 8 bits */

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

/* ------------------------------------------------------------------ between two matrices */

typedef struct {
    int64_t token, position;
} Place;

typedef struct {
    const Place *place;
    const int8_t *weight;   /* (V, C) */
    const float *scale;     /* (V) */
    const float *positions; /* (context, C): learned ones; or NULL */
    float *x;               /* (C) */
    int64_t C;
    float multiplier, unused;
} Embed;

EXPORTED void embed(const void *what) {
    const Embed *e = what;
    const int8_t *row = e->weight + e->place->token * e->C;
    float scale = e->scale[e->place->token] * e->multiplier;
    for (int64_t c = 0; c < e->C; c++) e->x[c] = (float)row[c] * scale;
    if (!e->positions) return;
    const float *position = e->positions + e->place->position * e->C;
    for (int64_t c = 0; c < e->C; c++) e->x[c] += position[c];
}

typedef struct {
    const float *x, *weight, *bias; /* (C); weight NULL: no norm; bias NULL: none */
    float *y;                       /* (C) */
    int64_t C, centred, added;      /* centred: less the mean (LayerNorm); added: to what y holds */
    float eps, unused;
} Norm;

EXPORTED void norm(const void *what) {
    const Norm *n = what;
    float mean = 0.0f, squares = 0.0f, factor = 1.0f;
    if (n->centred) {
#pragma omp simd reduction(+ : mean)
        for (int64_t c = 0; c < n->C; c++) mean += n->x[c];
        mean /= (float)n->C;
    }
    if (n->weight) {
#pragma omp simd reduction(+ : squares)
        for (int64_t c = 0; c < n->C; c++) squares += (n->x[c] - mean) * (n->x[c] - mean);
        factor = 1.0f / sqrtf(squares / (float)n->C + n->eps);
    }
    for (int64_t c = 0; c < n->C; c++) {
        float value = (n->x[c] - mean) * factor;
        if (n->weight) value *= n->weight[c];
        if (n->bias) value += n->bias[c];
        n->y[c] = n->added ? n->y[c] + value : value;
    }
}

enum { SILU, GELU, GELU_TANH };

typedef struct {
    const float *both; /* (2I): gate and up; (I) if not gated */
    float *inner;      /* (I) */
    int64_t I, activation, gated;
} Gate;

EXPORTED void gate(const void *what) {
    const Gate *g = what;
    for (int64_t i = 0; i < g->I; i++) {
        float x = g->both[i], value;
        if (g->activation == GELU)
            value = 0.5f * x * (1.0f + erff(x * 0.70710678f));
        else {
            float slope = g->activation == SILU ? x : 1.5957691f * (x + 0.044715f * x * x * x);
            value = x / (1.0f + exponential(-slope));
        }
        g->inner[i] = g->gated ? value * g->both[g->I + i] : value;
    }
}

typedef struct {
    const Place *place;
    float *qkv;                            /* ((H + 2G) D): is worked on */
    const float *query_weight, *key_weight; /* (D): of their norms; or NULL */
    const float *cos, *sin;                /* (positions, D); or NULL */
    float *keys, *values;                  /* (G, capacity, D): the cache of this layer */
    float *scores;                         /* (H, capacity): room to work in */
    float *mixed;                          /* (H D) */
    int64_t H, G, D, capacity, window;     /* window: tokens that are looked back on, itself included; 0: all */
    float scale, eps;
} Attend;

/* A head's norm, if any, and its turn to `position`. */
static void turn_head(const Attend *a, float *x, const float *weight, int64_t position) {
    int64_t half = a->D / 2;
    if (weight) {
        float squares = 0.0f;
#pragma omp simd reduction(+ : squares)
        for (int64_t d = 0; d < a->D; d++) squares += x[d] * x[d];
        float factor = 1.0f / sqrtf(squares / (float)a->D + a->eps);
        for (int64_t d = 0; d < a->D; d++) x[d] *= factor * weight[d];
    }
    if (!a->cos) return;
    const float *cos = a->cos + position * a->D, *sin = a->sin + position * a->D;
    for (int64_t d = 0; d < half; d++) {
        float first = x[d], second = x[d + half];
        x[d] = first * cos[d] - second * sin[d];
        x[d + half] = second * cos[d + half] + first * sin[d + half];
    }
}

static void attend_heads(const void *what, int64_t first_head, int64_t last_head) {
    const Attend *a = what;
    int64_t end = a->place->position + 1, D = a->D;
    int64_t start = a->window && end > a->window ? end - a->window : 0;
    for (int64_t head = first_head; head < last_head; head++) {
        int64_t group = head / (a->H / a->G);
        const float *query = a->qkv + head * D;
        const float *keys = a->keys + group * a->capacity * D, *values = a->values + group * a->capacity * D;
        float *scores = a->scores + head * a->capacity, *mixed = a->mixed + head * D;
        float largest = -INFINITY, total = 0.0f;
        for (int64_t t = start; t < end; t++) {
            float score = 0.0f;
#pragma omp simd reduction(+ : score)
            for (int64_t d = 0; d < D; d++) score += query[d] * keys[t * D + d];
            scores[t] = score * a->scale;
            largest = scores[t] > largest ? scores[t] : largest;
        }
#pragma omp simd reduction(+ : total)
        for (int64_t t = start; t < end; t++) total += scores[t] = exponential(scores[t] - largest);
        for (int64_t d = 0; d < D; d++) mixed[d] = 0.0f;
        for (int64_t t = start; t < end; t++) {
            float share_of_t = scores[t] / total;
            for (int64_t d = 0; d < D; d++) mixed[d] += share_of_t * values[t * D + d];
        }
    }
}

EXPORTED void attend(const void *what) {
    const Attend *a = what;
    int64_t position = a->place->position, D = a->D;
    float *keys = a->qkv + a->H * D, *values = keys + a->G * D;
    for (int64_t head = 0; head < a->H; head++) turn_head(a, a->qkv + head * D, a->query_weight, position);
    for (int64_t head = 0; head < a->G; head++) {
        turn_head(a, keys + head * D, a->key_weight, position);
        size_t place = (size_t)(head * a->capacity + position) * (size_t)D;
        memcpy(a->keys + place, keys + head * D, (size_t)D * sizeof(float));
        memcpy(a->values + place, values + head * D, (size_t)D * sizeof(float));
    }
    share(attend_heads, a, a->H, 2 * position * D > CHUNK ? 1 : CHUNK / (2 * D * (position + 1)) + 1);
}

/* ------------------------------------------------------------------ all of them */

typedef struct {
    void (*work)(const void *what);
    const void *what;
} Step;

EXPORTED void run(const Step *steps, int64_t count) {
    for (int64_t step = 0; step < count; step++) steps[step].work(steps[step].what);
}
