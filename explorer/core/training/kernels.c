/* The passes between two matrix products of a training step, each array read and written once.
 *
 * The same as `TorchKernels` in kernels.py, which runs where there is no C compiler; the tests hold one against
 * the other. All arrays are dense, row-major and fp32. Each call uses one thread: a batch's rows are shared out
 * among threads by the caller. Letters as in explorer/core/model.py: B rows, T positions, N = B x T, C width,
 * H query heads, G key/value heads, D numbers a head, I inner width, V vocabulary.
 */

/* hat = x factor, factor = 1 / root mean square: x, hat (N, C), factor (N). */
EXPORTED void norm(const float *x, float *hat, float *factor, int64_t N, int64_t C, float eps) {
    for (int64_t n = 0; n < N; n++, x += C, hat += C) {
        float squares = 0.0f;
#pragma omp simd reduction(+ : squares)
        for (int64_t c = 0; c < C; c++) squares += x[c] * x[c];
        float f = 1.0f / sqrtf(squares / (float)C + eps);
        factor[n] = f;
        for (int64_t c = 0; c < C; c++) hat[c] = x[c] * f;
    }
}

/* grad = keep grad + scale factor (g - hat mean(g hat)): what `norm` passes back to the stream. */
EXPORTED void norm_backward(float *grad, const float *g, const float *hat, const float *factor, int64_t N,
                            int64_t C, float scale, float keep) {
    for (int64_t n = 0; n < N; n++, grad += C, g += C, hat += C) {
        float product = 0.0f;
#pragma omp simd reduction(+ : product)
        for (int64_t c = 0; c < C; c++) product += g[c] * hat[c];
        float f = factor[n] * scale, share = product / (float)C;
        if (keep == 0.0f)
            for (int64_t c = 0; c < C; c++) grad[c] = f * (g[c] - hat[c] * share);
        else
            for (int64_t c = 0; c < C; c++) grad[c] += f * (g[c] - hat[c] * share);
    }
}

/* Norm, weigh and turn queries and keys by their position, and put all heads apart.
 * qkv (N, (H + 2G) D) to heads (H + 2G, B, T, D); factor (N, H + G); weight (2, D): of queries, of keys;
 * cos, sin (at least T, D / 2). */
EXPORTED void turn(const float *qkv, float *heads, float *factor, const float *weight, const float *cos,
                   const float *sin, int64_t B, int64_t T, int64_t H, int64_t G, int64_t D, float eps) {
    int64_t half = D / 2;
    for (int64_t n = 0; n < B * T; n++) {
        const float *c = cos + n % T * half, *s = sin + n % T * half;
        for (int64_t head = 0; head < H + 2 * G; head++, qkv += D) {
            float *out = heads + (head * B * T + n) * D;
            if (head >= H + G) {
                memcpy(out, qkv, (size_t)D * sizeof(float));
                continue;
            }
            const float *w = weight + (head >= H ? D : 0);
            float squares = 0.0f;
#pragma omp simd reduction(+ : squares)
            for (int64_t i = 0; i < D; i++) squares += qkv[i] * qkv[i];
            float f = 1.0f / sqrtf(squares / (float)D + eps);
            *factor++ = f;
#pragma omp simd
            for (int64_t i = 0; i < half; i++) {
                float first = qkv[i] * f * w[i], second = qkv[i + half] * f * w[i + half];
                out[i] = first * c[i] - second * s[i];
                out[i + half] = second * c[i] + first * s[i];
            }
        }
    }
}

/* What `turn` passes back: heads_grad (H + 2G, B, T, D) to qkv_grad (N, (H + 2G) D); weight_grad (2, D) grows.
 * scratch (D). */
EXPORTED void turn_backward(const float *heads_grad, const float *qkv, const float *factor, const float *weight,
                            const float *cos, const float *sin, float *qkv_grad, float *weight_grad,
                            float *scratch, int64_t B, int64_t T, int64_t H, int64_t G, int64_t D) {
    int64_t half = D / 2;
    for (int64_t n = 0; n < B * T; n++) {
        const float *c = cos + n % T * half, *s = sin + n % T * half;
        for (int64_t head = 0; head < H + 2 * G; head++, qkv += D, qkv_grad += D) {
            const float *g = heads_grad + (head * B * T + n) * D;
            if (head >= H + G) {
                memcpy(qkv_grad, g, (size_t)D * sizeof(float));
                continue;
            }
            const float *w = weight + (head >= H ? D : 0);
            float *w_grad = weight_grad + (head >= H ? D : 0);
            float f = *factor++, share = 0.0f;
#pragma omp simd
            for (int64_t i = 0; i < half; i++) {
                scratch[i] = g[i] * c[i] + g[i + half] * s[i];
                scratch[i + half] = g[i + half] * c[i] - g[i] * s[i];
            }
#pragma omp simd reduction(+ : share)
            for (int64_t i = 0; i < D; i++) {
                float product = scratch[i] * qkv[i] * f;
                w_grad[i] += product;
                share += product * w[i];
            }
            share /= (float)D;
#pragma omp simd
            for (int64_t i = 0; i < D; i++) qkv_grad[i] = f * (scratch[i] * w[i] - qkv[i] * f * share);
        }
    }
}

