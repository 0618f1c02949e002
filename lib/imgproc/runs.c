/*
 * Connected components over the runs of a packed mask.
 *
 * Runs and their union follow K. Wu, E. Otoo, K. Suzuki, "Optimizing two-pass connected-component
 * labeling algorithms", Pattern Analysis and Applications 12, 2009; union by M. Rem's algorithm as
 * in M. Patwary, J. Blair, F. Manne, "Experiments on union-find algorithms for the disjoint-set
 * data structure", SEA 2010.
 *
 * Steps: count the runs of each strip, so that memory is exact; find them and join each with those
 * of the strip above, by bands of strips; join across the bands; number the components in raster
 * order, measuring each from its runs. The lowest run of a component is always its root, whatever
 * the order of the unions, so bands and threads leave no trace in the result.
 *
 * In a strip of two rows all pixels of a run are 8-connected already, so noise has far fewer runs
 * and contacts. Its numbers are subtler: a component may begin in the lower row of a strip to the
 * left of one that begins in the upper row.
 *
 * Cost: a few operations a word of 64 pixels, and about 20 ns a run.
 */
#include "imgproc/runs.h"

#include "core/bands.h"
#include "core/check.h"

#include <string.h>

/* Strips of a band. Bands are kept apart in the arrays, since kernels write a little too much. */
#define BAND 64

typedef struct finding {
    seg_runs *runs;
    const seg_bits_kernels *kernels;
    seg_bits_contact *contacts; /* a row's for each worker */
    size_t contact_room;
    int64_t *joined; /* for each band: successful unions */
} finding;

static seg_status count_band(void *argument, int32_t band, int32_t first, int32_t end,
                             int32_t worker) {
    const finding *find = argument;
    seg_runs *runs = find->runs;
    (void)band;
    (void)worker;
    for (int32_t strip = first; strip < end; strip++) {
        const uint64_t *top, *bottom;
        seg_runs_rows(runs, strip, &top, &bottom);
        runs->count[strip] = find->kernels->count_runs(top, bottom, runs->bitmap->pitch);
    }
    return SEG_OK;
}

/* Joins the sets of two runs; a parent is never above its child. True if they were apart. */
static inline bool join(uint32_t *parents, uint32_t a, uint32_t b) {
    while (parents[a] != parents[b]) {
        if (parents[a] < parents[b]) {
            const uint32_t swap = a;
            a = b;
            b = swap;
        }
        const uint32_t parent = parents[a];
        parents[a] = parents[b];
        if (a == parent) return true;
        a = parent;
    }
    return false;
}

/* Joins a strip's runs with those of the strip above. */
static int64_t join_strip(const finding *find, int32_t strip, seg_bits_contact *contacts) {
    const seg_runs *runs = find->runs;
    const uint64_t *top, *bottom, *above_top, *above_bottom;
    seg_runs_rows(runs, strip, &top, &bottom);
    seg_runs_rows(runs, strip - 1, &above_top, &above_bottom);
    const int32_t count = find->kernels->contacts(contacts, above_top, above_bottom, top, bottom,
                                                  runs->bitmap->pitch, runs->strip_rows == 2);
    const uint32_t here = runs->first[strip], above = runs->first[strip - 1];
    int64_t joined = 0;
    for (int32_t i = 0; i < count; i++)
        joined += join(runs->parents, here + contacts[i].here, above + contacts[i].above);
    return joined;
}

static seg_status find_band(void *argument, int32_t band, int32_t first, int32_t end,
                            int32_t worker) {
    const finding *find = argument;
    const seg_runs *runs = find->runs;
    seg_bits_contact *contacts = find->contacts + (size_t)worker * find->contact_room;
    int64_t joined = 0;
    for (int32_t strip = first; strip < end; strip++) {
        const uint64_t *top, *bottom;
        const uint32_t begin = runs->first[strip];
        seg_runs_rows(runs, strip, &top, &bottom);
        find->kernels->runs(runs->runs + begin, top, bottom, runs->bitmap->pitch);
        for (int32_t i = 0; i < runs->count[strip]; i++)
            runs->parents[begin + (uint32_t)i] = begin + (uint32_t)i;
        if (strip > first) joined += join_strip(find, strip, contacts);
    }
    find->joined[band] = joined;
    return SEG_OK;
}

