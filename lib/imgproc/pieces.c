/*
 * Partitions on runs of equal labels: a run is looked at once, however long. The lowest run of a
 * piece is its root and its first pixel in raster order, so that numbers follow from the roots.
 *
 * The rounds of seg_regions_join_small are those of EDISON's pruning: D. Comaniciu, P. Meer, "Mean
 * shift: a robust approach toward feature space analysis", IEEE Trans. PAMI 24(5), 2002.
 */
#include "imgproc/pieces.h"

#include "core/check.h"
#include "imgproc/label_table.h"
#include "imgproc/sort.h"
#include "imgproc/union_find.h"

#include <string.h>

/* --- pieces ------------------------------------------------------------------------------ */

/* A row as runs: where they start, their label, and their number in the picture. */
typedef struct run_row {
    int32_t count;
    int32_t *starts, *labels, *ids; /* one start more: the width */
} run_row;

static seg_status take_run_row(run_row *row, int32_t width, seg_scratch *scratch) {
    const size_t room = (size_t)width + 1;
    int32_t *memory = seg_scratch_take(scratch, 3 * room, sizeof *memory, "runs of labels");
    if (!memory) return SEG_ERROR_MEMORY;
    *row = (run_row){0, memory, memory + room, memory + 2 * room};
    return SEG_OK;
}

/* Splits a row; runs get numbers from *next on, those without a region -1. */
static void split_row(run_row *row, seg_label_rows *rows, const int32_t *labels, int32_t *next) {
    row->count = seg_label_rows_split(rows, labels);
    memcpy(row->starts, rows->starts, ((size_t)row->count + 1) * sizeof *row->starts);
    for (int32_t i = 0; i < row->count; i++) {
        row->labels[i] = labels[row->starts[i]];
        row->ids[i] = row->labels[i] > 0 ? (*next)++ : -1;
    }
}

/* Joins runs of two rows that touch and bear the same label. */
static void join_rows(int32_t *parents, const run_row *above, const run_row *here) {
    for (int32_t i = 0, j = 0; i < above->count && j < here->count;) {
        if (here->ids[j] >= 0 && above->labels[i] == here->labels[j])
            seg_sets_join(parents, above->ids[i], here->ids[j]);
        const int32_t above_end = above->starts[i + 1], here_end = here->starts[j + 1];
        i += above_end <= here_end;
        j += here_end <= above_end;
    }
}

static void write_ids(int32_t *labels, const run_row *row) {
    for (int32_t i = 0; i < row->count; i++)
        for (int32_t x = row->starts[i]; x < row->starts[i + 1]; x++)
            labels[x] = row->ids[i] + 1;
}

seg_status seg_pieces(const seg_image *labels, int32_t *regions, seg_scratch *scratch) {
    seg_label_rows rows;
    run_row above, here;
    SEG_TRY(seg_label_rows_init(&rows, labels->width, scratch));
    SEG_TRY(take_run_row(&above, labels->width, scratch));
    SEG_TRY(take_run_row(&here, labels->width, scratch));
    int64_t runs = 0;
    for (int32_t y = 0; y < labels->height; y++)
        runs += seg_label_rows_split(&rows, seg_image_row(labels, y));
    if (runs > INT32_MAX)
        return seg_fail(SEG_ERROR_LIMIT, "the picture has %lld runs of labels (at most %ld)",
                        (long long)runs, (long)INT32_MAX);
    int32_t *parents = seg_scratch_take(scratch, (size_t)runs, sizeof *parents, "runs of labels");
    if (!parents) return SEG_ERROR_MEMORY;
    seg_sets_init(parents, (int32_t)runs);
    int32_t next = 0;
    for (int32_t y = 0; y < labels->height; y++) {
        int32_t *row = seg_image_row(labels, y);
        split_row(&here, &rows, row, &next);
        if (y > 0) join_rows(parents, &above, &here);
        write_ids(row, &here);
        const run_row swap = above;
        above = here;
        here = swap;
    }
    *regions = next;
    seg_regions_renumber(labels, parents, regions);
    return SEG_OK;
}

void seg_regions_renumber(const seg_image *labels, int32_t *parents, int32_t *regions) {
    int32_t count = 0;
    for (int32_t i = 0; i < *regions; i++) /* a parent is lower: its number, negated, is known */
        parents[i] = parents[i] == i ? -++count : parents[parents[i]];
    *regions = count;
    for (int32_t y = 0; y < labels->height; y++) {
        int32_t *row = seg_image_row(labels, y);
        for (int32_t x = 0; x < labels->width; x++)
            row[x] = row[x] > 0 ? -parents[row[x] - 1] : 0;
    }
}