/* Scores (batch, rows, keys) of the queries from position `start` on become probabilities: softmax over the keys
 * up to the query's own position, zero after it. */
EXPORTED void causal_softmax(float *scores, int64_t batch, int64_t rows, int64_t keys, int64_t start) {
    for (int64_t b = 0; b < batch; b++)
        for (int64_t row = 0; row < rows; row++, scores += keys) {
            int64_t seen = start + row + 1;
            float most = scores[0], sum = 0.0f;
#pragma omp simd reduction(max : most)
            for (int64_t i = 1; i < seen; i++) most = scores[i] > most ? scores[i] : most;
#pragma omp simd reduction(+ : sum)
            for (int64_t i = 0; i < seen; i++) {
                float e = exponential(scores[i] - most);
                scores[i] = e;
                sum += e;
            }
            float factor = 1.0f / sum;
            for (int64_t i = 0; i < seen; i++) scores[i] *= factor;
            memset(scores + seen, 0, (size_t)(keys - seen) * sizeof(float));
        }
}

/* grad, which came for the probabilities, becomes that of the scores. */
EXPORTED void causal_softmax_backward(float *grad, const float *probabilities, int64_t batch, int64_t rows,
                                      int64_t keys, int64_t start) {
    for (int64_t b = 0; b < batch; b++)
        for (int64_t row = 0; row < rows; row++, grad += keys, probabilities += keys) {
            int64_t seen = start + row + 1;
            float sum = 0.0f;
#pragma omp simd reduction(+ : sum)
            for (int64_t i = 0; i < seen; i++) sum += grad[i] * probabilities[i];
            for (int64_t i = 0; i < seen; i++) grad[i] = probabilities[i] * (grad[i] - sum);
            memset(grad + seen, 0, (size_t)(keys - seen) * sizeof(float));
        }
}

/* inner = silu(gate) up: both (N, 2 I), gate first; inner (N, I). */
EXPORTED void swiglu(const float *both, float *inner, int64_t N, int64_t I) {
    for (int64_t n = 0; n < N; n++, both += 2 * I, inner += I) {
#pragma omp simd
        for (int64_t i = 0; i < I; i++) inner[i] = both[i] / (1.0f + exponential(-both[i])) * both[I + i];
    }
}

EXPORTED void swiglu_backward(const float *both, const float *inner_grad, float *both_grad, int64_t N, int64_t I) {
    for (int64_t n = 0; n < N; n++, both += 2 * I, both_grad += 2 * I, inner_grad += I) {
#pragma omp simd
        for (int64_t i = 0; i < I; i++) {
            float gate = both[i], up = both[I + i];
            float share = 1.0f / (1.0f + exponential(-gate)), gated = gate * share;
            both_grad[i] = inner_grad[i] * up * (share + gated - gated * share);
            both_grad[I + i] = inner_grad[i] * gated;
        }
    }
}

/* logits (N, V) become the errors (probability, less one for the target), losses (N) the nats. */
EXPORTED void cross_entropy(float *logits, const int64_t *targets, float *losses, int64_t N, int64_t V) {
    for (int64_t n = 0; n < N; n++, logits += V) {
        float most = logits[0], sum = 0.0f, right = logits[targets[n]];
#pragma omp simd reduction(max : most)
        for (int64_t v = 1; v < V; v++) most = logits[v] > most ? logits[v] : most;
#pragma omp simd reduction(+ : sum)
        for (int64_t v = 0; v < V; v++) {
            float e = exponential(logits[v] - most);
            logits[v] = e;
            sum += e;
        }
        losses[n] = logf(sum) + most - right;
        float factor = 1.0f / sum;
        for (int64_t v = 0; v < V; v++) logits[v] *= factor;
        logits[targets[n]] -= 1.0f;
    }
}
