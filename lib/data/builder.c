#include "data/builder.h"

#include "core/check.h"
#include "core/memory.h"

#include <stdlib.h>
#include <string.h>

#define TEXT_BLOCK 65536
#define FIRST_SEQUENCES 64

seg_status seg_builder_init(seg_builder *b, const char *name, const seg_dataset_options *options,
                            const seg_env *env) {
    *b = (seg_builder){.name = name, .options = *options};
    b->store = seg_allocate_zeroed(env, 1, sizeof *b->store, "a data set");
    if (!b->store) return SEG_ERROR_MEMORY;
    if (env) b->store->env = *env;
    return SEG_OK;
}

static void store_free(struct seg_dataset_store *store) {
    if (!store) return;
    const seg_env env = store->env;
    for (int32_t i = 0; i < store->mask_count; i++)
        seg_rle_free(&store->masks[i], &env);
    seg_release(&env, store->masks);
    for (char *block = store->texts, *before; block; block = before) {
        memcpy(&before, block, sizeof before);
        seg_release(&env, block);
    }
    seg_release(&env, store);
}

void seg_builder_free(seg_builder *b) {
    if (!b->store) return;
    const seg_env env = b->store->env;
    seg_release(&env, b->pictures);
    seg_release(&env, b->categories);
    seg_release(&env, b->items);
    seg_release(&env, b->sequences);
    seg_release(&env, b->ids);
    store_free(b->store);
    *b = (seg_builder){0};
}

void seg_dataset_free(seg_dataset *data) {
    if (!data) return;
    if (data->store) {
        const seg_env env = data->store->env;
        seg_release(&env, data->pictures);
        seg_release(&env, data->instances);
        seg_release(&env, data->categories);
        store_free(data->store);
    }
    *data = (seg_dataset){0};
}

/* ---- texts ---- */

const char *seg_builder_text(seg_builder *b, const char *text) {
    struct seg_dataset_store *store = b->store;
    const size_t size = strlen(text) + 1;
    if (size == 1) return "";
    if (size > store->text_room - store->text_used) {
        const size_t room = sizeof(char *) + (size > TEXT_BLOCK ? size : TEXT_BLOCK);
        char *block = seg_allocate(&store->env, room, 1, "names");
        if (!block) return NULL;
        memcpy(block, &store->texts, sizeof store->texts);
        store->texts = block;
        store->text_used = sizeof store->texts;
        store->text_room = room;
    }
    char *copy = store->texts + store->text_used;
    memcpy(copy, text, size);
    store->text_used += size;
    return copy;
}

static uint32_t hash_of(const char *text) {
    uint32_t hash = 2166136261u;
    for (; *text; text++)
        hash = (hash ^ (unsigned char)*text) * 16777619u;
    return hash;
}

static const char **sequence_slot(const seg_builder *b, const char *text) {
    for (uint32_t at = hash_of(text);; at++) {
        const char **slot = &b->sequences[at & (b->sequence_room - 1)];
        if (!*slot || strcmp(*slot, text) == 0) return slot;
    }
}

static seg_status widen_sequences(seg_builder *b) {
    if (2 * (uint64_t)b->sequence_count < b->sequence_room) return SEG_OK;
    const char **old = b->sequences;
    const uint32_t old_room = b->sequence_room;
    const uint32_t room = old_room ? 2 * old_room : FIRST_SEQUENCES;
    if (!room) return seg_fail(SEG_ERROR_LIMIT, "%s: more than 2^31 sequences", b->name);
    const char **larger = seg_allocate(&b->store->env, room, sizeof *larger, "names of sequences");
    if (!larger) return SEG_ERROR_MEMORY;
    for (uint32_t i = 0; i < room; i++)
        larger[i] = NULL;
    b->sequences = larger;
    b->sequence_room = room;
    for (uint32_t i = 0; i < old_room; i++)
        if (old[i]) *sequence_slot(b, old[i]) = old[i];
    seg_release(&b->store->env, old);
    return SEG_OK;
}

const char *seg_builder_intern(seg_builder *b, const char *text) {
    if (!*text) return "";
    if (widen_sequences(b) < 0) return NULL;
    const char **slot = sequence_slot(b, text);
    if (!*slot) {
        *slot = seg_builder_text(b, text);
        b->sequence_count += *slot != NULL;
    }
    return *slot;
}

/* ---- lists ---- */

static seg_status grow(seg_builder *b, void **array, int32_t *capacity, int32_t count,
                       size_t size) {
    if (count == INT32_MAX) return seg_fail(SEG_ERROR_LIMIT, "%s: more than 2^31 items", b->name);
    return seg_grow(array, capacity, count, count + 1, size, b->store->env.allocator);
}

seg_status seg_builder_add_picture(seg_builder *b, const seg_dataset_picture *picture) {
    SEG_TRY(grow(b, (void **)&b->pictures, &b->picture_capacity, b->picture_count,
                 sizeof *b->pictures));
    b->pictures[b->picture_count++] = *picture;
    return SEG_OK;
}

