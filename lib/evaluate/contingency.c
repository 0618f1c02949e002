/* Joint counts of two label pictures: runs of equal pairs of labels, added up in a hash table. */
#include "evaluate/contingency.h"

#include "core/check.h"
#include "imgproc/label_table.h"
#include "imgproc/sort.h"

#include <string.h>

#define FIRST_SLOTS 1024
#define NOT_SCORED (-1)

typedef struct slot {
    uint64_t key; /* both indices plus 1, 0 = free */
    int64_t pixels;
} slot;

typedef struct side {
    const seg_image *picture;
    seg_label_table table; /* of labels above 0; their index here is one higher, 0 has index 0 */
    int32_t *row;          /* labels of a row that is no LABEL32 one, or has pixels left out */
    uint64_t *changes;
    int32_t last_label, last_index;
} side;

typedef struct counter {
    side a, b;
    const seg_image *ignore; /* or NULL */
    int32_t *starts;         /* of the runs of a row */
    slot *slots;             /* open addressing, at most half full */
    uint32_t slot_count;     /* a power of two */
    uint32_t used;
    seg_scratch *scratch;
} counter;

/* ---- rows ---- */

/* The labels of row y, in memory of our own and not negative if there is something to ignore. */
static const int32_t *read_row(const side *s, const uint8_t *ignored, int32_t y) {
    if (s->picture->format == SEG_LABEL32 && !ignored) return seg_image_row(s->picture, y);
    seg_label_row_copy(s->row, s->picture, 0, y, s->picture->width);
    return s->row;
}

/* Marks pixels that are not scored in the rows of both sides. */
static void leave_out(const counter *c, const uint8_t *ignored) {
    const int32_t width = c->a.picture->width;
    for (int32_t x = 0; x < width; x++)
        if (ignored[x]) c->a.row[x] = c->b.row[x] = NOT_SCORED;
}

static seg_status index_of(side *s, int32_t label, int32_t *index) {
    if (label != s->last_label) {
        int32_t found = -1;
        if (label > 0) SEG_TRY(seg_label_table_index(&s->table, label, &found));
        s->last_label = label;
        s->last_index = found + 1;
    }
    *index = s->last_index;
    return SEG_OK;
}

/* ---- counts ---- */

static slot *slot_of(const counter *c, uint64_t key) {
    uint32_t at = (uint32_t)(key * 0x9e3779b97f4a7c15u >> 32);
    for (;; at++) {
        slot *here = &c->slots[at & (c->slot_count - 1)];
        if (here->key == key || !here->key) return here;
    }
}

static seg_status make_slots(counter *c) {
    if (2 * (uint64_t)c->used < c->slot_count) return SEG_OK;
    const slot *old = c->slots;
    const uint32_t old_count = c->slot_count;
    c->slot_count = old_count ? 2 * old_count : FIRST_SLOTS;
    if (!c->slot_count) return seg_fail(SEG_ERROR_LIMIT, "more than 2^31 pairs of labels");
    c->slots = seg_scratch_take(c->scratch, c->slot_count, sizeof *c->slots, "pairs of labels");
    if (!c->slots) return SEG_ERROR_MEMORY;
    memset(c->slots, 0, c->slot_count * sizeof *c->slots);
    for (uint32_t i = 0; i < old_count; i++)
        if (old[i].key) *slot_of(c, old[i].key) = old[i];
    return SEG_OK;
}

static seg_status add_run(counter *c, int32_t label_a, int32_t label_b, int32_t length) {
    int32_t a, b;
    SEG_TRY(index_of(&c->a, label_a, &a));
    SEG_TRY(index_of(&c->b, label_b, &b));
    const uint64_t key = ((uint64_t)a << 32 | (uint32_t)b) + 1;
    slot *here = slot_of(c, key);
    if (!here->key) {
        here->key = key;
        here->pixels = length;
        c->used++;
        return make_slots(c);
    }
    here->pixels += length;
    return SEG_OK;
}

static seg_status count_row(counter *c, int32_t y) {
    const uint8_t *ignored = c->ignore ? seg_image_row(c->ignore, y) : NULL;
    const int32_t width = c->a.picture->width, words = seg_bits_words(width);
    const seg_bits_kernels *kernels = seg_bits_kernels_get();
    const int32_t *a = read_row(&c->a, ignored, y), *b = read_row(&c->b, ignored, y);
    if (ignored) leave_out(c, ignored);
    kernels->pack_changes(c->a.changes, a, width);
    kernels->pack_changes(c->b.changes, b, width);
    kernels->merge(c->a.changes, c->b.changes, words);
    const int32_t runs = kernels->positions(c->starts, c->a.changes, words);
    c->starts[runs] = width;
    for (int32_t i = 0; i < runs; i++) {
        const int32_t x = c->starts[i];
        if (ignored && ignored[x]) continue;
        SEG_TRY(add_run(c, a[x], b[x], c->starts[i + 1] - x));
    }
    return SEG_OK;
}

