/*
 * Searching for the best setting: the grid, then from its best point either steps along one
 * parameter after the other (compass search: R. Hooke, T. A. Jeeves, 1961; the best of all
 * neighbours is taken, and where none is better the steps are halved), or a simplex (J. A. Nelder,
 * R. Mead, "A simplex method for function minimization", Computer Journal 7, 1965). Steps are
 * measured in gaps of the grid, and places are rounded, so that what was tried is found again: the
 * searches of cross-validation share most of their trials.
 */
#include "common/text.h"
#include "eval/tuning.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_STEPS = 200, HALVINGS = 4 };

typedef enum search_kind { SEARCH_GRID, SEARCH_COORDINATE, SEARCH_SIMPLEX } search_kind;

static search_kind kind_of(const tuning *from) {
    const char *shown = from->choices.common.arguments->values[OPTION_SEARCH];
    const char *kinds = option_get(OPTION_SEARCH)->choices;
    return shown ? (search_kind)text_choice(kinds, shown) : SEARCH_COORDINATE;
}

/* NaN is worse than anything; equal ones stay in their order. */
static bool is_better(double a, double b) {
    return !isnan(a) && (isnan(b) || a > b);
}

static int32_t best_of_grid(const tuning *from, const bool *in) {
    int32_t best = 1;
    double best_value = NAN;
    for (int32_t i = 1; i <= from->grid_count; i++) {
        const double value = tuning_objective(from, i, in);
        if (!is_better(value, best_value)) continue;
        best = i;
        best_value = value;
    }
    return best;
}

/* ---- along the parameters ---- */

/* The trials one step away on each axis of numbers; returns how many. */
static int32_t find_neighbours(tuning *target, int32_t *list, int32_t center, double step) {
    const int32_t axes = target->axes.count;
    double *places = memory_get((size_t)axes, sizeof *places);
    int32_t count = 0;
    for (int32_t k = 0; k < 2 * axes; k++) {
        const axis *along = &target->axes.items[k / 2];
        const double *from = target->trials[center].places;
        memcpy(places, from, (size_t)axes * sizeof *places);
        if (along->words) continue; /* the grid has them all */
        places[k / 2] = axis_round(along, axis_move(along, from[k / 2], k % 2 ? step : -step));
        if (places[k / 2] != from[k / 2]) list[count++] = tuning_find(target, places);
    }
    free(places);
    return count;
}

static int32_t search_coordinates(tuning *target, int32_t best, const bool *in) {
    int32_t *list = memory_get(2 * (size_t)target->axes.count, sizeof *list), halvings = 0;
    double value = tuning_objective(target, best, in), step = 0.5;
    for (int steps = 0; steps < MOST_STEPS && halvings < HALVINGS; steps++) {
        const int32_t count = find_neighbours(target, list, best, step), before = best;
        if (!tuning_run(target, list, count)) {
            best = -1;
            break;
        }
        for (int32_t i = 0; i < count; i++) {
            const double other = tuning_objective(target, list[i], in);
            if (!is_better(other, value)) continue;
            best = list[i];
            value = other;
        }
        if (best != before) continue;
        step /= 2;
        halvings++;
    }
    free(list);
    return best;
}

/* ---- simplex ---- */

typedef struct corner {
    double *steps; /* from the start, along the axes of numbers */
    int32_t trial;
    double value;
} corner;

typedef struct simplex {
    tuning *target;
    const bool *in;
    const double *start;
    const int32_t *axes; /* of numbers */
    int32_t count;
    corner *corners; /* count + 1, the best first */
    double *middle;  /* of all but the worst */
} simplex;

static bool evaluate(simplex *s, corner *at) {
    tuning *target = s->target;
    double *places = memory_get((size_t)target->axes.count, sizeof *places);
    memcpy(places, s->start, (size_t)target->axes.count * sizeof *places);
    for (int32_t i = 0; i < s->count; i++) {
        const int32_t a = s->axes[i];
        const axis *along = &target->axes.items[a];
        places[a] = axis_round(along, axis_move(along, s->start[a], at->steps[i]));
    }
    at->trial = tuning_find(target, places);
    free(places);
    if (!tuning_run(target, &at->trial, 1)) return false;
    at->value = tuning_objective(target, at->trial, s->in);
    return true;
}

static void sort_corners(simplex *s) {
    for (int32_t i = 1; i <= s->count; i++)
        for (int32_t k = i; k > 0 && is_better(s->corners[k].value, s->corners[k - 1].value); k--) {
            corner other = s->corners[k];
            s->corners[k] = s->corners[k - 1];
            s->corners[k - 1] = other;
        }
}

