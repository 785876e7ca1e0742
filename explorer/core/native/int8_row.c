/* One token through a transformer whose matrices are in 8 bits: what is done once a layer, each as a step.
 *
 * A row is one token's numbers, fp32. A step takes a pointer to what it works on; `run` does a list of them.
 * Letters as in explorer/core/model.py: C width, H query heads, G key/value heads, D numbers a head, I inner
 * width, V vocabulary. The structs stand in explorer/core/native/int8_row.py too.
 */

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