/* Where each strip's runs go; returns the room that the arrays need, and the number of runs. */
static uint64_t place_strips(seg_runs *runs, uint64_t *total) {
    uint64_t next = 0, count = 0;
    for (int32_t strip = 0; strip < runs->strips; strip++) {
        if (strip % BAND == 0) next += SEG_BITS_SLACK;
        runs->first[strip] = (uint32_t)next;
        next += (uint64_t)runs->count[strip];
        count += (uint64_t)runs->count[strip];
    }
    *total = count;
    return next + SEG_BITS_SLACK;
}

static seg_status take_strips(finding *find, seg_scratch *scratch) {
    seg_runs *runs = find->runs;
    const size_t strips = (size_t)runs->strips;
    const size_t bands = (size_t)seg_band_count(runs->strips, BAND);
    find->contact_room = (size_t)runs->bitmap->pitch * 64 + SEG_BITS_SLACK;
    runs->first = seg_scratch_take(scratch, strips, sizeof *runs->first, "strips of runs");
    runs->count = seg_scratch_take(scratch, strips, sizeof *runs->count, "strips of runs");
    find->joined = seg_scratch_take(scratch, bands, sizeof *find->joined, "bands of runs");
    find->contacts =
        seg_scratch_take(scratch, find->contact_room * (size_t)seg_workers(&scratch->env),
                         sizeof *find->contacts, "contacts of runs");
    const bool all = runs->first && runs->count && find->joined && find->contacts;
    return all ? SEG_OK : SEG_ERROR_MEMORY;
}

static seg_status take_runs(seg_runs *runs, uint64_t room, seg_scratch *scratch) {
    if (room > INT32_MAX)
        return seg_fail(SEG_ERROR_LIMIT, "the mask has more than %ld runs; label it in parts",
                        (long)INT32_MAX);
    const size_t count = (size_t)room;
    runs->runs = seg_scratch_take(scratch, count, sizeof *runs->runs, "runs");
    runs->parents = seg_scratch_take(scratch, count, sizeof *runs->parents, "runs");
    return runs->runs && runs->parents ? SEG_OK : SEG_ERROR_MEMORY;
}

static seg_status run(const seg_runs *runs, seg_band_function function, void *argument,
                      const seg_env *env) {
    return seg_run_light_bands(env, runs->bitmap->width * runs->strip_rows, runs->strips, BAND,
                               function, argument);
}

seg_status seg_runs_find(seg_runs *runs, const seg_bitmap *bitmap, int32_t connectivity,
                         seg_scratch *scratch) {
    *runs = (seg_runs){.bitmap = bitmap, .strip_rows = connectivity == 8 ? 2 : 1};
    runs->strips = seg_band_count(bitmap->height, runs->strip_rows);
    finding find = {.runs = runs, .kernels = seg_bits_kernels_get()};
    SEG_TRY(take_strips(&find, scratch));
    SEG_TRY(run(runs, count_band, &find, &scratch->env));
    uint64_t total;
    SEG_TRY(take_runs(runs, place_strips(runs, &total), scratch));
    SEG_TRY(run(runs, find_band, &find, &scratch->env));
    int64_t joined = 0;
    for (int32_t band = 0; band < seg_band_count(runs->strips, BAND); band++) {
        joined += find.joined[band];
        if (band > 0) joined += join_strip(&find, band * BAND, find.contacts);
    }
    const uint64_t components = total - (uint64_t)joined;
    if (components > INT32_MAX)
        return seg_fail(SEG_ERROR_LIMIT, "the mask has more than %ld components", (long)INT32_MAX);
    runs->components = (int32_t)components;
    return SEG_OK;
}