/* --- measures ---------------------------------------------------------------------------- */

void seg_regions_measure(seg_region_stats *stats, const seg_image *labels, int32_t regions,
                         const seg_planes *lab) {
    memset(stats, 0, (size_t)regions * sizeof *stats);
    for (int32_t y = 0; y < labels->height; y++) {
        const int32_t *row = seg_image_row(labels, y);
        const int16_t *colours[3] = {0};
        for (int32_t c = 0; c < lab->planes; c++)
            colours[c] = seg_plane_row(lab, c, y);
        for (int32_t x = 0, end; x < labels->width; x = end) {
            int64_t sum[3] = {0};
            for (end = x; end < labels->width && row[end] == row[x]; end++)
                for (int32_t c = 0; c < lab->planes; c++)
                    sum[c] += colours[c][end];
            if (row[x] < 1) continue;
            seg_region_stats *region = &stats[row[x] - 1];
            region->area += end - x;
            for (int32_t c = 0; c < 3; c++)
                region->sum[c] += sum[c];
        }
    }
}

int64_t seg_region_distance(const seg_region_stats *a, const seg_region_stats *b) {
    /* in double, which is exact here and faster: up to 2^49 by up to 2^30 */
    const double areas[2] = {(double)a->area, (double)b->area};
    int64_t distance = 0;
    for (int c = 0; c < 3; c++) {
        const double sums[2] = {(double)(16 * a->sum[c]), (double)(16 * b->sum[c])};
        const int64_t difference = (int64_t)(sums[0] / areas[0]) - (int64_t)(sums[1] / areas[1]);
        distance += difference * difference;
    }
    return distance;
}

void seg_region_add(seg_region_stats *a, const seg_region_stats *b) {
    a->area += b->area;
    for (int c = 0; c < 3; c++)
        a->sum[c] += b->sum[c];
}

/* --- which regions touch ----------------------------------------------------------------- */

_Static_assert(sizeof(seg_region_pair) <= sizeof(seg_keyed), "pairs take the place of items");

#define CACHE 4096 /* pairs seen lately; a power of two */

typedef struct contacts {
    seg_keyed *items; /* key: both indices; value: length */
    size_t count, room;
    size_t *cache; /* index + 1 into items */
    seg_scratch *scratch;
    int32_t mark, used; /* two blocks of scratch in turn, of which one has the items */
} contacts;

static seg_keyed *take_other(contacts *list, size_t count) {
    list->used = 1 - list->used;
    seg_scratch_return(list->scratch, list->mark + list->used);
    return seg_scratch_take(list->scratch, count, sizeof(seg_keyed), "pairs");
}

static seg_status add_contact(contacts *list, int32_t a, int32_t b, int32_t length) {
    if (a > b) {
        const int32_t swap = a;
        a = b;
        b = swap;
    }
    const uint64_t key = (uint64_t)(uint32_t)(a - 1) << 32 | (uint32_t)(b - 1);
    size_t *seen = &list->cache[(key * 0x9e3779b97f4a7c15u) >> 52];
    if (*seen && list->items[*seen - 1].key == key) {
        list->items[*seen - 1].value += (uint64_t)length;
        return SEG_OK;
    }
    if (list->count == list->room) {
        seg_keyed *larger = take_other(list, 2 * list->room);
        if (!larger) return SEG_ERROR_MEMORY;
        memcpy(larger, list->items, list->count * sizeof *larger);
        list->items = larger;
        list->room *= 2;
    }
    list->items[list->count++] = (seg_keyed){key, (uint64_t)length};
    *seen = list->count;
    return SEG_OK;
}

static seg_status find_contacts(contacts *list, const seg_image *labels) {
    for (int32_t y = 0; y < labels->height; y++) {
        const int32_t *row = seg_image_row(labels, y);
        const int32_t *above = y > 0 ? seg_image_row(labels, y - 1) : row;
        for (int32_t x = 0, end; x < labels->width; x = end) {
            for (end = x + 1; end < labels->width; end++)
                if (row[end] != row[x] || above[end] != above[x]) break;
            if (row[x] < 1) continue;
            if (x > 0 && row[x - 1] > 0 && row[x - 1] != row[x])
                SEG_TRY(add_contact(list, row[x - 1], row[x], 1));
            if (above[x] > 0 && above[x] != row[x])
                SEG_TRY(add_contact(list, above[x], row[x], end - x));
        }
    }
    return SEG_OK;
}

