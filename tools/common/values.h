/* Values of options: text to numbers. Each returns false if the text is no such value; nothing is
 * said, the caller names the option. */
#ifndef TOOLS_VALUES_H
#define TOOLS_VALUES_H

#include <segment/frame.h>
#include <stdbool.h>
#include <stdint.h>

/** Decimal and finite. */
bool value_number(double *value, const char *text);
bool value_integer(int64_t *value, const char *text);
/** As value_integer with k, M, G: powers of `base` (1000 or 1024). */
bool value_count(int64_t *value, const char *text, int64_t base);
/** Seconds: 90, 1.5, 1:30, 1:02:03.5, 8s, 500ms, 2min, 1h. */
bool value_seconds(double *value, const char *text);
/** 640x480 */
bool value_size(int32_t *width, int32_t *height, const char *text);
/** 50%, 12.5% */
bool value_percent(double *value, const char *text);
/** 3/8: 1 <= part <= parts */
bool value_shard(int32_t *part, int32_t *parts, const char *text);
/** 25, 29.97, 30000/1001 */
bool value_rate(seg_rational *value, const char *text);
/** x,y,w,h */
bool value_rectangle(seg_rect *value, const char *text);

#endif
