/* Prints the tables of methods or of metrics in README.md from the registry: what everything that
 * lists them (help, completion, tests) goes through.
 *   method_table
 *   method_table metrics */
#include <segment/segment.h>
#include <stdio.h>
#include <string.h>

static void print_row(const seg_method *method, const char *family) {
    printf("| %s | `%s` | %s", strcmp(family, method->family) ? method->family : "", method->id,
           method->title);
    if (method->year) printf(" (%d)", (int)method->year);
    printf(" |");
    for (int32_t i = 0; i < method->params->count; i++)
        printf(" `%s`", method->params->items[i].name);
    printf(" |\n");
}

/* Methods work on pictures or frames; operations on the masks and labels that these give. */
static void print_table(const char *heading, uint32_t inputs) {
    int32_t count;
    const seg_method *const *methods = seg_methods(&count);
    const uint32_t pictures = SEG_INPUT_PICTURE | SEG_INPUT_PAIR | SEG_INPUT_STREAM;
    const char *family = "";
    printf("| family | %s | what | parameters |\n| --- | --- | --- | --- |\n", heading);
    for (int32_t i = 0; i < count; i++) {
        if (!(methods[i]->input & inputs)) continue;
        if (!(inputs & pictures) && methods[i]->input & pictures) continue;
        print_row(methods[i], family);
        family = methods[i]->family;
    }
}

static void print_metrics(void) {
    int32_t count;
    const seg_metric *const *metrics = seg_metrics(&count);
    printf("| metric | what | measures |\n| --- | --- | --- |\n");
    for (int32_t i = 0; i < count; i++) {
        printf("| `%s` | %s |", metrics[i]->id, metrics[i]->title);
        for (int32_t m = 0; m < metrics[i]->measure_count; m++)
            printf(" `%s`", metrics[i]->measures[m].name);
        printf(" |\n");
    }
}

int main(int count, char **words) {
    if (count > 1 && strcmp(words[1], "metrics") == 0) {
        print_metrics();
        return 0;
    }
    print_table("`--method`", SEG_INPUT_PICTURE | SEG_INPUT_STREAM);
    printf("\n");
    print_table("`segment-flow --method`", SEG_INPUT_PAIR);
    printf("\n");
    print_table("`--post`", SEG_INPUT_MASK | SEG_INPUT_LABELS);
    return 0;
}