seg_status seg_region_graph_make(seg_region_graph *graph, const seg_image *labels,
                                 seg_scratch *scratch) {
    contacts list = {.scratch = scratch};
    list.cache = seg_scratch_take(scratch, CACHE, sizeof *list.cache, "pairs");
    list.mark = seg_scratch_mark(scratch);
    list.items = seg_scratch_take(scratch, CACHE, sizeof *list.items, "pairs");
    if (!list.cache || !list.items) return SEG_ERROR_MEMORY;
    list.room = CACHE;
    memset(list.cache, 0, CACHE * sizeof *list.cache);
    SEG_TRY(find_contacts(&list, labels));
    seg_keyed *spare = take_other(&list, list.count);
    if (!spare) return SEG_ERROR_MEMORY;
    seg_scratch_return(scratch, list.mark + 2);
    if (list.count) seg_sort(list.items, spare, list.count);
    *graph = (seg_region_graph){.pairs = (void *)list.items}; /* in place of the items */
    for (size_t i = 0; i < list.count; i++) {
        const seg_keyed item = list.items[i];
        const seg_region_pair pair = {(int32_t)(item.key >> 32), (int32_t)(item.key & UINT32_MAX),
                                      (int64_t)item.value};
        seg_region_pair *last = graph->count ? &graph->pairs[graph->count - 1] : NULL;
        if (last && last->a == pair.a && last->b == pair.b)
            last->length += pair.length;
        else
            graph->pairs[graph->count++] = pair;
    }
    return SEG_OK;
}

/* --- small regions ----------------------------------------------------------------------- */

typedef struct choice {
    int64_t distance;
    int32_t partner; /* -1 = none yet */
} choice;

static void choose(choice *choices, int32_t region, int32_t partner, int64_t distance) {
    choice *best = &choices[region];
    const bool nearer = best->partner < 0 || distance < best->distance;
    if (nearer || (distance == best->distance && partner < best->partner))
        *best = (choice){distance, partner};
}

/* Keeps the pairs that have a small side; each such side chooses. */
static void choose_all(choice *choices, int32_t *parents, const seg_region_stats *stats,
                       seg_region_graph *graph, int64_t min_size) {
    size_t kept = 0;
    for (size_t i = 0; i < graph->count; i++) {
        const int32_t a = seg_sets_find(parents, graph->pairs[i].a);
        const int32_t b = seg_sets_find(parents, graph->pairs[i].b);
        const bool small_a = stats[a].area < min_size, small_b = stats[b].area < min_size;
        if (a == b || (!small_a && !small_b)) continue;
        graph->pairs[kept++] = (seg_region_pair){a, b, graph->pairs[i].length};
        const int64_t distance = seg_region_distance(&stats[a], &stats[b]);
        if (small_a) choose(choices, a, b, distance);
        if (small_b) choose(choices, b, a, distance);
    }
    graph->count = kept;
}

seg_status seg_regions_join_small(int32_t *parents, seg_region_stats *stats, int32_t regions,
                                  seg_region_graph *graph, int64_t min_size, seg_scratch *scratch) {
    choice *choices =
        seg_scratch_take(scratch, (size_t)regions, sizeof *choices, "nearest neighbours");
    if (!choices) return SEG_ERROR_MEMORY;
    for (;;) {
        for (int32_t i = 0; i < regions; i++)
            choices[i].partner = -1;
        choose_all(choices, parents, stats, graph, min_size);
        if (graph->count == 0) return SEG_OK;
        for (int32_t i = 0; i < regions; i++) {
            if (choices[i].partner < 0) continue;
            const int32_t a = seg_sets_find(parents, i);
            const int32_t b = seg_sets_find(parents, choices[i].partner);
            if (a == b) continue;
            const int32_t root = seg_sets_join(parents, a, b);
            seg_region_add(&stats[root], &stats[root == a ? b : a]);
        }
    }
}

seg_status seg_pieces_clean(const seg_image *labels, int32_t *regions, const seg_planes *lab,
                            int64_t min_size, seg_scratch *scratch) {
    SEG_TRY(seg_pieces(labels, regions, scratch));
    if (min_size <= 1 || *regions < 2) return SEG_OK;
    const size_t count = (size_t)*regions;
    seg_region_stats *stats = seg_scratch_take(scratch, count, sizeof *stats, "regions");
    int32_t *parents = seg_scratch_take(scratch, count, sizeof *parents, "regions");
    if (!stats || !parents) return SEG_ERROR_MEMORY;
    seg_region_graph graph;
    seg_regions_measure(stats, labels, *regions, lab);
    SEG_TRY(seg_region_graph_make(&graph, labels, scratch));
    seg_sets_init(parents, *regions);
    SEG_TRY(seg_regions_join_small(parents, stats, *regions, &graph, min_size, scratch));
    seg_regions_renumber(labels, parents, regions);
    return SEG_OK;
}
