/* What is the same for all methods that part a picture into regions. */
#include "region/partition.h"

#include "core/frame_picture.h"

/* Labels and the indices of edges between pixels are 32 bits wide. */
#define MOST_PIXELS (1 << 30)

static seg_status run_checked(const seg_image *labels, int32_t *regions, const seg_image *picture,
                              const seg_image *ignore, const void *options, seg_partition_run run,
                              seg_scratch *scratch) {
    seg_image blocked;
    if ((int64_t)picture->width * picture->height > MOST_PIXELS)
        return seg_fail(SEG_ERROR_LIMIT, "the picture is %ld x %ld (at most 2^30 pixels)",
                        (long)picture->width, (long)picture->height);
    SEG_TRY(seg_picture_blocked(&blocked, picture, ignore, scratch));
    return run(labels, regions, picture, &blocked, options, scratch);
}

seg_status seg_partition_picture(seg_image *labels, int32_t *regions, const seg_image *picture,
                                 const seg_image *ignore, const void *options,
                                 const seg_param_table *params, seg_partition_run run,
                                 const seg_env *env) {
    if (options) SEG_TRY(seg_params_check(options, params));
    SEG_TRY(seg_check_image(picture, "picture", SEG_ANY_PICTURE, SEG_CHANNELS_ANY));
    SEG_TRY(seg_check_mask(ignore, "ignore", picture->width, picture->height));
    SEG_TRY(seg_image_ensure(labels, picture->width, picture->height, SEG_LABEL32, 1, env));
    void *defaults = NULL;
    if (!options) {
        defaults = seg_allocate(env, 1, params->options_size, "options");
        if (!defaults) return SEG_ERROR_MEMORY;
        seg_params_init(defaults, params);
    }
    seg_scratch scratch;
    int32_t count = 0;
    seg_scratch_init(&scratch, env);
    const seg_status status =
        run_checked(labels, &count, picture, ignore, options ? options : defaults, run, &scratch);
    seg_scratch_free(&scratch);
    seg_release(env, defaults);
    if (status >= 0 && regions) *regions = count;
    return status;
}

seg_status seg_partition_frame(void *state, const seg_frame *frame, seg_result *result,
                               seg_partition_run run) {
    seg_still *still = seg_still_begin(state);
    const seg_image *picture = seg_frame_picture(frame);
    int32_t regions = 0;
    SEG_TRY(seg_image_reuse(&result->labels, picture->width, picture->height, SEG_LABEL32, 1,
                            &still->env));
    SEG_TRY(run_checked(&result->labels, &regions, picture, &frame->ignore, still->options, run,
                        &still->scratch));
    result->outputs |= SEG_OUTPUT_LABELS;
    seg_result_decide(result, "regions", regions, "");
    return SEG_OK;
}

void seg_partition_unlabel(const seg_image *labels, const seg_image *blocked) {
    if (seg_image_empty(blocked)) return;
    for (int32_t y = 0; y < labels->height; y++) {
        int32_t *row = seg_image_row(labels, y);
        const uint8_t *none = seg_image_row(blocked, y);
        for (int32_t x = 0; x < labels->width; x++)
            row[x] = none[x] ? 0 : row[x];
    }
}
