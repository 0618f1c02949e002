/* Holes and areas of label pictures. */
#include "imgproc/label_operations.h"

#include "core/check.h"
#include "imgproc/fill_holes.h"
#include "imgproc/label_table.h"
#include "imgproc/sort.h"

#include <string.h>

/* Pixel sides between holes and labels: key = hole and label, value = how many. */
typedef struct borders {
    seg_keyed *items;
    size_t count, room;
    seg_scratch *scratch;
} borders;

static seg_status add_border(borders *list, int32_t hole, int32_t label, int32_t sides) {
    if (label <= 0) return SEG_OK;
    const uint64_t key = (uint64_t)hole << 32 | (uint64_t)label;
    if (list->count > 0 && list->items[list->count - 1].key == key) {
        list->items[list->count - 1].value += (uint64_t)sides;
        return SEG_OK;
    }
    if (list->count == list->room) {
        const size_t room = list->room ? 2 * list->room : 1024;
        seg_keyed *items = seg_scratch_take(list->scratch, room, sizeof *items, "borders of holes");
        if (!items) return SEG_ERROR_MEMORY;
        if (list->count) memcpy(items, list->items, list->count * sizeof *items);
        list->items = items;
        list->room = room;
    }
    list->items[list->count++] = (seg_keyed){key, (uint64_t)sides};
    return SEG_OK;
}

/* Sides of a run of a hole to a row above or below it. */
static seg_status add_row(borders *list, int32_t hole, const int32_t *row, seg_bits_run run) {
    for (int32_t x = run.start, start = x; x < run.end; start = x) {
        while (x < run.end && row[x] == row[start])
            x++;
        SEG_TRY(add_border(list, hole, row[start], x - start));
    }
    return SEG_OK;
}

/* A hole never touches the border, so there are neighbours on all sides. */
static seg_status find_borders(borders *list, const seg_image *source, const seg_runs *runs,
                               int64_t max_area) {
    for (int32_t y = 0; y < runs->strips; y++) {
        for (int32_t i = 0; i < runs->count[y]; i++) {
            const uint32_t number = runs->first[y] + (uint32_t)i;
            const int32_t hole = seg_runs_of(runs, number);
            const seg_bits_run run = runs->runs[number];
            if (!seg_hole_counts(&runs->measures[hole - 1], runs->bitmap, max_area)) continue;
            const int32_t *row = seg_image_row(source, y);
            SEG_TRY(add_border(list, hole, row[run.start - 1], 1));
            SEG_TRY(add_border(list, hole, row[run.end], 1));
            SEG_TRY(add_row(list, hole, seg_image_row(source, y - 1), run));
            SEG_TRY(add_row(list, hole, seg_image_row(source, y + 1), run));
        }
    }
    return SEG_OK;
}

/* The label of each hole, 0 for background that is none. */
static seg_status choose_labels(int32_t *labels, int32_t holes, borders *list) {
    seg_keyed *spare =
        seg_scratch_take(list->scratch, list->count, sizeof *spare, "borders of holes");
    if (!spare) return SEG_ERROR_MEMORY;
    seg_sort(list->items, spare, list->count);
    memset(labels, 0, (size_t)holes * sizeof *labels);
    uint64_t longest = 0, last_hole = 0;
    for (size_t i = 0, next = 0; i < list->count; i = next) {
        const uint64_t key = list->items[i].key;
        uint64_t sides = 0;
        for (; next < list->count && list->items[next].key == key; next++)
            sides += list->items[next].value;
        if (key >> 32 != last_hole) longest = 0;
        last_hole = key >> 32;
        if (sides <= longest) continue; /* labels ascend: of equal ones the first stays */
        longest = sides;
        labels[last_hole - 1] = (int32_t)(key & UINT32_MAX);
    }
    return SEG_OK;
}

static void copy_row(int32_t *out, const int32_t *row, int32_t width) {
    for (int32_t x = 0; x < width; x++)
        out[x] = row[x] > 0 ? row[x] : 0;
}

seg_status seg_labels_fill_holes(seg_image *target, const seg_image *source, int64_t max_area,
                                 seg_scratch *scratch) {
    seg_bitmap background;
    seg_runs runs;
    for (int32_t y = 0; y < source->height; y++)
        copy_row(seg_image_row(target, y), seg_image_row(source, y), source->width);
    SEG_TRY(seg_bitmap_pack_label(&background, target, 0, scratch));
    SEG_TRY(seg_runs_label(&runs, &background, 4, scratch));
    int32_t *labels =
        seg_scratch_take(scratch, (size_t)runs.components, sizeof *labels, "labels of holes");
    if (!labels) return SEG_ERROR_MEMORY;
    borders list = {.scratch = scratch};
    SEG_TRY(find_borders(&list, target, &runs, max_area));
    SEG_TRY(choose_labels(labels, runs.components, &list));
    for (int32_t y = 0; y < source->height; y++) {
        int32_t *row = seg_image_row(target, y);
        for (int32_t i = 0; i < runs.count[y]; i++) {
            const uint32_t number = runs.first[y] + (uint32_t)i;
            const int32_t label = labels[seg_runs_of(&runs, number) - 1];
            for (int32_t x = runs.runs[number].start; label && x < runs.runs[number].end; x++)
                row[x] = label;
        }
    }
    return SEG_OK;
}

