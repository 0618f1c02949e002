/*
 * Run lengths of masks in COCO's order: column by column, runs of 0 and of 1 in turn, the first
 * one of zeros (perhaps of length 0).
 *
 * Pictures lie row by row, run lengths column by column. Between them stand the places where a
 * column turns on or off, going down: they are found by comparing each row with the one above and
 * brought into the other order by counting, so that both sides are read in the order of memory.
 *
 * Cost: encoding reads the box once; decoding writes the picture once; all else is linear in the
 * number of runs.
 */
#include "geometry/rle.h"

#include "core/check.h"
#include "core/memory.h"
#include "imgproc/sort.h"
#include "kernels/bits.h"

#include <string.h>

seg_status seg_rle_begin(seg_rle *rle, int32_t width, int32_t height) {
    *rle = (seg_rle){NULL, 0, width, height};
    if (width < 1 || height < 1)
        return seg_fail(SEG_ERROR_ARGUMENT, "a mask of %ld x %ld pixels (at least 1 x 1)",
                        (long)width, (long)height);
    if ((uint64_t)width * (uint64_t)height > UINT32_MAX)
        return seg_fail(SEG_ERROR_LIMIT,
                        "a mask of %ld x %ld pixels (run lengths are 32-bit: at most 2^32 - 1)",
                        (long)width, (long)height);
    return SEG_OK;
}

static uint32_t pixels_of(const seg_rle *rle) {
    return (uint32_t)rle->width * (uint32_t)rle->height;
}

seg_status seg_rle_from_turns(seg_rle *rle, uint32_t *turns, int32_t count, const seg_env *env) {
    int32_t kept = 0;
    for (int32_t i = 0; i < count; i++) {
        if (kept && turns[kept - 1] == turns[i])
            kept--;
        else
            turns[kept++] = turns[i];
    }
    const uint32_t all = pixels_of(rle);
    const bool ends = kept && turns[kept - 1] == all; /* in a run of ones */
    rle->count = kept + !ends;
    rle->counts = seg_allocate(env, (size_t)rle->count, sizeof *rle->counts, "run lengths");
    if (!rle->counts) return SEG_ERROR_MEMORY;
    uint32_t last = 0;
    for (int32_t i = 0; i < kept; i++) {
        rle->counts[i] = turns[i] - last;
        last = turns[i];
    }
    if (!ends) rle->counts[kept] = all - last;
    return SEG_OK;
}

seg_status seg_rle_from_counts(seg_rle *rle, const uint32_t *counts, int32_t count, int32_t width,
                               int32_t height, const seg_env *env) {
    if (!rle || !counts)
        return seg_fail(SEG_ERROR_ARGUMENT, "%s is missing (NULL)", rle ? "counts" : "rle");
    SEG_TRY(seg_rle_begin(rle, width, height));
    uint64_t sum = 0;
    for (int32_t i = 0; i < count; i++)
        sum += counts[i];
    if (count < 1 || sum != pixels_of(rle))
        return seg_fail(SEG_ERROR_DATA, "run lengths add up to %llu (%ld x %ld pixels are %lu)",
                        (unsigned long long)sum, (long)width, (long)height,
                        (unsigned long)pixels_of(rle));
    uint32_t *turns = seg_allocate(env, (size_t)count, sizeof *turns, "run lengths");
    if (!turns) return SEG_ERROR_MEMORY;
    uint32_t end = 0;
    for (int32_t i = 0; i < count; i++)
        turns[i] = end += counts[i];
    /* where the last run ends, the picture does, whatever its colour */
    const seg_status status = seg_rle_from_turns(rle, turns, count - 1, env);
    seg_release(env, turns);
    return status;
}

void seg_rle_free(seg_rle *rle, const seg_env *env) {
    if (!rle) return;
    seg_release(env, rle->counts);
    *rle = (seg_rle){0};
}

/* ---- from a picture ---- */

