/* A data set while it is read: pictures and instances in any order. */
#ifndef SEG_DATA_BUILDER_H
#define SEG_DATA_BUILDER_H

#include <segment/data.h>

#define SEG_FURTHEST 1e8 /* coordinates, pixels: as seg_rle_from_polygons takes them */

/** An instance and where it belongs. */
typedef struct seg_builder_item {
    seg_instance instance;
    const char *sequence; /* interned: equal texts are one address */
    int64_t picture;      /* id of its picture */
    int32_t mask;         /* number of its mask, -1 = none */
    int32_t line;         /* of the file, from 1; 0 where there are no lines */
    int32_t order;        /* set by seg_builder_add_item */
} seg_builder_item;

struct seg_dataset_store {
    seg_env env;
    char *texts; /* the newest block of texts; its first bytes are the address of the one before */
    size_t text_used, text_room;
    seg_rle *masks;
    int32_t mask_count, mask_capacity;
};

typedef struct seg_builder {
    const char *name; /* of the file, for messages */
    seg_dataset_options options;
    struct seg_dataset_store *store;
    seg_dataset_picture *pictures;
    int32_t picture_count, picture_capacity;
    seg_dataset_category *categories;
    int32_t category_count, category_capacity;
    seg_builder_item *items;
    int32_t item_count, item_capacity;
    int64_t *ids; /* of annotations, in the order of the file */
    int32_t id_count, id_capacity;
    bool closed;            /* items may only name pictures that are there */
    const char **sequences; /* interned; open addressing, NULL = free */
    uint32_t sequence_room, sequence_count;
} seg_builder;

/** Errors: SEG_ERROR_MEMORY. */
SEG_NODISCARD seg_status seg_builder_init(seg_builder *b, const char *name,
                                          const seg_dataset_options *options, const seg_env *env);

/** Releases everything that was not handed over. */
void seg_builder_free(seg_builder *b);

/** A copy of a text that lives as long as the data set; NULL without memory. */
const char *seg_builder_text(seg_builder *b, const char *text);

/** The same, and equal texts give the same address. */
const char *seg_builder_intern(seg_builder *b, const char *text);

/** Adds a picture; its texts must live as long as the data set. */
SEG_NODISCARD seg_status seg_builder_add_picture(seg_builder *b,
                                                 const seg_dataset_picture *picture);
SEG_NODISCARD seg_status seg_builder_add_category(seg_builder *b,
                                                  const seg_dataset_category *category);

/** Takes over the mask, also on error. */
SEG_NODISCARD seg_status seg_builder_add_mask(seg_builder *b, seg_rle *mask, int32_t *number);
SEG_NODISCARD seg_status seg_builder_add_item(seg_builder *b, const seg_builder_item *item);
/** Room for so many items: a list that grows needs two and a half times as much for a moment. */
SEG_NODISCARD seg_status seg_builder_reserve_items(seg_builder *b, int32_t count);
SEG_NODISCARD seg_status seg_builder_add_id(seg_builder *b, int64_t id);

/** Pictures and categories as those of another data set, without its instances. */
SEG_NODISCARD seg_status seg_builder_copy_truth(seg_builder *b, const seg_dataset *truth);

/** Puts pictures in order, categories too; no two may have one id. Errors: SEG_ERROR_DATA. */
SEG_NODISCARD seg_status seg_builder_sort_pictures(seg_builder *b);
SEG_NODISCARD seg_status seg_builder_sort_categories(seg_builder *b);

/** Among sorted ones: of that id without sequence; NULL = none. */
seg_dataset_picture *seg_builder_find_picture(seg_builder *b, int64_t id);
const seg_dataset_category *seg_builder_find_category(const seg_builder *b, int32_t id);

/**
 * Hands the data set over. Pictures that only items name are made. `unique_ids`: no picture may
 * have two instances of one id other than `free_id`. Errors: SEG_ERROR_DATA, SEG_ERROR_MEMORY.
 */
SEG_NODISCARD seg_status seg_builder_finish(seg_dataset *data, seg_builder *b, bool unique_ids,
                                            int32_t free_id);

/* ---- the formats ---- */

SEG_NODISCARD seg_status seg_data_read_coco(seg_builder *b, const char *text, size_t size);
SEG_NODISCARD seg_status seg_data_read_mot(seg_builder *b, const char *text, size_t size);
SEG_NODISCARD seg_status seg_data_read_mots(seg_builder *b, const char *text, size_t size);
SEG_NODISCARD seg_status seg_data_read_kitti(seg_builder *b, const char *text, size_t size);
SEG_NODISCARD seg_status seg_data_read_objects(seg_builder *b, const char *text, size_t size);

#endif