seg_status seg_area_filter_apply(bool *keep, const int64_t *areas, int32_t count,
                                 const seg_area_filter *filter, seg_scratch *scratch) {
    for (int32_t i = 0; i < count; i++)
        keep[i] = areas[i] >= filter->min_area && areas[i] <= filter->max_area;
    if (filter->largest == 0 || filter->largest >= count) return SEG_OK;
    seg_keyed *items = seg_scratch_take(scratch, (size_t)count, sizeof *items, "areas");
    seg_keyed *spare = seg_scratch_take(scratch, (size_t)count, sizeof *spare, "areas");
    if (!items || !spare) return SEG_ERROR_MEMORY;
    for (int32_t i = 0; i < count; i++) /* by descending area; stable, so ties keep their order */
        items[i] = (seg_keyed){UINT64_MAX - (uint64_t)areas[i], (uint64_t)i};
    seg_sort(items, spare, (size_t)count);
    for (int32_t i = (int32_t)filter->largest; i < count; i++)
        keep[items[i].value] = false;
    return SEG_OK;
}

/* Areas of all labels, by their index in the table. */
static seg_status measure_areas(seg_label_table *table, int64_t **areas_of, const seg_image *source,
                                seg_label_rows *rows, seg_scratch *scratch) {
    int64_t *areas = NULL;
    int32_t room = 0;
    for (int32_t y = 0; y < source->height; y++) {
        const int32_t *row = seg_image_row(source, y);
        const int32_t count = seg_label_rows_split(rows, row);
        for (int32_t i = 0; i < count; i++) {
            const int32_t label = row[rows->starts[i]], before = table->count;
            int32_t index;
            if (label <= 0) continue;
            SEG_TRY(seg_label_table_index(table, label, &index));
            if (table->room > room) {
                int64_t *more =
                    seg_scratch_take(scratch, (size_t)table->room, sizeof *more, "areas of labels");
                if (!more) return SEG_ERROR_MEMORY;
                if (before) memcpy(more, areas, (size_t)before * sizeof *more);
                areas = more;
                room = table->room;
            }
            if (table->count > before) areas[index] = 0;
            areas[index] += rows->starts[i + 1] - rows->starts[i];
        }
    }
    *areas_of = areas;
    return SEG_OK;
}

/* keep[index of the table] */
static seg_status choose_kept(bool **keep, const seg_label_table *table, const int64_t *areas,
                              const seg_area_filter *filter, seg_scratch *scratch) {
    const size_t count = (size_t)table->count;
    const int32_t *order = seg_label_table_order(table);
    int64_t *sorted = seg_scratch_take(scratch, count, sizeof *sorted, "areas of labels");
    bool *kept = seg_scratch_take(scratch, count, sizeof *kept, "kept labels");
    *keep = seg_scratch_take(scratch, count, sizeof **keep, "kept labels");
    if (!order || !sorted || !kept || !*keep) return SEG_ERROR_MEMORY;
    for (size_t i = 0; i < count; i++)
        sorted[i] = areas[order[i]];
    SEG_TRY(seg_area_filter_apply(kept, sorted, table->count, filter, scratch));
    for (size_t i = 0; i < count; i++)
        (*keep)[order[i]] = kept[i];
    return SEG_OK;
}

seg_status seg_labels_filter(seg_image *target, const seg_image *source,
                             const seg_area_filter *filter, seg_scratch *scratch) {
    seg_label_table table;
    seg_label_rows rows;
    int64_t *areas;
    bool *keep;
    SEG_TRY(seg_label_table_init(&table, scratch));
    SEG_TRY(seg_label_rows_init(&rows, source->width, scratch));
    SEG_TRY(measure_areas(&table, &areas, source, &rows, scratch));
    SEG_TRY(choose_kept(&keep, &table, areas, filter, scratch));
    for (int32_t y = 0; y < source->height; y++) {
        const int32_t *row = seg_image_row(source, y);
        int32_t *out = seg_image_row(target, y);
        const int32_t count = seg_label_rows_split(&rows, row);
        for (int32_t i = 0; i < count; i++) {
            int32_t label = row[rows.starts[i]], index = 0;
            if (label > 0) SEG_TRY(seg_label_table_index(&table, label, &index));
            if (label <= 0 || !keep[index]) label = 0;
            for (int32_t x = rows.starts[i]; x < rows.starts[i + 1]; x++)
                out[x] = label;
        }
    }
    return SEG_OK;
}
