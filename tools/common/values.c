#include "common/values.h"
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A number at *text, which is moved behind it. Hexadecimal, "inf" and "nan" are no numbers here. */
static bool take_real(double *value, const char **text) {
    size_t length = strspn(*text, "+-.0123456789eE");
    char *end;
    if (!length) return false;
    *value = strtod(*text, &end);
    if (end == *text || !isfinite(*value)) return false;
    *text = end;
    return true;
}

static bool take_integer(int64_t *value, const char **text) {
    char *end;
    if (!strchr("+-0123456789", **text) || !**text) return false;
    errno = 0;
    *value = strtoll(*text, &end, 10);
    if (errno || end == *text) return false;
    *text = end;
    return true;
}

bool value_number(double *value, const char *text) {
    return take_real(value, &text) && !*text;
}

bool value_integer(int64_t *value, const char *text) {
    return take_integer(value, &text) && !*text;
}

bool value_count(int64_t *value, const char *text, int64_t base) {
    int64_t factor = 1;
    if (!take_integer(value, &text)) return false;
    if (*text == 'k' || *text == 'K') factor = base;
    if (*text == 'M') factor = base * base;
    if (*text == 'G') factor = base * base * base;
    if (factor > 1) text++;
    if (*text || *value > INT64_MAX / factor || *value < INT64_MIN / factor) return false;
    *value *= factor;
    return true;
}

bool value_seconds(double *value, const char *text) {
    static const struct {
        const char *unit;
        double seconds;
    } units[] = {{"", 1}, {"s", 1}, {"ms", 1e-3}, {"min", 60}, {"h", 3600}};
    double total = 0, part;
    int parts = 1;
    if (!take_real(&total, &text)) return false;
    while (*text == ':') {
        text++;
        if (++parts > 3 || !take_real(&part, &text) || part < 0 || part >= 60) return false;
        total = total * 60 + part;
    }
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (strcmp(text, units[i].unit) == 0 && (parts == 1 || i == 0)) {
            *value = total * units[i].seconds;
            return true;
        }
    return false;
}

bool value_percent(double *value, const char *text) {
    return take_real(value, &text) && strcmp(text, "%") == 0;
}

static bool take_side(int32_t *value, const char **text) {
    int64_t number;
    if (!take_integer(&number, text) || number < 1 || number > INT32_MAX) return false;
    *value = (int32_t)number;
    return true;
}

bool value_size(int32_t *width, int32_t *height, const char *text) {
    if (!take_side(width, &text)) return false;
    if (*text != 'x' && *text != 'X') return false;
    text++;
    return take_side(height, &text) && !*text;
}

bool value_shard(int32_t *part, int32_t *parts, const char *text) {
    if (!take_side(part, &text) || *text++ != '/') return false;
    return take_side(parts, &text) && !*text && *part <= *parts;
}

bool value_rate(seg_rational *value, const char *text) {
    const char *start = text;
    int64_t num, den = 1;
    if (strchr(text, '/')) {
        if (!take_integer(&num, &text) || *text++ != '/' || !take_integer(&den, &text))
            return false;
    } else {
        double rate;
        if (!take_real(&rate, &start) || rate <= 0 || rate > 1e6) return false;
        text = start;
        /* Rates like 29.97 stand for 30000/1001. */
        double ntsc = ceil(rate) * 1000 / 1001;
        if (fabs(rate - ntsc) < 0.005 && rate != floor(rate)) {
            num = (int64_t)ceil(rate) * 1000;
            den = 1001;
        } else {
            num = (int64_t)(rate * 1000 + 0.5);
            den = 1000;
            while (den > 1 && num % 10 == 0)
                num /= 10, den /= 10;
        }
    }
    if (*text || num < 1 || den < 1 || num > INT32_MAX || den > INT32_MAX) return false;
    *value = (seg_rational){(int32_t)num, (int32_t)den};
    return true;
}

bool value_rectangle(seg_rect *value, const char *text) {
    int64_t parts[4];
    for (int i = 0; i < 4; i++) {
        if (i && *text++ != ',') return false;
        if (!take_integer(&parts[i], &text)) return false;
        if (parts[i] < (i < 2 ? 0 : 1) || parts[i] > INT32_MAX) return false;
    }
    *value = (seg_rect){(int32_t)parts[0], (int32_t)parts[1], (int32_t)parts[2], (int32_t)parts[3]};
    return !*text;
}
