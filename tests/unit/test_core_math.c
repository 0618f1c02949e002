/* Elementary functions against the C library's long double ones. */
#include "core_main.h"

#include "core/math.h"
#include "core/random.h"

#include <float.h>
#include <math.h>

#define ROUNDS 200000

/* Where long double is no wider than double, the reference itself is off by an ulp. */
#if LDBL_MANT_DIG >= 64
#define SLACK 0.0
#else
#define SLACK 1.0
#endif

static seg_random stream;
static uint32_t position;

static double unit(void) {
    return seg_random_unit(&stream, position++);
}

/* Any finite bit pattern. */
static double any_double(void) {
    for (;;) {
        uint32_t words[4];
        double x;
        seg_random_words(words, &stream, position++);
        memcpy(&x, words, sizeof x);
        if (isfinite(x)) return x;
    }
}

/* Distance in units in the last place of the exact result. */
static double error_of(double got, long double exact) {
    if (isnan(got) && isnan((double)exact)) return 0;
    if (isnan(got) || isnan((double)exact)) return INFINITY;
    if (isinf(got) || isinf((double)exact)) {
        /* Within one unit of overflow either may be right. */
        if (got == (double)exact) return 0;
        double finite = isinf(got) ? (double)exact : got;
        return fabs(finite) == DBL_MAX ? 1 : INFINITY;
    }
    int exponent;
    frexpl(exact, &exponent);
    if (exponent < -1021) exponent = -1021;
    return (double)(fabsl(got - exact) / ldexpl(1, exponent - 53));
}

/* Largest error of `got` against `exact` over ROUNDS arguments; allowed `limit`. */
#define CHECK_FUNCTION(limit, arguments, got, exact)                                               \
    do {                                                                                           \
        double worst = 0, at_x = 0, at_y = 0;                                                      \
        stream = seg_random_stream(__LINE__, 0, 0);                                                \
        position = 0;                                                                              \
        for (int round = 0; round < ROUNDS; round++) {                                             \
            double x = 0, y = 0;                                                                   \
            arguments;                                                                             \
            double error = error_of(got, exact);                                                   \
            if (error > worst) {                                                                   \
                worst = error;                                                                     \
                at_x = x;                                                                          \
                at_y = y;                                                                          \
            }                                                                                      \
        }                                                                                          \
        ck_assert_msg(worst <= (limit) + SLACK, "%s: off by %g ulp at x = %a, y = %a", #got,       \
                      worst, at_x, at_y);                                                          \
    } while (0)

START_TEST(exponential) {
    CHECK_FUNCTION(1, x = (unit() - 0.5) * 1490, seg_exp(x), expl(x));
    CHECK_FUNCTION(1, x = (unit() - 0.5) * 4, seg_exp(x), expl(x));
    CHECK_FUNCTION(1, x = any_double(), seg_exp(x), expl(x));
    ck_assert_double_eq(seg_exp(0), 1);
    ck_assert_double_eq(seg_exp(-0.0), 1);
    ck_assert_double_eq(seg_exp(INFINITY), INFINITY);
    ck_assert_double_eq(seg_exp(-INFINITY), 0);
    ck_assert_double_nan(seg_exp(NAN));
    ck_assert_double_eq(seg_exp(709.79), INFINITY);
    ck_assert_double_eq(seg_exp(-746), 0);
    ck_assert_double_eq(seg_exp(-745), 0x1p-1074);
}
END_TEST

static double worse(double worst, double found, double truth) {
    const double error = fabs(found - truth);
    return error <= worst * fabs(truth) ? worst : error / fabs(truth);
}

/* Over all magnitudes that they take, and close to where the results are 0 and 1. */
START_TEST(quick_functions) {
    ck_assert_float_eq(seg_quick_log(1), 0);
    ck_assert_float_eq(seg_quick_exp(0), 1);
    double logs = 0, powers_of_e = 0;
    for (int i = 0; i < 300000; i++) {
        const float any = (float)ldexp(1 + unit(), (int)(252 * unit()) - 126);
        const float near = (float)(1 + ldexp(unit() - 0.5, -(int)(20 * unit())));
        const float power = (float)(174 * unit() - 87), small = (float)(unit() - 0.5);
        logs = worse(logs, (double)seg_quick_log(any), log((double)any));
        logs = worse(logs, (double)seg_quick_log(near), log((double)near));
        powers_of_e = worse(powers_of_e, (double)seg_quick_exp(power), exp((double)power));
        powers_of_e = worse(powers_of_e, (double)seg_quick_exp(small), exp((double)small));
    }
    ck_assert_double_le(logs, 4e-7);
    ck_assert_double_le(powers_of_e, 4e-7);
}
END_TEST

