/* Labels to indices: an array for small labels, a hash table for the others. */
#include "imgproc/label_table.h"

#include "core/check.h"
#include "imgproc/sort.h"

#include <string.h>

#define FIRST_ROOM 1024
#define MOST_DIRECT (1 << 20)

static uint32_t hash(int32_t label) {
    return (uint32_t)label * 0x9e3779b1u;
}

seg_status seg_label_table_init(seg_label_table *table, seg_scratch *scratch) {
    *table = (seg_label_table){.scratch = scratch, .room = FIRST_ROOM, .direct_size = FIRST_ROOM};
    table->ids = seg_scratch_take(scratch, FIRST_ROOM, sizeof *table->ids, "labels");
    table->direct = seg_scratch_take(scratch, FIRST_ROOM, sizeof *table->direct, "labels");
    if (!table->ids || !table->direct) return SEG_ERROR_MEMORY;
    memset(table->direct, 0, FIRST_ROOM * sizeof *table->direct);
    return SEG_OK;
}

/* A larger array with the old content, the rest zeroed. */
static int32_t *grown(seg_label_table *table, const int32_t *old, int32_t old_room, int32_t room) {
    int32_t *larger = seg_scratch_take(table->scratch, (size_t)room, sizeof *larger, "labels");
    if (!larger) return NULL;
    memcpy(larger, old, (size_t)old_room * sizeof *larger);
    memset(larger + old_room, 0, (size_t)(room - old_room) * sizeof *larger);
    return larger;
}

static seg_status append(seg_label_table *table, int32_t label, int32_t *index) {
    if (table->count == table->room) {
        const int32_t room = table->room <= INT32_MAX / 2 ? 2 * table->room : INT32_MAX;
        int32_t *ids = grown(table, table->ids, table->room, room);
        if (!ids) return SEG_ERROR_MEMORY;
        table->ids = ids;
        table->room = room;
    }
    table->ids[table->count] = label;
    *index = table->count++;
    return SEG_OK;
}

static seg_status add_small(seg_label_table *table, int32_t label, int32_t *index) {
    if (label >= table->direct_size) {
        int32_t size = table->direct_size;
        while (size <= label)
            size *= 2;
        int32_t *direct = grown(table, table->direct, table->direct_size, size);
        if (!direct) return SEG_ERROR_MEMORY;
        table->direct = direct;
        table->direct_size = size;
    }
    SEG_TRY(append(table, label, index));
    table->direct[label] = *index + 1;
    return SEG_OK;
}

/* The label's slot, or the free one where it belongs. */
static uint64_t *slot_of(const seg_label_table *table, int32_t label) {
    uint32_t at = hash(label);
    for (;; at++) {
        uint64_t *slot = &table->slots[at & (table->slot_count - 1)];
        if (!*slot || *slot >> 32 == (uint64_t)label) return slot;
    }
}

/* At most half full. */
static seg_status make_slots(seg_label_table *table) {
    const uint64_t *old = table->slots;
    const uint32_t old_count = table->slot_count;
    if (2 * (uint64_t)table->slots_used < old_count) return SEG_OK;
    const uint32_t count = old_count ? 2 * old_count : FIRST_ROOM;
    if (!count) return seg_fail(SEG_ERROR_LIMIT, "the picture has too many different labels");
    uint64_t *slots = seg_scratch_take(table->scratch, count, sizeof *slots, "labels");
    if (!slots) return SEG_ERROR_MEMORY;
    memset(slots, 0, count * sizeof *slots);
    table->slots = slots;
    table->slot_count = count;
    for (uint32_t i = 0; i < old_count; i++)
        if (old[i]) *slot_of(table, (int32_t)(old[i] >> 32)) = old[i];
    return SEG_OK;
}

seg_status seg_label_table_add(seg_label_table *table, int32_t label, int32_t *index) {
    if (label < MOST_DIRECT) return add_small(table, label, index);
    SEG_TRY(make_slots(table));
    uint64_t *slot = slot_of(table, label);
    if (*slot) {
        *index = (int32_t)(*slot & UINT32_MAX) - 1;
        return SEG_OK;
    }
    SEG_TRY(append(table, label, index));
    *slot = (uint64_t)label << 32 | (uint64_t)(*index + 1);
    table->slots_used++;
    return SEG_OK;
}

int32_t *seg_label_table_order(const seg_label_table *table) {
    const size_t count = (size_t)table->count;
    seg_scratch *scratch = table->scratch;
    seg_keyed *items = seg_scratch_take(scratch, count, sizeof *items, "sorted labels");
    seg_keyed *spare = seg_scratch_take(scratch, count, sizeof *spare, "sorted labels");
    int32_t *order = seg_scratch_take(scratch, count, sizeof *order, "sorted labels");
    if (!items || !spare || !order) return NULL;
    for (size_t i = 0; i < count; i++)
        items[i] = (seg_keyed){(uint64_t)table->ids[i], i};
    seg_sort(items, spare, count);
    for (size_t i = 0; i < count; i++)
        order[i] = (int32_t)items[i].value;
    return order;
}

seg_status seg_label_rows_init(seg_label_rows *rows, int32_t width, seg_scratch *scratch) {
    *rows = (seg_label_rows){.width = width, .kernels = seg_bits_kernels_get()};
    rows->starts = seg_scratch_take(scratch, (size_t)width + SEG_BITS_SLACK, sizeof *rows->starts,
                                    "runs of labels");
    rows->words = seg_scratch_take(scratch, (size_t)seg_bits_words(width), sizeof *rows->words,
                                   "runs of labels");
    return rows->starts && rows->words ? SEG_OK : SEG_ERROR_MEMORY;
}

int32_t seg_label_rows_split(seg_label_rows *rows, const int32_t *row) {
    rows->kernels->pack_changes(rows->words, row, rows->width);
    const int32_t count =
        rows->kernels->positions(rows->starts, rows->words, seg_bits_words(rows->width));
    rows->starts[count] = rows->width;
    return count;
}