/* True if the run has a pixel in the upper row of its strip. */
static bool reaches_top(const seg_runs *runs, int32_t strip, uint32_t run) {
    if (runs->strip_rows == 1) return true;
    const uint64_t *row = seg_bitmap_row(runs->bitmap, 2 * strip);
    const int32_t start = runs->runs[run].start, last = runs->runs[run].end - 1;
    uint64_t mask = ~(uint64_t)0 << (start & 63);
    for (int32_t i = start >> 6; i < last >> 6; i++) {
        if (row[i] & mask) return true;
        mask = ~(uint64_t)0;
    }
    return row[last >> 6] & mask & ~(uint64_t)0 >> (63 - (last & 63));
}

/* Numbers the components that begin in this strip: first those of the upper row. `fresh` lists
 * their runs, which still have their root as parent. */
static int32_t number_new(seg_runs *runs, int32_t strip, int32_t next, uint32_t *fresh,
                          int32_t count) {
    uint32_t *parents = runs->parents;
    int32_t left = 0;
    for (int32_t i = 0; i < count; i++) {
        const uint32_t run = fresh[i];
        uint32_t *root = &parents[parents[run]];
        if (*root & SEG_RUNS_NUMBERED)
            parents[run] = *root;
        else if (reaches_top(runs, strip, run))
            parents[run] = *root = SEG_RUNS_NUMBERED | (uint32_t)++next;
        else
            fresh[left++] = run;
    }
    for (int32_t i = 0; i < left; i++) {
        uint32_t *root = &parents[fresh[i]];
        if (*root & SEG_RUNS_NUMBERED) continue; /* it was a root, numbered through another run */
        root = &parents[*root];
        if (!(*root & SEG_RUNS_NUMBERED)) *root = SEG_RUNS_NUMBERED | (uint32_t)++next;
        parents[fresh[i]] = *root;
    }
    return next;
}

/* Numbers all runs of a strip; all strips above have theirs. A parent in one of these hands its
 * number on; one in this strip its own parent, which is then the root. `spare` has room for them
 * and one more. */
static int32_t number_strip(seg_runs *runs, int32_t strip, int32_t next, uint32_t *spare) {
    const uint32_t first = runs->first[strip], end = first + (uint32_t)runs->count[strip];
    uint32_t *parents = runs->parents;
    int32_t fresh = 0;
    for (uint32_t run = first; run < end; run++) {
        const uint32_t parent = parents[parents[run]];
        parents[run] = parent;
        spare[fresh] = run;
        fresh += !(parent & SEG_RUNS_NUMBERED);
    }
    return fresh ? number_new(runs, strip, next, spare, fresh) : next;
}

/* A component is measured in the memory of the seg_component that it turns into. */
_Static_assert(sizeof(seg_bits_measure) == sizeof(seg_component), "one becomes the other");

static inline int32_t lower(int32_t a, int32_t b) {
    return a < b ? a : b;
}

/* In a strip of one row a run is all ones. */
static void measure_single(const seg_runs *runs, int32_t strip, seg_bits_measure *measures) {
    const uint32_t first = runs->first[strip], end = first + (uint32_t)runs->count[strip];
    const int32_t y = strip * runs->strip_rows;
    for (uint32_t run = first; run < end; run++) {
        seg_bits_measure *into = &measures[seg_runs_of(runs, run) - 1];
        const int32_t start = runs->runs[run].start, stop = runs->runs[run].end;
        const int64_t area = stop - start;
        into->area += area;
        into->sum_x += ((int64_t)start + stop - 1) * area / 2;
        into->sum_y += y * area;
        into->left = lower(into->left, start);
        into->top = lower(into->top, y);
        into->right = lower(into->right, -stop);
        into->bottom = lower(into->bottom, -(y + 1));
    }
}

static void measure_strip(const seg_runs *runs, int32_t strip, seg_bits_measure *measures,
                          const seg_bits_kernels *kernels) {
    const uint32_t first = runs->first[strip];
    const uint64_t *top, *bottom;
    seg_runs_rows(runs, strip, &top, &bottom);
    if (top == bottom)
        measure_single(runs, strip, measures);
    else
        kernels->measure(measures, runs->runs + first, runs->parents + first, runs->count[strip],
                         top, bottom, 2 * strip);
}