typedef struct encoder {
    const seg_bits_kernels *kernels;
    seg_rect box;
    uint64_t *row, *change; /* pixels of the label in a row of the box; against the row above */
    int32_t *columns;       /* that change */
    seg_point *turns;       /* where a column turns, row by row; y may be just below the box */
    int32_t count, capacity;
    seg_scratch scratch;
} encoder;

static seg_status encoder_init(encoder *e, const seg_rect *box, const seg_env *env) {
    *e = (encoder){.kernels = seg_bits_kernels_get(), .box = *box};
    seg_scratch_init(&e->scratch, env);
    const size_t words = (size_t)seg_bits_words(box->width);
    e->row = seg_scratch_take(&e->scratch, words, sizeof *e->row, "a row of bits");
    e->change = seg_scratch_take(&e->scratch, words, sizeof *e->change, "a row of bits");
    e->columns = seg_scratch_take(&e->scratch, (size_t)box->width + SEG_BITS_SLACK,
                                  sizeof *e->columns, "columns");
    if (!e->row || !e->change || !e->columns) return SEG_ERROR_MEMORY;
    memset(e->row, 0, words * sizeof *e->row);
    return SEG_OK;
}

static void encoder_free(encoder *e) {
    seg_release(&e->scratch.env, e->turns);
    seg_scratch_free(&e->scratch);
}

/* `change` is what row y differs in from the one above. */
static seg_status add_turns(encoder *e, int32_t y) {
    const int32_t found =
        e->kernels->positions(e->columns, e->change, seg_bits_words(e->box.width));
    if (found > INT32_MAX - e->count) return seg_fail(SEG_ERROR_LIMIT, "more than 2^31 runs");
    SEG_TRY(seg_grow((void **)&e->turns, &e->capacity, e->count, e->count + found, sizeof *e->turns,
                     e->scratch.env.allocator));
    for (int32_t i = 0; i < found; i++)
        e->turns[e->count++] = (seg_point){e->columns[i], y};
    return SEG_OK;
}

static seg_status find_turns(encoder *e, const seg_image *labels, int32_t id) {
    const int32_t words = seg_bits_words(e->box.width), end = e->box.y + e->box.height;
    for (int32_t y = e->box.y; y < end; y++) {
        const int32_t *row = (const int32_t *)seg_image_row(labels, y) + e->box.x;
        e->kernels->pack_equal(e->change, row, e->box.width, id);
        for (int32_t i = 0; i < words; i++) {
            const uint64_t here = e->change[i];
            e->change[i] ^= e->row[i];
            e->row[i] = here;
        }
        SEG_TRY(add_turns(e, y));
    }
    uint64_t *last = e->row; /* all that is on ends with the box */
    e->row = e->change;
    e->change = last;
    return add_turns(e, end);
}

/* The turns came row by row: counts those of each column, then puts them there in turn. */
static seg_status order_turns(uint32_t *ordered, encoder *e, int32_t height) {
    const size_t columns = (size_t)e->box.width;
    int32_t *next = seg_scratch_take(&e->scratch, columns + 1, sizeof *next, "ends of columns");
    if (!next) return SEG_ERROR_MEMORY;
    memset(next, 0, (columns + 1) * sizeof *next);
    for (int32_t i = 0; i < e->count; i++)
        next[e->turns[i].x + 1]++;
    for (size_t x = 0; x < columns; x++)
        next[x + 1] += next[x];
    for (int32_t i = 0; i < e->count; i++) {
        const seg_point turn = e->turns[i];
        const uint32_t column = (uint32_t)(turn.x + e->box.x);
        ordered[next[turn.x]++] = column * (uint32_t)height + (uint32_t)turn.y;
    }
    return SEG_OK;
}

