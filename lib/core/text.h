/* Texts that people type: numbers without a locale, and what a misspelt name meant. */
#ifndef SEG_CORE_TEXT_H
#define SEG_CORE_TEXT_H

#include <segment/attributes.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Longest text of seg_text_from_number, with its 0. */
#define SEG_NUMBER_SIZE 32

/**
 * Reads a decimal number, `[+-]digits[.digits][e[+-]digits]`, at the start of `text`; the point is
 * a point in every locale, and the result is the double nearest to the number. *end is the first
 * character after it. False (nothing written) if there is no number or it is beyond the doubles.
 */
SEG_API bool seg_text_to_number(double *value, const char **end, const char *text);

/** Writes the shortest decimal that seg_text_to_number reads back as `value`; returns its length.
 */
SEG_API int seg_text_from_number(char text[SEG_NUMBER_SIZE], double value);

/** Smallest number of insertions, deletions, replacements and exchanges of neighbours that make
 *  `a` out of `b`. Case does not count, nor `-` against `_`. Texts are cut at 63 characters. */
SEG_API int32_t seg_text_distance(const char *a, const char *b);

/** Index of the name nearest to `text`, or -1 if none is near enough to be meant. */
SEG_API int32_t seg_text_nearest(const char *text, const char *const *names, int32_t count);

/** True if both are the same name: `-` and `_` are equal. */
SEG_API bool seg_text_same_name(const char *a, const char *b);

#endif
