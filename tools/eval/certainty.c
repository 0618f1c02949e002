#include "eval/certainty.h"
#include "common/messages.h"
#include "common/signals.h"
#include "common/text.h"
#include <math.h>
#include <stdlib.h>

static int stop_on_signal(void *user, double fraction) {
    (void)user, (void)fraction;
    return signals_received() != 0;
}

/* ---- intervals ---- */

static const seg_tally **tallies_of(const scores *from, int32_t side) {
    const seg_tally **list = memory_get((size_t)from->row_count, sizeof *list);
    for (int32_t i = 0; i < from->row_count; i++)
        list[i] = from->rows[i].sides[side].tally;
    return list;
}

static seg_status find_intervals(certainty *target, const scores *from, const seg_env *env) {
    const choices *asked = from->choices;
    const int32_t places = asked->sides == 2 ? INTERVAL_PLACES : 1;
    const seg_tally **lists[MAX_SIDES] = {NULL, NULL};
    seg_bootstrap_options options;
    seg_bootstrap_options_init(&options);
    options.samples = asked->bootstrap;
    options.confidence = asked->confidence;
    options.seed = (uint64_t)asked->common.rng_seed;
    for (int32_t side = 0; side < asked->sides; side++)
        lists[side] = tallies_of(from, side);
    seg_status status = SEG_OK;
    for (int32_t place = 0; place < places && status >= 0; place++) {
        const size_t count = (size_t)asked->metric->measure_count;
        target->sums[place] = memory_get(count, sizeof(seg_interval));
        target->means[place] = memory_get(count, sizeof(seg_interval));
        status = seg_bootstrap(
            target->sums[place], target->means[place], lists[place == DIFFERENCE ? 0 : place],
            place == DIFFERENCE ? lists[1] : NULL, from->row_count, &options, env);
    }
    for (int32_t side = 0; side < MAX_SIDES; side++)
        free(lists[side]);
    return status;
}

/* ---- tests ---- */

static seg_status test_measure(certainty *target, const scores *from, int32_t m, double *room) {
    double sum = 0;
    int32_t defined = 0;
    for (int32_t i = 0; i < from->row_count; i++) {
        const score_row *row = &from->rows[i];
        room[i] = row->sides[1].values[m] - row->sides[0].values[m];
        if (isnan(room[i])) continue;
        sum += room[i];
        defined++;
    }
    target->differences[m] = defined ? sum / defined : NAN;
    target->signs[m] = seg_sign_test(room, from->row_count);
    return seg_wilcoxon_test(&target->ranks[m], room, from->row_count, NULL);
}

static seg_status test_differences(certainty *target, const scores *from) {
    const size_t count = (size_t)from->choices->metric->measure_count;
    double *room = memory_get((size_t)from->row_count, sizeof *room);
    target->differences = memory_get(count, sizeof *target->differences);
    target->signs = memory_get(count, sizeof *target->signs);
    target->ranks = memory_get(count, sizeof *target->ranks);
    seg_status status = SEG_OK;
    for (size_t m = 0; m < count && status >= 0; m++)
        status = test_measure(target, from, (int32_t)m, room);
    free(room);
    return status;
}

bool certainty_find(certainty *target, const scores *from) {
    const choices *asked = from->choices;
    const seg_env env = {.runner = scores_runner(from), .progress = stop_on_signal};
    *target = (certainty){0};
    seg_status status = SEG_OK;
    if (asked->bootstrap && from->row_count < 2) {
        message_error(NULL,
                      "--bootstrap needs 2 files or more (got %d); --per-frame makes the frames "
                      "of a video count",
                      (int)from->row_count);
        return false;
    }
    if (asked->bootstrap) status = find_intervals(target, from, &env);
    if (status >= 0 && asked->sides == 2) status = test_differences(target, from);
    if (status < 0 && !(status == SEG_ERROR_CANCELLED && signals_received()))
        message_error(NULL, "%s", message_reason(status));
    return status >= 0;
}

void certainty_free(certainty *target) {
    for (int32_t place = 0; place < INTERVAL_PLACES; place++) {
        free(target->sums[place]);
        free(target->means[place]);
    }
    free(target->differences);
    free(target->signs);
    free(target->ranks);
    *target = (certainty){0};
}