static double extent(const simplex *s) {
    double most = 0;
    for (int32_t c = 1; c <= s->count; c++)
        for (int32_t i = 0; i < s->count; i++)
            most = fmax(most, fabs(s->corners[c].steps[i] - s->corners[0].steps[i]));
    return most;
}

/* middle + factor * (worst - middle) */
static bool try_point(simplex *s, corner *point, double factor) {
    const corner *worst = &s->corners[s->count];
    for (int32_t i = 0; i < s->count; i++)
        point->steps[i] = s->middle[i] + factor * (worst->steps[i] - s->middle[i]);
    return evaluate(s, point);
}

static void take_point(simplex *s, const corner *point) {
    corner *worst = &s->corners[s->count];
    memcpy(worst->steps, point->steps, (size_t)s->count * sizeof *worst->steps);
    worst->trial = point->trial;
    worst->value = point->value;
}

static bool shrink(simplex *s) {
    bool good = true;
    for (int32_t c = 1; c <= s->count && good; c++) {
        for (int32_t i = 0; i < s->count; i++)
            s->corners[c].steps[i] = (s->corners[c].steps[i] + s->corners[0].steps[i]) / 2;
        good = evaluate(s, &s->corners[c]);
    }
    return good;
}

/* One step of the simplex. */
static bool move(simplex *s, corner *point, corner *further) {
    for (int32_t i = 0; i < s->count; i++) {
        s->middle[i] = 0;
        for (int32_t c = 0; c < s->count; c++)
            s->middle[i] += s->corners[c].steps[i] / s->count;
    }
    if (!try_point(s, point, -1)) return false; /* reflect */
    if (is_better(point->value, s->corners[0].value)) {
        if (!try_point(s, further, -2)) return false; /* expand */
        take_point(s, is_better(further->value, point->value) ? further : point);
        return true;
    }
    if (is_better(point->value, s->corners[s->count - 1].value)) {
        take_point(s, point);
        return true;
    }
    const bool outside = is_better(point->value, s->corners[s->count].value);
    if (!try_point(s, further, outside ? -0.5 : 0.5)) return false; /* contract */
    if (!is_better(further->value, outside ? point->value : s->corners[s->count].value))
        return shrink(s);
    take_point(s, further);
    return true;
}

static corner make_corner(int32_t count) {
    return (corner){.steps = memory_get((size_t)count, sizeof(double))};
}

static bool run_simplex(simplex *s) {
    corner point = make_corner(s->count), further = make_corner(s->count);
    bool good = true;
    for (int32_t c = 0; c <= s->count && good; c++) {
        s->corners[c] = make_corner(s->count);
        if (c) s->corners[c].steps[c - 1] = 0.5;
        good = evaluate(s, &s->corners[c]);
    }
    for (int steps = 0; steps < MOST_STEPS && good; steps++) {
        sort_corners(s);
        if (extent(s) < 0.02) break;
        good = move(s, &point, &further);
    }
    if (good) sort_corners(s);
    free(point.steps);
    free(further.steps);
    return good;
}

static int32_t search_simplex(tuning *target, int32_t best, const bool *in) {
    const int32_t axes = target->axes.count;
    int32_t *numbers = memory_get((size_t)axes, sizeof *numbers);
    double *start = memory_get((size_t)axes, sizeof *start);
    simplex s = {.target = target, .in = in, .axes = numbers, .start = start};
    memcpy(start, target->trials[best].places, (size_t)axes * sizeof *start);
    for (int32_t a = 0; a < axes; a++)
        if (!target->axes.items[a].words) numbers[s.count++] = a;
    if (s.count) {
        s.corners = memory_get((size_t)s.count + 1, sizeof *s.corners);
        s.middle = memory_get((size_t)s.count, sizeof *s.middle);
        const double before = tuning_objective(target, best, in);
        if (!run_simplex(&s))
            best = -1;
        else if (is_better(s.corners[0].value, before))
            best = s.corners[0].trial;
        for (int32_t c = 0; c <= s.count; c++)
            free(s.corners[c].steps);
        free(s.corners);
        free(s.middle);
    }
    free(numbers);
    free(start);
    return best;
}

int32_t tuning_search(tuning *target, const bool *in) {
    const int32_t best = best_of_grid(target, in);
    if (isnan(tuning_objective(target, best, in))) return best;
    switch (kind_of(target)) {
    case SEARCH_COORDINATE:
        return search_coordinates(target, best, in);
    case SEARCH_SIMPLEX:
        return search_simplex(target, best, in);
    default:
        return best;
    }
}