static seg_status encode(seg_rle *rle, encoder *e, const seg_image *labels, int32_t id) {
    SEG_TRY(find_turns(e, labels, id));
    uint32_t *ordered =
        seg_scratch_take(&e->scratch, (size_t)e->count, sizeof *ordered, "ends of runs");
    if (!ordered) return SEG_ERROR_MEMORY;
    SEG_TRY(order_turns(ordered, e, labels->height));
    return seg_rle_from_turns(rle, ordered, e->count, &e->scratch.env);
}

seg_status seg_rle_encode(seg_rle *rle, const seg_image *labels, int32_t id, const seg_rect *box,
                          const seg_env *env) {
    if (!rle) return seg_fail(SEG_ERROR_ARGUMENT, "rle is missing (NULL)");
    *rle = (seg_rle){0};
    SEG_TRY(seg_check_image(labels, "labels", SEG_FORMAT_BIT(SEG_LABEL32), SEG_CHANNELS_1));
    const seg_rect whole = {0, 0, labels->width, labels->height};
    if (!box) box = &whole;
    if (box->x < 0 || box->y < 0 || box->width < 0 || box->height < 0 ||
        box->width > labels->width - box->x || box->height > labels->height - box->y)
        return seg_fail(SEG_ERROR_ARGUMENT,
                        "box %ld,%ld,%ld,%ld is not inside the picture of %ld x %ld", (long)box->x,
                        (long)box->y, (long)box->width, (long)box->height, (long)labels->width,
                        (long)labels->height);
    SEG_TRY(seg_rle_begin(rle, labels->width, labels->height));
    encoder e;
    seg_status status = encoder_init(&e, box, env);
    if (status >= 0) status = encode(rle, &e, labels, id);
    encoder_free(&e);
    return status;
}

/* ---- to a picture ---- */

seg_status seg_rle_check(const seg_rle *rle, const char *name) {
    if (!rle || !rle->counts || rle->count < 1)
        return seg_fail(SEG_ERROR_DATA, "%s has no run lengths", name);
    if (rle->width < 1 || rle->height < 1 ||
        (uint64_t)rle->width * (uint64_t)rle->height > UINT32_MAX)
        return seg_fail(SEG_ERROR_DATA,
                        "%s is of %ld x %ld pixels (allowed: 1 x 1 to 2^32 - 1 together)", name,
                        (long)rle->width, (long)rle->height);
    uint64_t sum = 0;
    for (int32_t i = 0; i < rle->count; i++)
        sum += rle->counts[i];
    if (sum == pixels_of(rle)) return SEG_OK;
    return seg_fail(SEG_ERROR_DATA,
                    "the run lengths of %s add up to %llu (%ld x %ld pixels are %lu)", name,
                    (unsigned long long)sum, (long)rle->width, (long)rle->height,
                    (unsigned long)pixels_of(rle));
}

/* Calls `turn` for each place where a column turns, going down, but not below the picture. */
static void each_turn(const seg_rle *rle, void (*turn)(void *user, int32_t x, int32_t y),
                      void *user) {
    const uint32_t height = (uint32_t)rle->height;
    uint32_t end = 0;
    for (int32_t i = 0; i < rle->count; i++) {
        const uint32_t first = end;
        end += rle->counts[i];
        if (i % 2 == 0 || first == end) continue;
        turn(user, (int32_t)(first / height), (int32_t)(first % height));
        for (uint32_t x = first / height + 1; x <= (end - 1) / height; x++)
            turn(user, (int32_t)x, 0);
        if (end % height) turn(user, (int32_t)(end / height), (int32_t)(end % height));
    }
}

typedef struct turn_table {
    uint32_t *next; /* per row, and one more: where its turns go */
    int32_t *xs;
} turn_table;

static void count_turn(void *user, int32_t x, int32_t y) {
    (void)x;
    ((turn_table *)user)->next[y + 1]++;
}

static void put_turn(void *user, int32_t x, int32_t y) {
    turn_table *table = user;
    table->xs[table->next[y]++] = x;
}