START_TEST(logarithms) {
    CHECK_FUNCTION(0.51, x = fabs(any_double()), seg_log_e(x), logl(x));
    CHECK_FUNCTION(0.51, x = 0.5 + 1.5 * unit(), seg_log_e(x), logl(x));
    CHECK_FUNCTION(0.51, x = 1 + 1e-6 * (unit() - 0.5), seg_log_e(x), logl(x));
    CHECK_FUNCTION(0.51, x = fabs(any_double()), seg_log2(x), log2l(x));
    CHECK_FUNCTION(0.51, x = 0.5 + 1.5 * unit(), seg_log2(x), log2l(x));
    for (int k = -1074; k < 1024; k++)
        ck_assert_double_eq(seg_log2(ldexp(1, k)), k); /* exact for powers of two */
    ck_assert_double_eq(seg_log_e(1), 0);
    ck_assert_double_eq(seg_log_e(0), -INFINITY);
    ck_assert_double_eq(seg_log2(-0.0), -INFINITY);
    ck_assert_double_eq(seg_log_e(INFINITY), INFINITY);
    ck_assert_double_nan(seg_log_e(-1));
    ck_assert_double_nan(seg_log2(NAN));
    ck_assert_double_nan(seg_log2(-INFINITY));
}
END_TEST

START_TEST(powers) {
    CHECK_FUNCTION(1, x = exp((unit() - 0.5) * 100);
                   y = (unit() - 0.5) * 28, seg_pow(x, y), powl(x, y));
    CHECK_FUNCTION(1, x = 1 + 1e-5 * (unit() - 0.5);
                   y = 1e8 * (unit() - 0.5), seg_pow(x, y), powl(x, y));
    CHECK_FUNCTION(1, x = any_double(); y = any_double(), seg_pow(x, y), powl(x, y));
    CHECK_FUNCTION(1, x = -10 * unit(); y = floor(20 * (unit() - 0.5)), seg_pow(x, y), powl(x, y));
    CHECK_FUNCTION(1, x = unit(); y = 2.2, seg_pow(x, y), powl(x, y)); /* display gamma */
    /* every combination of special values, as the C standard's annex F has them */
    const double special[] = {0.0,  -0.0, 1,     -1,       2,         -2,  3,      -3,  0.5,
                              -0.5, 1e30, -1e30, INFINITY, -INFINITY, NAN, 0x1p53, 2.5, -1e-320};
    const size_t count = sizeof special / sizeof *special;
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < count; j++) {
            double got = seg_pow(special[i], special[j]);
            double exact = pow(special[i], special[j]);
            ck_assert_msg(error_of(got, exact) <= 1 &&
                              (isnan(got) || !signbit(got) == !signbit(exact)),
                          "pow(%g, %g) is %g, not %g", special[i], special[j], got, exact);
        }
}
END_TEST

START_TEST(sines) {
    CHECK_FUNCTION(1, x = 20 * (unit() - 0.5), seg_sin(x), sinl(x));
    CHECK_FUNCTION(1, x = 20 * (unit() - 0.5), seg_cos(x), cosl(x));
    CHECK_FUNCTION(1, x = 2e6 * (unit() - 0.5), seg_sin(x), sinl(x));
    CHECK_FUNCTION(1, x = 2e6 * (unit() - 0.5), seg_cos(x), cosl(x));
    /* next to the zeros, where all digits cancel */
    CHECK_FUNCTION(1, x = floor(1e6 * unit()) * SEG_PI, seg_sin(x), sinl(x));
    CHECK_FUNCTION(1, x = (floor(1e6 * unit()) + 0.5) * SEG_PI, seg_cos(x), cosl(x));
    /* x87's own reduction ends at 2^63, and glibc's double functions are good to an ulp */
    CHECK_FUNCTION(1, x = 1e18 * (unit() - 0.5), seg_sin(x), sinl(x));
    CHECK_FUNCTION(2, x = any_double(), seg_sin(x), sin(x));
    CHECK_FUNCTION(2, x = any_double(), seg_cos(x), cos(x));
    ck_assert_double_eq(seg_sin(0), 0);
    ck_assert(signbit(seg_sin(-0.0)));
    ck_assert_double_eq(seg_cos(0), 1);
    ck_assert_double_eq(seg_sin(1e-300), 1e-300);
    ck_assert_double_nan(seg_sin(INFINITY));
    ck_assert_double_nan(seg_cos(-INFINITY));
    ck_assert_double_nan(seg_sin(NAN));
    /* the double nearest to a multiple of pi/2 of all: 6381956970095103 * 2^797 */
    ck_assert_double_eq_tol(seg_cos(0x1.6ac5b262ca1ffp+849), -4.6871659242546276e-19, 1e-34);
    ck_assert_double_eq(seg_sin(0x1.6ac5b262ca1ffp+849), 1);
}
END_TEST

