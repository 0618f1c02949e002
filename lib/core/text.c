/*
 * Numbers and names as people type them. strtod and printf take the decimal point from the host's
 * locale, so a host with a comma would read "1.4" as 1: reading is done here, exactly, with small
 * integers of many words (W. Clinger, "How to read floating point numbers accurately", PLDI 1990).
 */
#include "core/text.h"

#include <stdio.h>
#include <string.h>

/* A double lies halfway between its neighbours in at most 767 digits: what follows can only break
 * a tie. */
#define MAX_DIGITS 770
#define WORDS 144 /* 32 bits each: 10^(770 + 400) has 3890 bits, and there is room to shift */

typedef struct big {
    uint32_t word[WORDS]; /* lowest first */
    int count;            /* used words; the highest is not 0 */
} big;

static void big_multiply_add(big *a, uint32_t factor, uint32_t summand) {
    uint64_t carry = summand;
    for (int i = 0; i < a->count; i++) {
        carry += (uint64_t)a->word[i] * factor;
        a->word[i] = (uint32_t)carry;
        carry >>= 32;
    }
    if (carry) a->word[a->count++] = (uint32_t)carry;
}

static void big_power_of_ten(big *a, int exponent) {
    for (; exponent >= 9; exponent -= 9)
        big_multiply_add(a, 1000000000u, 0);
    for (; exponent > 0; exponent--)
        big_multiply_add(a, 10, 0);
}

static int big_bits(const big *a) {
    if (!a->count) return 0;
    int bits = 32 * (a->count - 1);
    for (uint32_t top = a->word[a->count - 1]; top; top >>= 1)
        bits++;
    return bits;
}

static void big_shift_left(big *a, int bits) {
    int words = bits / 32;
    bits %= 32;
    if (bits) big_multiply_add(a, (uint32_t)1 << bits, 0);
    if (!a->count || !words) return;
    memmove(a->word + words, a->word, (size_t)a->count * sizeof *a->word);
    memset(a->word, 0, (size_t)words * sizeof *a->word);
    a->count += words;
}

static int big_compare(const big *a, const big *b) {
    if (a->count != b->count) return a->count < b->count ? -1 : 1;
    for (int i = a->count - 1; i >= 0; i--)
        if (a->word[i] != b->word[i]) return a->word[i] < b->word[i] ? -1 : 1;
    return 0;
}

/* a -= b, a >= b */
static void big_subtract(big *a, const big *b) {
    uint64_t borrow = 0;
    for (int i = 0; i < a->count; i++) {
        uint64_t difference = (uint64_t)a->word[i] - (i < b->count ? b->word[i] : 0) - borrow;
        a->word[i] = (uint32_t)difference;
        borrow = difference >> 63;
    }
    while (a->count && !a->word[a->count - 1])
        a->count--;
}

static double scaled(uint64_t mantissa, int exponent) {
    double value = (double)mantissa; /* at most 53 bits: exact */
    for (; exponent > 0; exponent--)
        value *= 2;
    for (; exponent < 0; exponent++)
        value *= 0.5;
    return value;
}

/* The double nearest to a / b, ties to even; false on overflow. */
static bool nearest_quotient(double *value, big *a, big *b) {
    /* a / b in [1, 2) * 2^exponent */
    int exponent = big_bits(a) - big_bits(b);
    if (exponent > 0)
        big_shift_left(b, exponent);
    else
        big_shift_left(a, -exponent);
    if (big_compare(a, b) < 0) {
        big_shift_left(a, 1);
        exponent--;
    }
    if (exponent > 1023) return false;
    int bits = 53;
    if (exponent < -1022) bits -= -1022 - exponent;
    if (bits < 0) {
        *value = 0;
        return true;
    }
    uint64_t mantissa = 0;
    for (int i = 0; i < bits; i++) {
        mantissa <<= 1;
        if (big_compare(a, b) >= 0) {
            big_subtract(a, b);
            mantissa |= 1;
        }
        big_shift_left(a, 1);
    }
    /* What is left against half a unit; a has been shifted once more, so b is that half. */
    int rest = big_compare(a, b);
    if (rest > 0 || (rest == 0 && (mantissa & 1))) mantissa++;
    int shift = exponent - bits + 1;
    if (shift == 971 && mantissa == (uint64_t)1 << 53) return false;
    *value = scaled(mantissa, shift);
    return true;
}

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