/* ---- the table ---- */

/* Labels in ascending order; places[i] is where index i went. */
static seg_status order_labels(seg_label_areas *areas, int32_t **places, const side *s,
                               seg_scratch *scratch) {
    const int32_t count = s->table.count;
    const int32_t *order = seg_label_table_order(&s->table);
    areas->count = count + 1;
    areas->labels = seg_scratch_take(scratch, (size_t)count + 1, sizeof *areas->labels, "labels");
    areas->areas = seg_scratch_take(scratch, (size_t)count + 1, sizeof *areas->areas, "areas");
    *places = seg_scratch_take(scratch, (size_t)count + 1, sizeof **places, "labels");
    if (!order || !areas->labels || !areas->areas || !*places) return SEG_ERROR_MEMORY;
    memset(areas->areas, 0, ((size_t)count + 1) * sizeof *areas->areas);
    areas->labels[0] = 0;
    (*places)[0] = 0;
    for (int32_t i = 0; i < count; i++) {
        areas->labels[i + 1] = s->table.ids[order[i]];
        (*places)[order[i] + 1] = i + 1;
    }
    return SEG_OK;
}

static seg_status make_table(seg_contingency *table, const counter *c) {
    const size_t count = c->used;
    int32_t *places_a, *places_b;
    SEG_TRY(order_labels(&table->a, &places_a, &c->a, c->scratch));
    SEG_TRY(order_labels(&table->b, &places_b, &c->b, c->scratch));
    seg_keyed *items = seg_scratch_take(c->scratch, 2 * count, sizeof *items, "pairs of labels");
    table->cells = seg_scratch_take(c->scratch, count, sizeof *table->cells, "pairs of labels");
    if (!items || !table->cells) return SEG_ERROR_MEMORY;
    size_t at = 0;
    for (uint32_t i = 0; i < c->slot_count; i++) {
        if (!c->slots[i].key) continue;
        const uint64_t key = c->slots[i].key - 1;
        const uint64_t a = (uint64_t)places_a[key >> 32], b = (uint64_t)places_b[(uint32_t)key];
        items[at++] = (seg_keyed){a << 32 | b, (uint64_t)c->slots[i].pixels};
    }
    seg_sort(items, items + count, count);
    for (size_t i = 0; i < count; i++) {
        const seg_contingency_cell cell = {(int32_t)(items[i].key >> 32), (int32_t)items[i].key,
                                           (int64_t)items[i].value};
        table->cells[i] = cell;
        table->a.areas[cell.a] += cell.pixels;
        table->b.areas[cell.b] += cell.pixels;
    }
    table->count = (int32_t)count;
    return SEG_OK;
}

static seg_status side_init(side *s, const seg_image *picture, seg_scratch *scratch) {
    SEG_TRY(seg_label_picture_check(picture));
    const size_t width = (size_t)picture->width;
    *s = (side){.picture = picture};
    SEG_TRY(seg_label_table_init(&s->table, scratch));
    s->row = seg_scratch_take(scratch, width, sizeof *s->row, "a row of labels");
    s->changes = seg_scratch_take(scratch, (size_t)seg_bits_words(picture->width),
                                  sizeof *s->changes, "a row of bits");
    return s->row && s->changes ? SEG_OK : SEG_ERROR_MEMORY;
}

seg_status seg_contingency_count(seg_contingency *table, const seg_image *a, const seg_image *b,
                                 const seg_image *ignore, seg_scratch *scratch) {
    counter c = {.ignore = seg_image_empty(ignore) ? NULL : ignore, .scratch = scratch};
    SEG_TRY(side_init(&c.a, a, scratch));
    SEG_TRY(side_init(&c.b, b, scratch));
    c.starts = seg_scratch_take(scratch, (size_t)a->width + SEG_BITS_SLACK + 1, sizeof *c.starts,
                                "runs of labels");
    if (!c.starts) return SEG_ERROR_MEMORY;
    SEG_TRY(make_slots(&c));
    for (int32_t y = 0; y < a->height; y++)
        SEG_TRY(count_row(&c, y));
    return make_table(table, &c);
}