START_TEST(angles) {
    CHECK_FUNCTION(2, x = unit() - 0.5; y = unit() - 0.5, seg_atan2(y, x), atan2l(y, x));
    CHECK_FUNCTION(2, x = any_double(); y = any_double(), seg_atan2(y, x), atan2l(y, x));
    CHECK_FUNCTION(2, x = any_double(); y = x * (0.01 + unit()), seg_atan2(y, x), atan2l(y, x));
    CHECK_FUNCTION(2, x = 0x1p-1060 * (unit() - 0.5);
                   y = 0x1p-1060 * (unit() - 0.5), seg_atan2(y, x), atan2l(y, x));
    CHECK_FUNCTION(2, x = floor(512 * unit()) - 256;
                   y = floor(512 * unit()) - 256, seg_atan2(y, x), atan2l(y, x));
    const double special[] = {0.0, -0.0, 1, -1, INFINITY, -INFINITY, NAN, 1e300, -1e-310, 3};
    const size_t count = sizeof special / sizeof *special;
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < count; j++) {
            double got = seg_atan2(special[i], special[j]);
            double exact = atan2(special[i], special[j]);
            ck_assert_msg(error_of(got, exact) <= 2 &&
                              (isnan(got) || !signbit(got) == !signbit(exact)),
                          "atan2(%g, %g) is %g, not %g", special[i], special[j], got, exact);
        }
    /* the octants, exactly symmetric */
    ck_assert_double_eq(seg_atan2(1, 1), SEG_PI / 4);
    ck_assert_double_eq(seg_atan2(1, -1), 3 * SEG_PI / 4);
    ck_assert_double_eq(seg_atan2(-1, -1), -seg_atan2(1, -1));
}
END_TEST

/* P(X <= z) - p, divided by the density: the error in z. */
static double quantile_error(double z, double p) {
    long double tail = 0.5L * erfcl(-(long double)z / sqrtl(2));
    long double density = expl(-(long double)z * z / 2) / sqrtl(2 * acosl(-1));
    return (double)fabsl((tail - p) / density);
}

START_TEST(normal_quantiles) {
    stream = seg_random_stream(5, 0, 0);
    double worst = 0;
    for (int round = 0; round < ROUNDS; round++) {
        double p = round % 2 ? unit() : seg_exp(-700 * unit());
        double z = seg_normal_quantile(p);
        double error = quantile_error(z, p) / (fabs(z) > 0.1 ? fabs(z) : 0.1);
        if (error > worst) worst = error;
    }
    ck_assert_msg(worst < 2e-15, "relative error %g", worst);
    ck_assert_double_eq(seg_normal_quantile(0.5), 0);
    ck_assert_double_eq_tol(seg_normal_quantile(0.975), 1.959963984540054, 3e-15);
    ck_assert_double_eq(seg_normal_quantile(0.25), -seg_normal_quantile(0.75));
    ck_assert_double_eq(seg_normal_quantile(0), -INFINITY);
    ck_assert_double_eq(seg_normal_quantile(1), INFINITY);
    ck_assert_double_nan(seg_normal_quantile(-0.1));
    ck_assert_double_nan(seg_normal_quantile(1.1));
    ck_assert_double_nan(seg_normal_quantile(NAN));
}
END_TEST

/* FNV-1a over the bits of many results: the same on every machine and at every optimisation. */
START_TEST(the_same_bits_everywhere) {
    uint64_t hash = 0xcbf29ce484222325u;
    stream = seg_random_stream(2024, 0, 0);
    position = 0;
    for (int round = 0; round < 20000; round++) {
        double x = 40 * (unit() - 0.5), y = 40 * (unit() - 0.5);
        const double results[] = {seg_exp(x),      seg_log_e(fabs(x)),         seg_log2(fabs(x)),
                                  seg_sin(x * y),  seg_cos(1e9 * x),           seg_pow(fabs(x), y),
                                  seg_atan2(y, x), seg_normal_quantile(unit())};
        for (size_t i = 0; i < sizeof results / sizeof *results; i++) {
            uint64_t bits;
            memcpy(&bits, &results[i], sizeof bits);
            for (int k = 0; k < 64; k += 8)
                hash = (hash ^ (bits >> k & 0xff)) * 0x100000001b3u;
        }
    }
    ck_assert_msg(hash == 0x454dc3f0a0638a85u, "hash is %#llx", (unsigned long long)hash);
}
END_TEST

CORE_MAIN("core_math", exponential, logarithms, quick_functions, powers, sines, angles,
          normal_quantiles, the_same_bits_everywhere)