seg_status seg_builder_add_category(seg_builder *b, const seg_dataset_category *category) {
    SEG_TRY(grow(b, (void **)&b->categories, &b->category_capacity, b->category_count,
                 sizeof *b->categories));
    b->categories[b->category_count++] = *category;
    return SEG_OK;
}

seg_status seg_builder_add_mask(seg_builder *b, seg_rle *mask, int32_t *number) {
    struct seg_dataset_store *store = b->store;
    const seg_status status = grow(b, (void **)&store->masks, &store->mask_capacity,
                                   store->mask_count, sizeof *store->masks);
    if (status < 0) {
        seg_rle_free(mask, &store->env);
        return status;
    }
    *number = store->mask_count;
    store->masks[store->mask_count++] = *mask;
    *mask = (seg_rle){0};
    return SEG_OK;
}

seg_status seg_builder_add_item(seg_builder *b, const seg_builder_item *item) {
    SEG_TRY(grow(b, (void **)&b->items, &b->item_capacity, b->item_count, sizeof *b->items));
    b->items[b->item_count] = *item;
    b->items[b->item_count].order = b->item_count;
    b->item_count++;
    return SEG_OK;
}

seg_status seg_builder_reserve_items(seg_builder *b, int32_t count) {
    return seg_grow((void **)&b->items, &b->item_capacity, b->item_count, count, sizeof *b->items,
                    b->store->env.allocator);
}

seg_status seg_builder_add_id(seg_builder *b, int64_t id) {
    SEG_TRY(grow(b, (void **)&b->ids, &b->id_capacity, b->id_count, sizeof *b->ids));
    b->ids[b->id_count++] = id;
    return SEG_OK;
}

seg_status seg_builder_copy_truth(seg_builder *b, const seg_dataset *truth) {
    for (int32_t i = 0; i < truth->picture_count; i++) {
        seg_dataset_picture picture = truth->pictures[i];
        picture.sequence = seg_builder_intern(b, picture.sequence);
        picture.name = seg_builder_text(b, picture.name);
        picture.labels = "";
        if (!picture.sequence || !picture.name) return SEG_ERROR_MEMORY;
        SEG_TRY(seg_builder_add_picture(b, &picture));
    }
    for (int32_t i = 0; i < truth->category_count; i++) {
        seg_dataset_category category = truth->categories[i];
        category.name = seg_builder_text(b, category.name);
        if (!category.name) return SEG_ERROR_MEMORY;
        SEG_TRY(seg_builder_add_category(b, &category));
    }
    return SEG_OK;
}

/* ---- order ---- */

static int compare_keys(const char *sequence_a, int64_t id_a, const char *sequence_b,
                        int64_t id_b) {
    const int order = sequence_a == sequence_b ? 0 : strcmp(sequence_a, sequence_b);
    return order ? order : (id_a > id_b) - (id_a < id_b);
}

static int compare_pictures(const void *a, const void *b) {
    const seg_dataset_picture *p = a, *q = b;
    return compare_keys(p->sequence, p->id, q->sequence, q->id);
}

static int compare_categories(const void *a, const void *b) {
    const seg_dataset_category *p = a, *q = b;
    return (p->id > q->id) - (p->id < q->id);
}

static int compare_items(const void *a, const void *b) {
    const seg_builder_item *p = a, *q = b;
    const int order = compare_keys(p->sequence, p->picture, q->sequence, q->picture);
    return order ? order : p->order - q->order;
}

seg_status seg_builder_sort_pictures(seg_builder *b) {
    if (!b->picture_count) return SEG_OK;
    qsort(b->pictures, (size_t)b->picture_count, sizeof *b->pictures, compare_pictures);
    for (int32_t i = 1; i < b->picture_count; i++)
        if (compare_pictures(&b->pictures[i - 1], &b->pictures[i]) == 0)
            return seg_fail(SEG_ERROR_DATA, "%s: two pictures have the id %lld", b->name,
                            (long long)b->pictures[i].id);
    return SEG_OK;
}

seg_status seg_builder_sort_categories(seg_builder *b) {
    if (!b->category_count) return SEG_OK;
    qsort(b->categories, (size_t)b->category_count, sizeof *b->categories, compare_categories);
    for (int32_t i = 1; i < b->category_count; i++)
        if (b->categories[i - 1].id == b->categories[i].id)
            return seg_fail(SEG_ERROR_DATA, "%s: two categories have the id %ld", b->name,
                            (long)b->categories[i].id);
    return SEG_OK;
}

static const seg_dataset_picture *find_picture(const seg_dataset_picture *pictures, int32_t count,
                                               const char *sequence, int64_t id) {
    const seg_dataset_picture wanted = {.sequence = sequence, .id = id};
    return count ? bsearch(&wanted, pictures, (size_t)count, sizeof *pictures, compare_pictures)
                 : NULL;
}

static const seg_dataset_category *find_category(const seg_dataset_category *categories,
                                                 int32_t count, int32_t id) {
    const seg_dataset_category wanted = {.id = id};
    return count
               ? bsearch(&wanted, categories, (size_t)count, sizeof *categories, compare_categories)
               : NULL;
}