static void paint(const seg_image *mask, uint8_t *state, const turn_table *table) {
    memset(state, 0, (size_t)mask->width);
    uint32_t at = 0;
    for (int32_t y = 0; y < mask->height; y++) {
        for (; at < table->next[y]; at++) /* the turns are in place: next is where they end */
            state[table->xs[at]] ^= 255;
        memcpy(seg_image_row(mask, y), state, (size_t)mask->width);
    }
}

static seg_status decode(const seg_image *mask, const seg_rle *rle, const seg_env *env) {
    turn_table table = {0};
    uint8_t *state = seg_allocate(env, (size_t)rle->width, 1, "a row of a mask");
    table.next =
        seg_allocate_zeroed(env, (size_t)rle->height + 1, sizeof *table.next, "places of rows");
    if (state && table.next) {
        each_turn(rle, count_turn, &table);
        for (int32_t y = 0; y < rle->height; y++)
            table.next[y + 1] += table.next[y];
        table.xs = seg_allocate(env, table.next[rle->height], sizeof *table.xs, "turns of a mask");
    }
    if (table.xs) {
        each_turn(rle, put_turn, &table);
        paint(mask, state, &table);
    }
    const seg_status status = table.xs ? SEG_OK : SEG_ERROR_MEMORY;
    seg_release(env, state);
    seg_release(env, table.next);
    seg_release(env, table.xs);
    return status;
}

seg_status seg_rle_decode(seg_image *mask, const seg_rle *rle, const seg_env *env) {
    if (!mask) return seg_fail(SEG_ERROR_ARGUMENT, "mask is missing (NULL)");
    SEG_TRY(seg_rle_check(rle, "rle"));
    SEG_TRY(seg_image_ensure(mask, rle->width, rle->height, SEG_U8, 1, env));
    mask->colour = SEG_COLOUR_DATA;
    return decode(mask, rle, env);
}

/* ---- measures ---- */

int64_t seg_rle_area(const seg_rle *rle) {
    int64_t area = 0;
    for (int32_t i = 1; i < rle->count; i += 2)
        area += rle->counts[i];
    return area;
}

seg_rect seg_rle_box(const seg_rle *rle) {
    const uint64_t height = rle->height > 0 ? (uint64_t)rle->height : 1;
    uint64_t end = 0, left = UINT64_MAX, right = 0, top = UINT64_MAX, bottom = 0;
    for (int32_t i = 0; i < rle->count; i++) {
        const uint64_t first = end;
        end += rle->counts[i];
        if (i % 2 == 0 || first == end) continue;
        const uint64_t x0 = first / height, x1 = (end - 1) / height;
        const uint64_t y0 = x0 < x1 ? 0 : first % height;
        const uint64_t y1 = x0 < x1 ? height - 1 : (end - 1) % height;
        if (left == UINT64_MAX) left = x0;
        right = x1;
        if (y0 < top) top = y0;
        if (y1 > bottom) bottom = y1;
    }
    if (left == UINT64_MAX) return (seg_rect){0, 0, 0, 0};
    return (seg_rect){(int32_t)left, (int32_t)top, (int32_t)(right - left + 1),
                      (int32_t)(bottom - top + 1)};
}

/* The runs of ones, one after the other. */
typedef struct run_reader {
    const seg_rle *rle;
    int32_t next;        /* index of the zeros before the next run */
    uint64_t first, end; /* of the current run, in column order */
} run_reader;

static bool next_run(run_reader *reader) {
    do {
        if (reader->next + 1 >= reader->rle->count) return false;
        reader->first = reader->end + reader->rle->counts[reader->next];
        reader->end = reader->first + reader->rle->counts[reader->next + 1];
        reader->next += 2;
    } while (reader->first == reader->end);
    return true;
}