typedef struct decimal {
    char digits[MAX_DIGITS + 1]; /* values 0-9, the first is not 0 */
    int count;
    int64_t exponent; /* of the last digit */
} decimal;

static void add_digit(decimal *number, char digit, bool after_point) {
    if (number->count == 0 && digit == 0) {
        if (after_point) number->exponent--;
    } else if (number->count < MAX_DIGITS) {
        number->digits[number->count++] = digit;
        if (after_point) number->exponent--;
    } else {
        /* Too far behind to count, except that it is not nothing. */
        if (digit) number->digits[MAX_DIGITS] = 1;
        if (!after_point) number->exponent++;
    }
}

static bool scan(decimal *number, const char **end, const char *text) {
    memset(number, 0, sizeof *number);
    const char *p = text;
    bool any = false;
    for (; is_digit(*p); p++, any = true)
        add_digit(number, (char)(*p - '0'), false);
    if (*p == '.' && (any || is_digit(p[1])))
        for (p++; is_digit(*p); p++, any = true)
            add_digit(number, (char)(*p - '0'), true);
    if (!any) return false;
    const char *e = p + 1;
    bool minus = false;
    if (*p == 'e' || *p == 'E') {
        if (*e == '+' || *e == '-') minus = *e++ == '-';
        if (is_digit(*e)) {
            int64_t exponent = 0;
            for (; is_digit(*e); e++)
                if (exponent < 1000000000) exponent = 10 * exponent + (*e - '0');
            number->exponent += minus ? -exponent : exponent;
            p = e;
        }
    }
    *end = p;
    return true;
}

static bool decimal_value(double *value, const decimal *number) {
    static const double powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                    1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                    1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    *value = 0;
    if (!number->count) return true;
    int64_t exponent = number->exponent;
    if (number->count <= 15 && exponent >= -22 && exponent <= 22) {
        double whole = 0; /* exact, and so is the power: one rounding */
        for (int i = 0; i < number->count; i++)
            whole = 10 * whole + number->digits[i];
        *value = exponent < 0 ? whole / powers[-exponent] : whole * powers[exponent];
        return true;
    }
    if (exponent + number->count > 310) return false;
    if (exponent + number->count < -330) return true;
    big a = {{0}, 0}, b = {{1}, 1};
    for (int i = 0; i < number->count; i++)
        big_multiply_add(&a, 10, (uint32_t)number->digits[i]);
    if (number->digits[MAX_DIGITS]) {
        big_multiply_add(&a, 10, 1);
        exponent--;
    }
    if (exponent >= 0)
        big_power_of_ten(&a, (int)exponent);
    else
        big_power_of_ten(&b, (int)-exponent);
    return nearest_quotient(value, &a, &b);
}

bool seg_text_to_number(double *value, const char **end, const char *text) {
    decimal number;
    double result;
    bool minus = *text == '-';
    const char *after;
    if (*text == '-' || *text == '+') text++;
    if (!scan(&number, &after, text) || !decimal_value(&result, &number)) return false;
    *value = minus ? -result : result;
    *end = after;
    return true;
}

/* Significant digits of |value| and the exponent of the first; "%e" whatever the locale's point. */
static int take_digits(char digits[20], int *exponent, double value, int count) {
    char text[40];
    snprintf(text, sizeof text, "%.*e", count - 1, value);
    int used = 0;
    const char *p = text;
    for (; *p && *p != 'e'; p++)
        if (is_digit(*p) && used < 19) digits[used++] = *p;
    *exponent = 0;
    if (*p == 'e') {
        for (const char *e = p + 2; is_digit(*e); e++)
            *exponent = 10 * *exponent + (*e - '0');
        if (p[1] == '-') *exponent = -*exponent;
    }
    while (used > 1 && digits[used - 1] == '0')
        used--;
    digits[used] = '\0';
    return used;
}