seg_dataset_picture *seg_builder_find_picture(seg_builder *b, int64_t id) {
    return (seg_dataset_picture *)find_picture(b->pictures, b->picture_count, "", id);
}

const seg_dataset_category *seg_builder_find_category(const seg_builder *b, int32_t id) {
    return find_category(b->categories, b->category_count, id);
}

const seg_dataset_picture *seg_dataset_find(const seg_dataset *data, const char *sequence,
                                            int64_t id) {
    return data ? find_picture(data->pictures, data->picture_count, sequence ? sequence : "", id)
                : NULL;
}

const seg_dataset_category *seg_dataset_category_find(const seg_dataset *data, int32_t id) {
    return data ? find_category(data->categories, data->category_count, id) : NULL;
}

/* ---- the end ---- */

/* Adds the pictures that items name and the file does not; items and pictures are sorted. */
static seg_status make_pictures(seg_builder *b) {
    const int32_t declared = b->picture_count;
    for (int32_t i = 0; i < b->item_count; i++) {
        const seg_builder_item *item = &b->items[i];
        if (i && compare_keys(b->items[i - 1].sequence, b->items[i - 1].picture, item->sequence,
                              item->picture) == 0)
            continue;
        if (find_picture(b->pictures, declared, item->sequence, item->picture)) continue;
        const seg_dataset_picture picture = {.sequence = item->sequence,
                                             .id = item->picture,
                                             .name = "",
                                             .labels = "",
                                             .width = b->options.width,
                                             .height = b->options.height};
        SEG_TRY(seg_builder_add_picture(b, &picture));
    }
    return seg_builder_sort_pictures(b);
}

/* Deals the sorted items out to the sorted pictures. Instances take the place of the items, each of
 * which is larger, so that the two are not in memory together. */
static void deal_items(seg_dataset *data, seg_builder *b) {
    unsigned char *instances = (unsigned char *)b->items;
    int32_t at = 0;
    for (int32_t i = 0; i < b->picture_count; i++) {
        seg_dataset_picture *picture = &b->pictures[i];
        picture->first = at;
        picture->count = 0;
        for (; at < b->item_count; at++, picture->count++) {
            seg_builder_item item = b->items[at];
            if (compare_keys(item.sequence, item.picture, picture->sequence, picture->id)) break;
            if (item.mask >= 0) {
                const seg_rle *mask = &b->store->masks[item.mask];
                item.instance.mask = mask;
                picture->width = mask->width;
                picture->height = mask->height;
            }
            memcpy(instances + (size_t)at * sizeof item.instance, &item.instance,
                   sizeof item.instance);
        }
    }
    data->instances = (seg_instance *)b->items;
    b->items = NULL;
}

static int compare_ids(const void *a, const void *b) {
    const seg_builder_item *const *p = a, *const *q = b;
    const int32_t x = (*p)->instance.id, y = (*q)->instance.id;
    return x != y ? (x > y) - (x < y) : (*p)->order - (*q)->order;
}

static seg_status check_unique(const seg_builder *b, int32_t free_id) {
    const seg_builder_item **row =
        seg_allocate(&b->store->env, (size_t)b->item_count, sizeof *row, "ids of instances");
    if (!row) return SEG_ERROR_MEMORY;
    seg_status status = SEG_OK;
    for (int32_t first = 0, end = 0; status >= 0 && first < b->item_count; first = end) {
        const seg_builder_item *head = &b->items[first];
        for (; end < b->item_count; end++) {
            const seg_builder_item *item = &b->items[end];
            if (compare_keys(head->sequence, head->picture, item->sequence, item->picture)) break;
            row[end - first] = item;
        }
        qsort(row, (size_t)(end - first), sizeof *row, compare_ids);
        for (int32_t i = 1; status >= 0 && i < end - first; i++)
            if (row[i]->instance.id == row[i - 1]->instance.id && row[i]->instance.id != free_id)
                status = seg_fail(SEG_ERROR_DATA, "%s:%ld: frame %lld has id %ld twice (line %ld)",
                                  b->name, (long)row[i]->line, (long long)row[i]->picture,
                                  (long)row[i]->instance.id, (long)row[i - 1]->line);
    }
    seg_release(&b->store->env, row);
    return status;
}

seg_status seg_builder_finish(seg_dataset *data, seg_builder *b, bool unique_ids, int32_t free_id) {
    const seg_env *env = &b->store->env;
    if (b->item_count) qsort(b->items, (size_t)b->item_count, sizeof *b->items, compare_items);
    SEG_TRY(seg_builder_sort_pictures(b));
    SEG_TRY(make_pictures(b));
    if (unique_ids) SEG_TRY(check_unique(b, free_id));
    *data = (seg_dataset){.pictures = b->pictures,
                          .picture_count = b->picture_count,
                          .instance_count = b->item_count,
                          .categories = b->categories,
                          .category_count = b->category_count};
    deal_items(data, b);
    data->store = b->store;
    seg_release(env, b->sequences);
    seg_release(env, b->ids);
    *b = (seg_builder){0};
    return SEG_OK;
}
