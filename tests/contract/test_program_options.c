/* No parameter of a method has the name of an option of the program: both are typed as --NAME. */
#include "common/options.h"
#include "contract/harness.h"

START_TEST(names_are_free) {
    const seg_method *method = contract_method(_i);
    for (int32_t i = 0; i < method->params->count; i++) {
        const char *name = method->params->items[i].name;
        ck_assert_msg(option_find(name) == OPTION_COUNT, "%s: --%s is an option of the program",
                      method->id, name);
        if (strncmp(name, "no-", 3) == 0) /* --no-x switches x off */
            ck_assert_msg(option_find(name + 3) == OPTION_COUNT, "%s: --%s", method->id, name);
        char negative[80];
        snprintf(negative, sizeof negative, "no-%s", name);
        ck_assert_msg(option_find(negative) == OPTION_COUNT, "%s: --%s", method->id, negative);
    }
}
END_TEST

START_TEST(options_are_found) {
    for (int id = 0; id < OPTION_COUNT; id++)
        ck_assert_int_eq(option_find(option_get((option_id)id)->name), id);
}
END_TEST

CONTRACT_MAIN("program options", names_are_free, options_are_found)
