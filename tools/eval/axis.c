#include "eval/axis.h"
#include "common/help.h"
#include "common/messages.h"
#include "common/text.h"
#include "common/values.h"
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STANDARD_COUNT = 5, MOST_VALUES = 1000 };

/* ---- words ---- */

static void add_word(axis *target, const char *word, size_t length) {
    memory_grow((void **)&target->words, (size_t)target->count, sizeof *target->words);
    target->words[target->count++] = text_copy_part(word, length);
    target->high = target->count - 1;
}

static void set_words(axis *target, const char *list) {
    while (true) {
        const size_t length = strcspn(list, "|");
        add_word(target, list, length);
        if (!list[length]) return;
        list += length + 1;
    }
}

/* ---- numbers ---- */

/* "p90", "20%", "1.4": what is around the number. */
static bool take_number(double *value, char prefix[4], char suffix[8], const char *text,
                        size_t length) {
    char word[64];
    if (!length || length >= sizeof word) return false;
    memcpy(word, text, length);
    word[length] = 0;
    const char *at = word;
    size_t letters = 0;
    while (isalpha((unsigned char)*at) && letters < 3)
        prefix[letters++] = *at++;
    prefix[letters] = 0;
    size_t digits = strspn(at, "+-.0123456789");
    if (at[digits] == 'e' && isdigit((unsigned char)at[digits + 1]))
        digits += 1 + strspn(at + digits + 1, "0123456789");
    snprintf(suffix, 8, "%s", at + digits);
    word[(at - word) + (ptrdiff_t)digits] = 0;
    return value_number(value, at);
}

static bool fail_item(const char *item, const char *why) {
    message_error(NULL,
                  "--vary: \"%s\": %s (allowed NAME, NAME=FROM:TO:COUNT with 2 to %d values, "
                  "NAME=VALUE|VALUE|...)",
                  item, why, MOST_VALUES);
    return false;
}

/* FROM:TO:COUNT */
static bool set_range(axis *target, const char *text, const char *item) {
    const char *first = strchr(text, ':'), *second = strchr(first + 1, ':');
    char prefix[4], suffix[8];
    int64_t count;
    if (!second) return fail_item(item, "the number of values is missing");
    if (!value_integer(&count, second + 1) || count < 2 || count > MOST_VALUES)
        return fail_item(item, "the number of values is none that is allowed");
    if (!take_number(&target->low, target->prefix, target->suffix, text, (size_t)(first - text)) ||
        !take_number(&target->high, prefix, suffix, first + 1, (size_t)(second - first) - 1))
        return fail_item(item, "FROM and TO must be numbers");
    if (!text_equal(prefix, target->prefix) || !text_equal(suffix, target->suffix))
        return fail_item(item, "FROM and TO are not of one unit");
    if (!(target->low < target->high)) return fail_item(item, "FROM must be less than TO");
    target->count = (int32_t)count;
    return true;
}

/* A range about the default, or where thresholds usually are. */
static void set_standard(axis *target) {
    const seg_param *param = target->param;
    double value = 0;
    const bool known =
        param->default_text && value_number(&value, param->default_text) && value > 0;
    target->count = STANDARD_COUNT;
    target->low = known ? value / 4 : 16;
    target->high = known ? value * 4 : 256;
    target->geometric = true;
    if (target->low < param->min) target->low = param->min;
    if (target->high > param->max) target->high = param->max;
    if (target->low <= 0 || !(target->low < target->high)) {
        target->geometric = false;
        target->low = param->min;
        target->high = param->max;
    }
    if (target->whole && target->high - target->low < target->count - 1) {
        target->geometric = false;
        target->low = ceil(target->low);
        target->high = floor(target->high);
        target->count = (int32_t)(target->high - target->low) + 1;
    }
}

/* The odd numbers about the default. */
static void set_odd(axis *target) {
    const seg_param *param = target->param;
    double value = param->min;
    if (param->default_text) (void)value_number(&value, param->default_text);
    target->low = value - STANDARD_COUNT < param->min ? param->min : value - STANDARD_COUNT;
    target->low = 2 * floor(target->low / 2) + 1;
    target->high = target->low + 2 * (STANDARD_COUNT - 1);
    if (target->high > param->max) target->high = 2 * floor((param->max - 1) / 2) + 1;
    target->count = (int32_t)(target->high - target->low) / 2 + 1;
}

/* ---- the list ---- */

static bool fail_kind(const seg_param *param) {
    message_error(NULL, "--vary: %s cannot be varied so; give a list of values, %s=VALUE|VALUE",
                  param->name, param->name);
    return false;
}

static bool is_number(const seg_param *param) {
    return param->type == SEG_PARAM_INT || param->type == SEG_PARAM_FLOAT ||
           param->type == SEG_PARAM_LEVEL || param->type == SEG_PARAM_DURATION ||
           param->type == SEG_PARAM_SIZE;
}

/* The name is the first `length` bytes of the item. */
static bool find_param(axis *target, const char *item, size_t length, const seg_param_table *table,
                       const char *method) {
    char name[64];
    if (!length) return fail_item(item, "a name is missing");
    snprintf(name, sizeof name, "%.*s", (int)length, item);
    target->param = seg_params_find(table, name);
    if (target->param) return true;
    text_guess guess = {.name = name};
    for (int32_t i = 0; table && i < table->count; i++)
        text_guess_offer(&guess, table->items[i].name);
    if (guess.nearest)
        message_error(NULL, "--vary: method %s has no parameter \"%s\"; did you mean %s?", method,
                      name, guess.nearest);
    else
        message_error(NULL, "--vary: method %s has no parameter \"%s\"; see segment --help %s",
                      method, name, method);
    return false;
}