int64_t seg_rle_intersection(const seg_rle *a, const seg_rle *b) {
    if (a->width != b->width || a->height != b->height) return 0;
    run_reader ra = {.rle = a}, rb = {.rle = b};
    bool more = next_run(&ra) && next_run(&rb);
    int64_t common = 0;
    while (more) {
        const uint64_t first = ra.first > rb.first ? ra.first : rb.first;
        const uint64_t end = ra.end < rb.end ? ra.end : rb.end;
        if (first < end) common += (int64_t)(end - first);
        more = next_run(ra.end <= rb.end ? &ra : &rb);
    }
    return common;
}

double seg_rle_iou(const seg_rle *a, const seg_rle *b, bool crowd) {
    const int64_t common = seg_rle_intersection(a, b), own = seg_rle_area(a);
    const int64_t whole = crowd ? own : own + seg_rle_area(b) - common;
    return common ? (double)common / (double)whole : 0;
}

/* ---- several masks ---- */

/* Where runs begin and end, ascending: the value says which. */
static seg_keyed *sorted_ends(const seg_rle *masks, int32_t count, size_t *end_count,
                              const seg_env *env) {
    size_t room = 0, used = 0;
    for (int32_t i = 0; i < count; i++)
        room += (size_t)masks[i].count + 1;
    seg_keyed *ends = seg_allocate(env, 2 * room, sizeof *ends, "ends of runs");
    if (!ends) return NULL;
    for (int32_t i = 0; i < count; i++) {
        run_reader reader = {.rle = &masks[i]};
        while (next_run(&reader)) {
            ends[used++] = (seg_keyed){reader.first, true};
            ends[used++] = (seg_keyed){reader.end, false};
        }
    }
    seg_sort(ends, ends + room, used);
    *end_count = used;
    return ends;
}

static seg_status merge(seg_rle *rle, const seg_keyed *ends, size_t end_count, int32_t least,
                        const seg_env *env) {
    uint32_t *turns = seg_allocate(env, end_count, sizeof *turns, "ends of runs");
    if (!turns) return SEG_ERROR_MEMORY;
    int32_t turn_count = 0, cover = 0;
    for (size_t i = 0; i < end_count;) {
        const uint64_t place = ends[i].key;
        const bool was = cover >= least;
        for (; i < end_count && ends[i].key == place; i++)
            cover += ends[i].value ? 1 : -1;
        if (was != (cover >= least)) turns[turn_count++] = (uint32_t)place;
    }
    const seg_status status = seg_rle_from_turns(rle, turns, turn_count, env);
    seg_release(env, turns);
    return status;
}

seg_status seg_rle_merge(seg_rle *rle, const seg_rle *masks, int32_t count, int32_t least,
                         const seg_env *env) {
    if (!rle || !masks)
        return seg_fail(SEG_ERROR_ARGUMENT, "%s is missing (NULL)", rle ? "masks" : "rle");
    *rle = (seg_rle){0};
    if (count < 1 || least < 1)
        return seg_fail(SEG_ERROR_ARGUMENT, "%s is %ld (at least 1)", count < 1 ? "count" : "least",
                        (long)(count < 1 ? count : least));
    for (int32_t i = 0; i < count; i++) {
        SEG_TRY(seg_rle_check(&masks[i], "a mask"));
        if (masks[i].width != masks[0].width || masks[i].height != masks[0].height)
            return seg_fail(SEG_ERROR_SHAPE, "mask %ld is of %ld x %ld (it must be %ld x %ld)",
                            (long)i, (long)masks[i].width, (long)masks[i].height,
                            (long)masks[0].width, (long)masks[0].height);
    }
    SEG_TRY(seg_rle_begin(rle, masks[0].width, masks[0].height));
    size_t end_count = 0;
    seg_keyed *ends = sorted_ends(masks, count, &end_count, env);
    if (!ends) return SEG_ERROR_MEMORY;
    const seg_status status = merge(rle, ends, end_count, least, env);
    seg_release(env, ends);
    return status;
}
