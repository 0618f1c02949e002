/* Prints the tables of methods, of metrics or of augmentations in README.md from the registry: what
 * everything that lists them (help, completion, tests) goes through. method_table method_table
 * metrics method_table augmentations */
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

/* What an augmentation does to a kind of label that it carries. */
static const char *effect(const seg_augmentation *a, uint32_t kind) {
    if (!(a->labels & kind)) return "refused";
    if (a->choose) return "as held";
    if (a->filter || strcmp(a->family, "style") == 0) return "stays";
    if (strcmp(a->family, "erase") == 0)
        return kind >= SEG_LABEL_SEMANTIC || kind == 1 ? "stays" : "hidden";
    if (a->plan) return kind == SEG_LABEL_CLASS ? "stays" : "moves";
    return kind == SEG_LABEL_CLASS ? "shares" : "joined";
}

static void print_augmentations(void) {
    int32_t count;
    const seg_augmentation *const *all = seg_augmentations(&count);
    const char *family = "";
    printf("| family | augmentation | what |");
    for (int bit = 0; bit < SEG_LABEL_KINDS; bit++)
        printf(" %s |", seg_label_kind_name(1u << bit));
    printf("\n| --- | --- | --- |");
    for (int bit = 0; bit < SEG_LABEL_KINDS; bit++)
        printf(" --- |");
    printf("\n");
    for (int32_t i = 0; i < count; i++) {
        printf("| %s | `%s` | %s", strcmp(family, all[i]->family) ? all[i]->family : "", all[i]->id,
               all[i]->title);
        if (all[i]->year) printf(" (%d)", (int)all[i]->year);
        printf(" |");
        for (int bit = 0; bit < SEG_LABEL_KINDS; bit++)
            printf(" %s |", effect(all[i], 1u << bit));
        printf("\n");
        family = all[i]->family;
    }
}

int main(int count, char **words) {
    if (count > 1 && strcmp(words[1], "augmentations") == 0) {
        print_augmentations();
        return 0;
    }
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
