/* What is read of COCO's JSON both as instances to be scored and as labels of samples. */
#ifndef SEG_DATA_COCO_H
#define SEG_DATA_COCO_H

#include "data/builder.h"
#include "data/json_list.h"

/** Elements of `images` and `categories`; `user` is a seg_builder. */
SEG_NODISCARD seg_status seg_coco_read_image(void *user, const json_t *from,
                                             const seg_json_place *at);
SEG_NODISCARD seg_status seg_coco_read_category(void *user, const json_t *from,
                                                const seg_json_place *at);

/** The picture that an annotation belongs to; NULL where none are named. */
SEG_NODISCARD seg_status seg_coco_find_picture(seg_dataset_picture **picture, int64_t *id,
                                               seg_builder *b, const json_t *from,
                                               const seg_json_place *at);

/** Its category, which must be one of those named, if any are. */
SEG_NODISCARD seg_status seg_coco_find_category(seg_instance *instance, const seg_builder *b,
                                                const json_t *from, const seg_json_place *at);

/** No two annotations may have one id. */
SEG_NODISCARD seg_status seg_coco_check_ids(seg_builder *b);

#endif
