/*
 * Elementary functions from + - * / only, so that every machine gives the same bits: libc picks
 * other code paths with other last bits where the processor has FMA.
 *
 * The methods are the textbook ones (J.-M. Muller, "Elementary Functions", 2016): argument
 * reduction with split constants, then a Taylor polynomial on a short interval. Largest errors
 * found over millions of arguments, in units in the last place: log and log2 0.51, exp, pow, sin
 * and cos 0.87, atan2 1.5; normal_quantile: relative 1e-15. The tests hold them to 1, 2 and 2e-15.
 */
#include "core/math.h"

#include "core/math_tables.h"

#include <math.h> /* INFINITY, NAN, sqrt */
#include <stdbool.h>
#include <string.h>

#define POLYNOMIAL(x, terms) polynomial(x, terms, (int)(sizeof terms / sizeof *terms))

/* Unevaluated sum; low is at most half a unit in the last place of high. */
typedef struct pair {
    double high, low;
} pair;

static uint64_t bits_of(double x) {
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

static double from_bits(uint64_t bits) {
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

static bool is_nan(double x) {
    return x != x;
}

static double magnitude(double x) {
    return from_bits(bits_of(x) & INT64_MAX);
}

static bool is_negative(double x) {
    return bits_of(x) >> 63;
}

/* 2^k for a normal result. */
static double power_of_two(int k) {
    return from_bits((uint64_t)(k + 1023) << 52);
}

/* x * 2^k, rounded once; -1200 <= k <= 2046, x between 2^-100 and 2^100 if the result is large or
 * subnormal */
static double scale(double x, int k) {
    if (k > 1023) {
        x *= 0x1p1023;
        k -= 1023;
    }
    if (k < -1022) return x * power_of_two(k + 200) * 0x1p-200;
    return x * power_of_two(k);
}

/* Term i belongs to x^i. */
static double polynomial(double x, const double *terms, int count) {
    double y = terms[count - 1];
    for (int i = count - 2; i >= 0; i--)
        y = y * x + terms[i];
    return y;
}

static pair sum_fast(double a, double b) { /* |a| >= |b| */
    double s = a + b;
    return (pair){s, b - (s - a)};
}

static pair sum(double a, double b) {
    double s = a + b, t = s - a;
    return (pair){s, (a - (s - t)) + (b - t)};
}

/* Exact product by Dekker's splitting; |a|, |b| < 2^900 or so. */
static pair product(double a, double b) {
    double t = a * 134217729.0, ah = t - (t - a), al = a - ah;
    t = b * 134217729.0;
    double bh = t - (t - b), bl = b - bh, p = a * b;
    return (pair){p, ((ah * bh - p) + ah * bl + al * bh) + al * bl};
}

static pair pair_add(pair a, pair b) {
    pair s = sum(a.high, b.high);
    return sum_fast(s.high, s.low + (a.low + b.low));
}

static pair pair_multiply(pair a, pair b) {
    pair p = product(a.high, b.high);
    return sum_fast(p.high, p.low + (a.high * b.low + a.low * b.high));
}

static pair pair_divide(pair a, pair b) {
    double q = a.high / b.high;
    pair p = product(q, b.high);
    double rest = ((a.high - p.high) - p.low) + (a.low - q * b.low);
    return sum_fast(q, rest / b.high);
}

static const pair ln2 = {0x1.62e42fefa39efp-1, 0x1.abc9e3b39803fp-56};

/* exp(x.high + x.low), |x.high| < 760 */
static double exp_pair(pair x) {
    double scaled = x.high * 0x1.71547652b82fep+0;
    int k = (int)(scaled + (scaled < 0 ? -0.5 : 0.5));
    /* The high part of ln 2 has 32 bits: its product with k is exact. */
    double high = x.high - k * 0x1.62e42feep-1;
    double low = x.low - k * 0x1.a39ef35793c76p-33;
    double r = high + low;
    double rest = (high - r) + low;
    double q = POLYNOMIAL(r, exp_terms);
    double y = 1 + (r + (rest + r * r * q));
    return scale(y, k);
}

double seg_exp(double x) {
    if (is_nan(x)) return x;
    if (x > 709.782712893384) return (double)INFINITY;
    if (x < -745.1332191019412) return 0;
    return exp_pair((pair){x, 0});
}

/* x = 2^k * m with m in [sqrt(1/2), sqrt(2)]; x > 0 and finite */
static double split(int *k, double x) {
    int exponent = 0;
    if (x < 0x1p-1022) {
        x *= 0x1p54;
        exponent = -54;
    }
    uint64_t bits = bits_of(x);
    exponent += (int)(bits >> 52) - 1023;
    double m = from_bits((bits & 0xfffffffffffffu) | (uint64_t)1023 << 52);
    if (m > 0x1.6a09e667f3bcdp+0) {
        m *= 0.5;
        exponent++;
    }
    *k = exponent;
    return m;
}

/* What log gives for arguments outside 0 < x < infinity; true if x is one. */
static bool log_special(double *result, double x) {
    if (is_nan(x) || x == (double)INFINITY)
        *result = x;
    else if (x == 0)
        *result = -(double)INFINITY;
    else if (x < 0)
        *result = (double)NAN;
    else
        return false;
    return true;
}

/* log(m) = 2 atanh(s), s = (m - 1) / (m + 1): relative error about 2^-65 */
static pair log_mantissa(double m) {
    pair f = {m - 1, 0};
    pair s = pair_divide(f, sum(m, 1));
    pair z = pair_multiply(s, s);
    double tail = POLYNOMIAL(z.high, atanh_terms);
    pair series = pair_multiply(z, (pair){0x1.5555555555555p-2, 0x1.5555555555555p-56});
    series = pair_add(series, pair_multiply(pair_multiply(z, z), (pair){tail, 0}));
    pair y = pair_add(s, pair_multiply(s, series));
    return (pair){2 * y.high, 2 * y.low};
}

/* log(x) for 0 < x < infinity */
static pair log_pair(double x) {
    int k;
    double m = split(&k, x);
    pair y = log_mantissa(m);
    return k ? pair_add(pair_multiply(ln2, (pair){k, 0}), y) : y;
}

double seg_log_e(double x) {
    double special;
    if (log_special(&special, x)) return special;
    pair y = log_pair(x);
    return y.high + y.low;
}

double seg_log2(double x) {
    double special;
    if (log_special(&special, x)) return special;
    int k;
    double m = split(&k, x);
    pair y = pair_multiply(log_mantissa(m), (pair){0x1.71547652b82fep+0, 0x1.777d0ffda0d24p-56});
    y = pair_add((pair){k, 0}, y);
    return y.high + y.low;
}

/* 0 for no integer, 1 odd, 2 even */
static int integer_kind(double y) {
    y = magnitude(y);
    if (y >= 0x1p53) return 2;
    uint64_t whole = (uint64_t)y;
    if ((double)whole != y) return 0;
    return whole % 2 ? 1 : 2;
}

static double pow_positive(double x, double y) {
    if (x == 1) return 1;
    if (y == (double)INFINITY || y == -(double)INFINITY)
        return (x > 1) == (y > 0) ? (double)INFINITY : 0;
    if (x == 0) return y > 0 ? 0 : (double)INFINITY;
    if (x == (double)INFINITY) return y > 0 ? (double)INFINITY : 0;
    pair l = log_pair(x);
    double rough = l.high * y;
    if (rough > 710) return (double)INFINITY;
    if (rough < -746) return 0;
    if (magnitude(rough) < 0x1p-60) return 1 + rough;
    /* Halves of a huge exponent cannot overflow: |y| < 746 / 2^-53 here. */
    return exp_pair(pair_multiply(l, (pair){y, 0}));
}

double seg_pow(double x, double y) {
    if (y == 0 || x == 1) return 1;
    if (is_nan(x) || is_nan(y)) return x + y;
    if (!is_negative(x)) return pow_positive(x, y);
    int kind = integer_kind(y);
    if (x == -1 && magnitude(y) == (double)INFINITY) return 1;
    if (kind == 0 && x != 0 && x != -(double)INFINITY) return (double)NAN;
    double z = pow_positive(-x, y);
    return kind == 1 ? -z : z;
}

/* x - n pi/2 as a pair within pi/4 or a little more; returns n mod 4; |x| < 2^20 */
static int reduce_small(pair *r, double x) {
    double scaled = x * 0x1.45f306dc9c883p-1;
    int n = (int)(scaled + (scaled < 0 ? -0.5 : 0.5));
    /* Parts of pi/2 of 33 bits each: their products with n are exact. */
    double high = x - n * 0x1.921fb544p+0;
    pair a = sum(high, -(n * 0x1.0b4611a6p-34));
    pair b = sum(a.high, -(n * 0x1.3198a2ep-69));
    *r = sum_fast(b.high, b.low + (a.low - n * 0x1.b839a252049c1p-104));
    return n & 3;
}

/* a * b = high * 2^64 + low */
static void multiply_64(uint64_t *high, uint64_t *low, uint64_t a, uint64_t b) {
    uint64_t al = a & 0xffffffffu, ah = a >> 32, bl = b & 0xffffffffu, bh = b >> 32;
    uint64_t ll = al * bl, lh = al * bh, hl = ah * bl;
    uint64_t middle = (ll >> 32) + (lh & 0xffffffffu) + (hl & 0xffffffffu);
    *low = (ll & 0xffffffffu) | middle << 32;
    *high = ah * bh + (lh >> 32) + (hl >> 32) + (middle >> 32);
}

/* The same for 2^20 <= |x| < infinity, by those digits of 2/pi that matter for the fraction
 * (M. Payne, R. Hanek, SIGNUM Newsletter 18(1), 1983). */
static int reduce_large(pair *r, double x) {
    uint64_t bits = bits_of(magnitude(x));
    uint64_t mantissa = (bits & 0xfffffffffffffu) | (uint64_t)1 << 52;
    int exponent = (int)(bits >> 52) - 1075; /* |x| = mantissa * 2^exponent, exponent >= -32 */
    /* Digits before `first` (of the table, with its 64 zeros) give only multiples of 4 turns. The
     * 256 from there on times the mantissa, modulo 2^256, are |x| * 2/pi modulo 4. */
    int first = exponent + 62;
    uint64_t turns[4], carry = 0;
    for (int i = 3; i >= 0; i--) {
        int word = first / 64 + i, shift = first % 64;
        uint64_t digits = two_over_pi[word] << shift, high, low;
        if (shift) digits |= two_over_pi[word + 1] >> (64 - shift);
        multiply_64(&high, &low, digits, mantissa);
        turns[i] = low + carry;
        carry = high + (turns[i] < low);
    }
    int n = (int)(turns[0] >> 62);
    uint64_t f[3]; /* the fraction, 192 digits */
    for (int i = 0; i < 3; i++)
        f[i] = turns[i] << 2 | turns[i + 1] >> 62;
    bool minus = f[0] >> 63; /* nearer to the next multiple: what is missing to it */
    if (minus) {
        n++;
        f[2] = 0 - f[2];
        f[1] = ~f[1] + (f[2] == 0);
        f[0] = ~f[0] + (f[2] == 0 && f[1] == 0);
    }
    int zeros = 0; /* no double comes nearer to a multiple than 2^-62 */
    while (zeros < 64 && !(f[0] >> 63)) {
        f[0] = f[0] << 1 | f[1] >> 63;
        f[1] = f[1] << 1 | f[2] >> 63;
        f[2] <<= 1;
        zeros++;
    }
    pair y = sum_fast((double)(f[0] >> 11) * 0x1p-53,
                      (double)((f[0] & 0x7ff) << 42 | f[1] >> 22) * 0x1p-106);
    y = pair_multiply(y, (pair){0x1.921fb54442d18p+0, 0x1.1a62633145c07p-54});
    double unit = power_of_two(-zeros);
    if (minus != is_negative(x)) unit = -unit;
    *r = (pair){y.high * unit, y.low * unit};
    return (is_negative(x) ? -n : n) & 3;
}

static double sin_kernel(pair r) {
    double z = r.high * r.high;
    double q = POLYNOMIAL(z, sin_terms);
    /* sin(h + l) = sin h + l cos h */
    return r.high + (r.high * z * q + r.low * (1 - 0.5 * z));
}

static double cos_kernel(pair r) {
    double z = r.high * r.high, half = 0.5 * z, w = 1 - half;
    double q = POLYNOMIAL(z, cos_terms);
    return w + (((1 - w) - half) + (z * z * q - r.high * r.low));
}

/* Quarter 0: sin, 1: cos, 2: -sin, 3: -cos */
static double sin_quarter(double x, int quarter) {
    if (is_nan(x) || magnitude(x) == (double)INFINITY) return (double)NAN;
    pair r;
    quarter += magnitude(x) < 0x1p20 ? reduce_small(&r, x) : reduce_large(&r, x);
    double y = quarter & 1 ? cos_kernel(r) : sin_kernel(r);
    return quarter & 2 ? -y : y;
}

double seg_sin(double x) {
    return magnitude(x) < 0x1p-27 ? x : sin_quarter(x, 0);
}

double seg_cos(double x) {
    return sin_quarter(x, 1);
}

/* atan(a / b) for 0 <= a <= b, b in [1, 2): by way of the nearest eighth */
static pair atan_ratio(double a, double b) {
    int i = (int)(8 * (a / b) + 0.5);
    double c = i * 0.125;
    pair cb = product(c, b);
    double u = ((a - cb.high) - cb.low) / (b + c * a);
    double z = u * u;
    double q = POLYNOMIAL(z, atan_terms);
    pair base = {atan_high[i], atan_low[i]};
    double rest = u * z * q;
    if (i == 0) return sum_fast(u, rest);
    pair y = sum_fast(base.high, u);
    return sum_fast(y.high, y.low + (base.low + rest));
}

double seg_atan2(double y, double x) {
    const pair pi = {0x1.921fb54442d18p+1, 0x1.1a62633145c07p-53};
    if (is_nan(x) || is_nan(y)) return x + y;
    double a = magnitude(y), b = magnitude(x);
    bool steep = a > b;
    if (steep) {
        double swap = a;
        a = b;
        b = swap;
    }
    pair angle;
    if (b == 0) {
        angle = (pair){0, 0};
    } else if (b == (double)INFINITY) {
        angle = a == (double)INFINITY ? (pair){pi.high / 4, pi.low / 4} : (pair){0, 0};
    } else {
        int k = 0;
        if (b < 0x1p-1022) {
            a *= 0x1p60;
            b *= 0x1p60;
        }
        k = (int)(bits_of(b) >> 52) - 1023;
        double quotient = a / b;
        if (quotient < 0x1p-60) {
            angle = (pair){quotient, 0};
        } else {
            angle = atan_ratio(scale(a, -k), scale(b, -k));
        }
    }
    if (steep) angle = pair_add((pair){pi.high / 2, pi.low / 2}, (pair){-angle.high, -angle.low});
    if (is_negative(x)) angle = pair_add(pi, (pair){-angle.high, -angle.low});
    double result = angle.high + angle.low;
    return is_negative(y) ? -result : result;
}

/* M. Wichura, "Algorithm AS 241: the percentage points of the normal distribution", Applied
 * Statistics 37(3), 1988. */
double seg_normal_quantile(double p) {
    if (is_nan(p) || p < 0 || p > 1) return (double)NAN;
    if (p == 0) return -(double)INFINITY;
    if (p == 1) return (double)INFINITY;
    double q = p - 0.5;
    if (magnitude(q) <= 0.425) {
        double r = 0.180625 - q * q;
        return q * POLYNOMIAL(r, normal_a) / POLYNOMIAL(r, normal_b);
    }
    double r = sqrt(-seg_log_e(q < 0 ? p : 1 - p));
    double x;
    if (r <= 5) {
        r -= 1.6;
        x = POLYNOMIAL(r, normal_c) / POLYNOMIAL(r, normal_d);
    } else {
        r -= 5;
        x = POLYNOMIAL(r, normal_e) / POLYNOMIAL(r, normal_f);
    }
    return q < 0 ? -x : x;
}