/* NAME or NAME=... */
static bool read_axis(axis *target, const char *item, const seg_param_table *table,
                      const char *method) {
    const char *equals = strchr(item, '=');
    if (!find_param(target, item, equals ? (size_t)(equals - item) : strlen(item), table, method))
        return false;
    target->whole = target->param->type == SEG_PARAM_INT;
    target->odd = help_takes_odd(target->param);
    if (equals && strchr(equals, ':')) {
        if (!is_number(target->param)) return fail_kind(target->param);
        return set_range(target, equals + 1, item);
    }
    if (equals) {
        set_words(target, equals + 1);
        return true;
    }
    if (target->param->type == SEG_PARAM_BOOL) {
        set_words(target, "false|true");
    } else if (target->odd) {
        set_odd(target);
    } else if (target->param->names) {
        for (int i = 0; target->param->names[i]; i++)
            add_word(target, target->param->names[i], strlen(target->param->names[i]));
    } else if (is_number(target->param)) {
        set_standard(target);
    } else {
        return fail_kind(target->param);
    }
    return true;
}

static bool is_repeated(const axis_list *list) {
    const axis *last = &list->items[list->count - 1];
    for (int32_t i = 0; i + 1 < list->count; i++) {
        if (list->items[i].param != last->param) continue;
        message_error(NULL, "--vary: %s is named twice", last->param->name);
        return true;
    }
    return false;
}

/* What no setting may have, whatever the other parameters are. */
static bool check_value(const axis *of, double place, const seg_param_table *table) {
    char shown[64];
    void *options = memory_get(1, table->options_size);
    seg_params_init(options, table);
    axis_text(shown, sizeof shown, of, place);
    const seg_status status = seg_params_parse(options, table, of->param->name, shown, NULL);
    if (status < 0) message_error(NULL, "--vary: %s", message_reason(status));
    seg_params_clear(options, table, NULL);
    free(options);
    return status >= 0;
}

static bool check_values(const axis *of, const seg_param_table *table) {
    bool good = true;
    if (!of->words) return check_value(of, of->low, table) && check_value(of, of->high, table);
    for (int32_t i = 0; i < of->count && good; i++)
        good = check_value(of, i, table);
    return good;
}

bool axes_read(axis_list *target, const char *text, const seg_param_table *table,
               const char *method) {
    bool good = true;
    *target = (axis_list){0};
    while (good) {
        const size_t length = strcspn(text, ",");
        char *item = text_copy_part(text, length);
        memory_grow((void **)&target->items, (size_t)target->count, sizeof *target->items);
        target->items[target->count++] = (axis){0};
        good = read_axis(&target->items[target->count - 1], item, table, method) &&
               !is_repeated(target) && check_values(&target->items[target->count - 1], table);
        free(item);
        if (!text[length]) break;
        text += length + 1;
    }
    return good;
}

void axes_free(axis_list *list) {
    for (int32_t i = 0; i < list->count; i++) {
        for (int32_t k = 0; list->items[i].words && k < list->items[i].count; k++)
            free(list->items[i].words[k]);
        free(list->items[i].words);
    }
    free(list->items);
    *list = (axis_list){0};
}

/* ---- places ---- */

static double between(const axis *of, double place) {
    return place < of->low ? of->low : place > of->high ? of->high : place;
}

double axis_round(const axis *of, double place) {
    char digits[40];
    if (of->odd && !of->words) return between(of, 2 * floor(place / 2) + 1);
    if (of->words || of->whole) return between(of, floor(place + 0.5));
    snprintf(digits, sizeof digits, "%.4g", place);
    return between(of, strtod(digits, NULL));
}

/* sqrt alone keeps every machine's last bit: a ratio is cut in half as often as it is needed. */
static double power_of(double ratio, double exponent) {
    double result = 1, half = ratio;
    if (exponent < 0) return 1 / power_of(ratio, -exponent);
    for (; exponent >= 1; exponent--)
        result *= ratio;
    for (int bit = 0; bit < 40 && exponent > 0; bit++) {
        half = sqrt(half);
        exponent *= 2;
        if (exponent < 1) continue;
        result *= half;
        exponent -= 1;
    }
    return result;
}

/* The ratio r with r^count = whole. */
static double root_of(double whole, int32_t count) {
    double low = 1, high = whole;
    for (int i = 0; i < 200 && low < high; i++) {
        const double middle = low + (high - low) / 2;
        double product = 1;
        for (int32_t k = 0; k < count && product <= whole; k++)
            product *= middle;
        if (middle == low || middle == high) break;
        if (product < whole)
            low = middle;
        else
            high = middle;
    }
    return low + (high - low) / 2;
}

double axis_move(const axis *of, double place, double steps) {
    if (of->words) return between(of, place + steps);
    const int32_t gaps = of->count > 1 ? of->count - 1 : 1;
    if (of->geometric)
        return between(of, place * power_of(root_of(of->high / of->low, gaps), steps));
    return between(of, place + steps * (of->high - of->low) / gaps);
}

double axis_place(const axis *of, int32_t n) {
    if (n == of->count - 1) return of->high;
    return axis_round(of, axis_move(of, of->low, n));
}

void axis_text(char *shown, size_t size, const axis *of, double place) {
    if (of->words)
        snprintf(shown, size, "%s", of->words[(int32_t)place]);
    else
        snprintf(shown, size, "%s%.10g%s", of->prefix, place, of->suffix);
}