static int lay_out(char *text, bool minus, const char *digits, int count, int exponent) {
    int n = 0;
    if (minus) text[n++] = '-';
    if (exponent < -5 || exponent > 15) {
        text[n++] = digits[0];
        if (count > 1) text[n++] = '.';
        for (int i = 1; i < count; i++)
            text[n++] = digits[i];
        return n + snprintf(text + n, 8, "e%d", exponent);
    }
    int point = exponent + 1; /* digits before the point */
    if (point <= 0) text[n++] = '0';
    for (int i = point < 0 ? point : 0; i < count || i < point; i++) {
        if (i == (point < 0 ? point : 0) ? point <= 0 : i == point) text[n++] = '.';
        text[n++] = i < 0 || i >= count ? '0' : digits[i];
    }
    text[n] = '\0';
    return n;
}

int seg_text_from_number(char text[SEG_NUMBER_SIZE], double value) {
    if (value != value) return snprintf(text, SEG_NUMBER_SIZE, "nan");
    if (value - value != 0) return snprintf(text, SEG_NUMBER_SIZE, value < 0 ? "-inf" : "inf");
    char digits[20];
    int exponent, length = 0;
    for (int count = 1; count <= 17; count++) {
        double back;
        const char *end;
        int used = take_digits(digits, &exponent, value, count);
        length = lay_out(text, value < 0, digits, used, exponent);
        if (seg_text_to_number(&back, &end, text) && back == value) break;
    }
    return length;
}

static char folded(char c) {
    if (c == '_') return '-';
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

int32_t seg_text_distance(const char *a, const char *b) {
    enum { LONGEST = 63 };
    int la = 0, lb = 0;
    while (a[la] && la < LONGEST)
        la++;
    while (b[lb] && lb < LONGEST)
        lb++;
    uint8_t row[3][LONGEST + 1]; /* the row before last, the last, the new one */
    for (int j = 0; j <= lb; j++)
        row[1][j] = (uint8_t)j;
    for (int i = 1; i <= la; i++) {
        row[2][0] = (uint8_t)i;
        for (int j = 1; j <= lb; j++) {
            char ca = folded(a[i - 1]), cb = folded(b[j - 1]);
            int best = row[1][j - 1] + (ca != cb);
            if (row[1][j] + 1 < best) best = row[1][j] + 1;
            if (row[2][j - 1] + 1 < best) best = row[2][j - 1] + 1;
            if (i > 1 && j > 1 && ca == folded(b[j - 2]) && folded(a[i - 2]) == cb &&
                row[0][j - 2] + 1 < best)
                best = row[0][j - 2] + 1;
            row[2][j] = (uint8_t)best;
        }
        memcpy(row[0], row[1], sizeof row[0]);
        memcpy(row[1], row[2], sizeof row[1]);
    }
    return row[1][lb];
}

int32_t seg_text_nearest(const char *text, const char *const *names, int32_t count) {
    /* A third of the letters may be wrong, and something must be left of a short word. */
    int32_t length = (int32_t)strnlen(text, 64);
    int32_t best = length < 3 ? 1 : length / 3 + 1, found = -1;
    best++;
    for (int32_t i = 0; i < count; i++) {
        int32_t distance = seg_text_distance(text, names[i]);
        if (distance < best && distance < (int32_t)strnlen(names[i], 64)) {
            best = distance;
            found = i;
        }
    }
    return found;
}

bool seg_text_same_name(const char *a, const char *b) {
    for (; *a && *b; a++, b++)
        if ((*a == '_' ? '-' : *a) != (*b == '_' ? '-' : *b)) return false;
    return *a == *b;
}
