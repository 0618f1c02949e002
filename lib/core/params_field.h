/* Single fields of an options struct, shared by the three files that write, check and parse them.
 */
#ifndef SEG_CORE_PARAMS_FIELD_H
#define SEG_CORE_PARAMS_FIELD_H

#include <segment/params.h>

/* The names of seg_auto_rule, in its order. */
#define SEG_AUTO_RULES 4
extern const char *const seg_auto_rule_names[SEG_AUTO_RULES];

static inline void *seg_param_field(void *options, const seg_param *param) {
    return (char *)options + param->offset;
}

static inline const void *seg_param_const_field(const void *options, const seg_param *param) {
    return (const char *)options + param->offset;
}

/* NaN is in no range. */
static inline bool seg_param_inside(double value, double min, double max) {
    return value >= min && value <= max;
}

/* 0 without names. */
int32_t seg_param_name_count(const seg_param *param);

/* "a, b or c": what a row with names allows; cut where `size` ends. */
void seg_param_list_names(char *text, size_t size, const seg_param *param);

/* As seg_params_format, of the value at `field`. */
int seg_param_write(char *text, size_t size, const seg_param *param, const void *field);

/* Checks the value at `field` against its row. */
SEG_NODISCARD seg_status seg_param_check(const seg_param *param, const void *field);

#endif
