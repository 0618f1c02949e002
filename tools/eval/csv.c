/* The results as lines of values with commas between them (RFC 4180). */
#include "eval/report.h"
#include <math.h>

static void add_text(text_buffer *target, const char *word) {
    bool plain = true;
    for (const char *at = word; *at; at++)
        if (*at == ',' || *at == '"' || *at == '\n' || *at == '\r') plain = false;
    if (plain) {
        text_add(target, "%s", word);
        return;
    }
    text_add(target, "\"");
    for (; *word; word++)
        text_add(target, "%s%c", *word == '"' ? "\"" : "", *word);
    text_add(target, "\"");
}

/* Undefined values are empty. */
static void add_values(text_buffer *target, const double *values, int32_t count) {
    for (int32_t m = 0; m < count; m++) {
        text_add(target, ",");
        if (!isnan(values[m])) text_add(target, "%.15g", values[m]);
    }
    text_add(target, "\r\n");
}

static void add_line(text_buffer *target, const results *from, int32_t side, const char *level,
                     const char *average, const char *name, int64_t pairs, const double *values) {
    text_add(target, "%s,%s,", level, average);
    add_text(target, name);
    text_add(target, ",%lld,", (long long)pairs);
    add_text(target, from->choices->predictions[side]);
    add_values(target, values, from->choices->metric->measure_count);
}

static void add_side(text_buffer *target, const results *from, int32_t side) {
    const scores *all = &from->scores;
    for (int32_t i = 0; i < all->row_count; i++)
        add_line(target, from, side, "file", "", all->rows[i].id, all->rows[i].pairs,
                 all->rows[i].sides[side].values);
    for (int32_t i = 0; i < all->group_count; i++) {
        const score_group *group = &all->groups[i];
        add_line(target, from, side, "group", "micro", group->name, group->pairs,
                 group->sides[side].values);
        add_line(target, from, side, "group", "macro", group->name, group->pairs,
                 group->means[side]);
    }
    add_line(target, from, side, "all", "micro", "", all->all.pairs, all->all.sides[side].values);
    add_line(target, from, side, "all", "macro", "", all->all.pairs, all->all.means[side]);
    if (all->group_means[side])
        add_line(target, from, side, "all", "macro of groups", "", all->all.pairs,
                 all->group_means[side]);
}

void report_csv(text_buffer *target, const results *from) {
    char key[KEY_ROOM];
    text_add(target, "level,average,name,pairs,prediction");
    for (int32_t m = 0; m < from->choices->metric->measure_count; m++) {
        measure_key(key, from->choices->metric->measures[m].name);
        text_add(target, ",%s", key);
    }
    text_add(target, "\r\n");
    for (int32_t side = 0; side < from->choices->sides; side++)
        add_side(target, from, side);
}
