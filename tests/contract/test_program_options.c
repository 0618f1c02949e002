/* No parameter of a method or metric has the name of an option of a program that takes it: both are
 * typed as --NAME. Nor do two options of one program share a name. */
#include "contract/harness.h"

#include "common/options.h"
#include "common/program.h"
#include <segment/evaluate.h>

static void check_names(const seg_param_table *table, const char *owner, uint32_t bit) {
    for (int32_t i = 0; table && i < table->count; i++) {
        const char *name = table->items[i].name;
        ck_assert_msg(option_find(name, bit) == OPTION_COUNT,
                      "%s: --%s is an option of the program", owner, name);
        if (strncmp(name, "no-", 3) == 0) /* --no-x switches x off */
            ck_assert_msg(option_find(name + 3, bit) == OPTION_COUNT, "%s: --%s", owner, name);
        char negative[80];
        snprintf(negative, sizeof negative, "no-%s", name);
        ck_assert_msg(option_find(negative, bit) == OPTION_COUNT, "%s: --%s", owner, negative);
    }
}

START_TEST(names_of_methods_are_free) {
    const seg_method *method = contract_method(_i);
    const bool flow = method->input & SEG_INPUT_PAIR;
    check_names(method->params, method->id, flow ? PROGRAM_FLOW : PROGRAM_SEGMENT);
    check_names(method->params, method->id, PROGRAM_EVAL); /* tune takes them */
}
END_TEST

START_TEST(names_of_metrics_are_free) {
    int32_t count;
    const seg_metric *const *metrics = seg_metrics(&count);
    for (int32_t i = 0; i < count; i++)
        check_names(metrics[i]->params, metrics[i]->id, PROGRAM_EVAL);
}
END_TEST

START_TEST(options_are_found) {
    for (int id = 0; id < OPTION_COUNT; id++) {
        const option_row *row = option_get((option_id)id);
        ck_assert_msg(row->programs, "--%s belongs to no program", row->name);
        for (uint32_t bit = 1; bit <= PROGRAM_AUGMENT; bit <<= 1)
            if (row->programs & bit) ck_assert_int_eq(option_find(row->name, bit), id);
    }
}
END_TEST

CONTRACT_MAIN("program options", names_of_methods_are_free, names_of_metrics_are_free,
              options_are_found)
