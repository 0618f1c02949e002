/* The vectors of canny_vector.h in plain C for little-endian machines, in loops that compilers
 * turn into the vectors of the machine. */
#ifndef SEG_KERNELS_CANNY_VECTOR_PLAIN_H
#define SEG_KERNELS_CANNY_VECTOR_PLAIN_H

#include <math.h>

#define V_BYTES 16
#define v_prefetch(p) ((void)(p))

typedef struct vec {
    uint16_t h[8];
} vec;

/* r[i] from a[i] = x and b[i] = y, as signed lanes. */
#define V_LANES16(name, expression)                                                                \
    static inline vec name(vec a, vec b) {                                                         \
        vec r;                                                                                     \
        for (int i = 0; i < 8; i++) {                                                              \
            const int32_t x = (int16_t)a.h[i], y = (int16_t)b.h[i];                                \
            r.h[i] = (uint16_t)(expression);                                                       \
        }                                                                                          \
        return r;                                                                                  \
    }

#define V_LANES32(name, expression)                                                                \
    static inline vec name(vec a, vec b) {                                                         \
        int32_t p[4], q[4];                                                                        \
        vec r;                                                                                     \
        memcpy(p, &a, sizeof p);                                                                   \
        memcpy(q, &b, sizeof q);                                                                   \
        for (int i = 0; i < 4; i++) {                                                              \
            const int32_t x = p[i], y = q[i];                                                      \
            p[i] = (int32_t)(expression);                                                          \
        }                                                                                          \
        memcpy(&r, p, sizeof r);                                                                   \
        return r;                                                                                  \
    }

static inline vec v_load(const void *p) {
    vec r;
    memcpy(&r, p, sizeof r);
    return r;
}

static inline void v_store(void *p, vec a) {
    memcpy(p, &a, sizeof a);
}
static inline void v_stream(void *p, vec a) {
    memcpy(p, &a, sizeof a);
}
static inline void v_stream_end(void) {}
static inline vec v_zero(void) {
    return (vec){{0}};
}

static inline vec v_set16(int32_t x) {
    vec r;
    for (int i = 0; i < 8; i++)
        r.h[i] = (uint16_t)x;
    return r;
}

static inline vec v_set32(int32_t x) {
    const int32_t lanes[4] = {x, x, x, x};
    return v_load(lanes);
}

V_LANES16(v_and, x &y)
V_LANES16(v_or, x | y)
V_LANES16(v_xor, x ^ y)
V_LANES16(v_add16, x + y)
V_LANES16(v_sub16, x - y)
V_LANES16(v_min16, x < y ? x : y)
V_LANES16(v_max16, x > y ? x : y)
V_LANES16(v_above16, -(x > y))
V_LANES16(v_equal16, -(x == y))
V_LANES16(v_signed16, y < 0 ? -x : x)
V_LANES16(v_mulhi16, (uint32_t)(x *y) >> 16)
V_LANES16(v_higher_byte_, (x & 0xffff) >> y)
V_LANES16(v_pairs8, (x & 255) * (int8_t)(y & 255) + (x >> 8 & 255) * (int8_t)(y >> 8 & 255))
V_LANES32(v_sub32, (uint32_t)x - (uint32_t)y)
V_LANES32(v_halve_, x >= 0 ? x >> y : -((-x - 1) >> y) - 1)

static inline vec v_abs16(vec a) {
    return v_max16(a, v_sub16(v_zero(), a));
}
static inline vec v_negative16(vec a) {
    return v_above16(v_zero(), a);
}
static inline vec v_high8(vec a) {
    return v_higher_byte_(a, v_set16(8));
}
static inline vec v_low8(vec a) {
    return v_and(a, v_set16(255));
}
static inline vec v_select(vec a, vec b, vec mask) {
    return v_xor(a, v_and(v_xor(a, b), mask));
}

static inline vec v_down32(vec a, int bits) {
    return v_halve_(a, v_set32(bits));
}

static inline uint32_t v_bits(vec a) {
    uint32_t bits = 0;
    for (int i = 0; i < 8; i++)
        bits |= (uint32_t)((a.h[i] >> 7 & 1) | (a.h[i] >> 14 & 2)) << (2 * i);
    return bits;
}

static inline vec v_squares(vec a) {
    int32_t lanes[4];
    for (int i = 0; i < 4; i++) {
        const int32_t x = (int16_t)a.h[2 * i], y = (int16_t)a.h[2 * i + 1];
        lanes[i] = x * x + y * y;
    }
    return v_load(lanes);
}

static inline vec v_zip16_(vec a, vec b, int from) {
    vec r;
    for (int i = 0; i < 4; i++) {
        r.h[2 * i] = a.h[from + i];
        r.h[2 * i + 1] = b.h[from + i];
    }
    return r;
}

