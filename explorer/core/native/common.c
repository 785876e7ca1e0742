/* What the other sources here share: they are compiled together with this one, which comes first. */

#include <math.h>
#include <stdint.h>
#include <string.h>

#ifdef _WIN32
#define EXPORTED __declspec(dllexport)
#else
#define EXPORTED
#endif

/* e^x to about 1e-7, in a form that compilers turn into vector code: e^x = 2^k e^r with |r| <= ln 2 / 2. */
static inline float exponential(float x) {
    x = x < -87.0f ? -87.0f : x > 88.0f ? 88.0f : x;
    float k = rintf(x * 1.44269504f);
    float r = x - k * 0.693359375f; /* ln 2 in two parts: the first times k is exact */
    r = r + k * 2.12194440e-4f;
    float series = 1.0f / 720.0f;
    series = series * r + 1.0f / 120.0f;
    series = series * r + 1.0f / 24.0f;
    series = series * r + 1.0f / 6.0f;
    series = series * r + 0.5f;
    series = series * r + 1.0f;
    series = series * r + 1.0f;
    union {
        int32_t bits;
        float value;
    } power = {((int32_t)k + 127) << 23};
    return series * power.value;
}