static void begin_measures(seg_bits_measure *measures, int32_t count) {
    for (int32_t i = 0; i < count; i++)
        measures[i] = (seg_bits_measure){0, 0, 0, INT32_MAX, INT32_MAX, 0, 0};
}

static seg_component *end_measures(void *memory, int32_t count) {
    const seg_bits_measure *measures = memory;
    seg_component *components = memory;
    for (int32_t i = 0; i < count; i++) {
        const seg_bits_measure sums = measures[i];
        const seg_rect box = {sums.left, sums.top, -sums.right - sums.left,
                              -sums.bottom - sums.top};
        components[i] = (seg_component){sums.area, box, (double)sums.sum_x, (double)sums.sum_y};
    }
    return components;
}

seg_status seg_runs_number(seg_runs *runs, seg_component *measures, seg_scratch *scratch) {
    const seg_bits_kernels *kernels = seg_bits_kernels_get();
    const size_t room = (size_t)runs->bitmap->pitch * 32 + 1; /* runs of a strip, and one more */
    uint32_t *spare = seg_scratch_take(scratch, room, sizeof *spare, "numbers of runs");
    if (!spare) return SEG_ERROR_MEMORY;
    void *memory = measures;
    if (memory) begin_measures(memory, runs->components);
    int32_t next = 0;
    for (int32_t strip = 0; strip < runs->strips; strip++) {
        next = number_strip(runs, strip, next, spare);
        if (memory) measure_strip(runs, strip, memory, kernels);
    }
    runs->measures = memory ? end_measures(memory, runs->components) : NULL;
    return SEG_OK;
}

seg_status seg_runs_label(seg_runs *runs, const seg_bitmap *bitmap, int32_t connectivity,
                          seg_scratch *scratch) {
    SEG_TRY(seg_runs_find(runs, bitmap, connectivity, scratch));
    seg_component *measures =
        seg_scratch_take(scratch, (size_t)runs->components, sizeof *measures, "components");
    if (!measures) return SEG_ERROR_MEMORY;
    return seg_runs_number(runs, measures, scratch);
}

/* Label pictures above this size do not stay in the caches: written past them. */
#define PAST_CACHE ((size_t)4 << 20)

typedef struct painting {
    const seg_runs *runs;
    const seg_image *labels;
    const seg_bits_kernels *kernels;
    int32_t *lines; /* a row for each worker */
    size_t line_room;
    bool past_cache;
} painting;

static seg_status paint_band(void *argument, int32_t band, int32_t first, int32_t end,
                             int32_t worker) {
    const painting *paint = argument;
    const seg_runs *runs = paint->runs;
    int32_t *line = paint->lines + (size_t)worker * paint->line_room;
    (void)band;
    for (int32_t strip = first; strip < end; strip++) {
        const uint64_t *top, *bottom;
        const uint32_t begin = runs->first[strip];
        const int32_t y = strip * runs->strip_rows, width = runs->bitmap->width;
        seg_runs_rows(runs, strip, &top, &bottom);
        paint->kernels->spread(line, runs->runs + begin, runs->parents + begin, runs->count[strip]);
        paint->kernels->paint(seg_image_row(paint->labels, y), line, top, width, paint->past_cache);
        if (bottom != top)
            paint->kernels->paint(seg_image_row(paint->labels, y + 1), line, bottom, width,
                                  paint->past_cache);
    }
    return SEG_OK;
}

seg_status seg_runs_paint(const seg_image *labels, const seg_runs *runs, seg_scratch *scratch) {
    painting paint = {.runs = runs, .labels = labels, .kernels = seg_bits_kernels_get()};
    const size_t pixels = (size_t)labels->width * (size_t)labels->height;
    paint.past_cache = pixels * sizeof(int32_t) > PAST_CACHE;
    paint.line_room = (size_t)labels->width + SEG_BITS_SLACK;
    const size_t room = paint.line_room * (size_t)seg_workers(&scratch->env);
    paint.lines = seg_scratch_take(scratch, room, sizeof *paint.lines, "a row of labels");
    if (!paint.lines) return SEG_ERROR_MEMORY;
    return run(runs, paint_band, &paint, &scratch->env);
}