static inline vec v_zip16_first(vec a, vec b) {
    return v_zip16_(a, b, 0);
}
static inline vec v_zip16_second(vec a, vec b) {
    return v_zip16_(a, b, 4);
}

static inline uint16_t v_nearest16_(int32_t x) {
    return (uint16_t)(x < INT16_MIN ? INT16_MIN : x > INT16_MAX ? INT16_MAX : x);
}

static inline vec v_narrow32(vec first, vec second) {
    int32_t p[4], q[4];
    vec r;
    memcpy(p, &first, sizeof p);
    memcpy(q, &second, sizeof q);
    for (int i = 0; i < 4; i++) {
        r.h[i] = v_nearest16_(p[i]);
        r.h[4 + i] = v_nearest16_(q[i]);
    }
    return r;
}

static inline vec v_float32(vec a) {
    int32_t lanes[4];
    float floats[4];
    memcpy(lanes, &a, sizeof lanes);
    for (int i = 0; i < 4; i++)
        floats[i] = (float)lanes[i];
    return v_load(floats);
}

static inline vec v_root32(vec a) {
    int32_t lanes[4];
    memcpy(lanes, &a, sizeof lanes);
    for (int i = 0; i < 4; i++) {
        const float root = sqrtf((float)lanes[i]);
        const int32_t down = (int32_t)root;
        lanes[i] = down + ((float)down < root);
    }
    return v_load(lanes);
}

/* a and b as two lanes of 64 bits. */
#define V_LANES64(name, expression)                                                                \
    static inline vec name(vec a, vec b) {                                                         \
        uint64_t p[2], q[2];                                                                       \
        memcpy(p, &a, sizeof p);                                                                   \
        memcpy(q, &b, sizeof q);                                                                   \
        for (int i = 0; i < 2; i++) {                                                              \
            const uint64_t x = p[i], y = q[i];                                                     \
            p[i] = (expression);                                                                   \
        }                                                                                          \
        return v_load(p);                                                                          \
    }

V_LANES64(v_add64, x + y)
V_LANES64(v_without, x & ~y)
V_LANES64(v_shift_up64_, x << (y & 63))
V_LANES64(v_shift_down64_, x >> (y & 63))

static inline vec v_before64(vec here, vec before) {
    uint64_t p[2], q[2];
    memcpy(p, &before, sizeof p);
    memcpy(q, &here, sizeof q);
    const uint64_t lanes[2] = {p[1], q[0]};
    return v_load(lanes);
}

static inline vec v_set64_(uint64_t x) {
    const uint64_t lanes[2] = {x, x};
    return v_load(lanes);
}

static inline vec v_up64(vec a, int bits) {
    return v_shift_up64_(a, v_set64_((uint64_t)bits));
}
static inline vec v_down64(vec a, int bits) {
    return v_shift_down64_(a, v_set64_((uint64_t)bits));
}

static inline int v_any(vec a) {
    uint64_t lanes[2];
    memcpy(lanes, &a, sizeof lanes);
    return (lanes[0] | lanes[1]) != 0;
}

static inline vec v_zip_(vec a, vec b, int from) {
    uint8_t p[16], q[16], r[16];
    memcpy(p, &a, sizeof p);
    memcpy(q, &b, sizeof q);
    for (int i = 0; i < 8; i++) {
        r[2 * i] = p[from + i];
        r[2 * i + 1] = q[from + i];
    }
    return v_load(r);
}

static inline vec v_zip_first(vec a, vec b) {
    return v_zip_(a, b, 0);
}
static inline vec v_zip_second(vec a, vec b) {
    return v_zip_(a, b, 8);
}

/* Bytes. */
#define V_LANES8(name, expression)                                                                 \
    static inline vec name(vec a, vec b) {                                                         \
        uint8_t p[16], q[16];                                                                      \
        memcpy(p, &a, sizeof p);                                                                   \
        memcpy(q, &b, sizeof q);                                                                   \
        for (int i = 0; i < 16; i++) {                                                             \
            const uint8_t x = p[i], y = q[i];                                                      \
            p[i] = (uint8_t)(expression);                                                          \
        }                                                                                          \
        return v_load(p);                                                                          \
    }

V_LANES8(v_max8, x > y ? x : y)
V_LANES8(v_min8, x < y ? x : y)
V_LANES8(v_minus8, x > y ? x - y : 0)

static inline vec v_narrow(vec first, vec second) {
    uint8_t r[16];
    for (int i = 0; i < 8; i++) {
        r[i] = (uint8_t)first.h[i];
        r[8 + i] = (uint8_t)second.h[i];
    }
    return v_load(r);
}

static inline vec v_spread(uint64_t bits) {
    uint8_t r[16];
    for (int i = 0; i < 16; i++)
        r[i] = (uint8_t)(0 - (bits >> i & 1));
    return v_load(r);
}

#endif
