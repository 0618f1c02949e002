/* The shared state of still methods. */
#include "imgproc/still_method.h"

#include "core/check.h"

const char *const seg_connectivity_names[] = {"4", "8", NULL};
const char *const seg_odd_names[] = {SEG_PARAM_ODD, NULL};

seg_status seg_still_create(void **state, const seg_param_table *params, const void *options,
                            const seg_env *env) {
    *state = NULL;
    if (options) SEG_TRY(seg_params_check(options, params));
    seg_still *still = seg_allocate_zeroed(env, 1, sizeof *still, "method state");
    if (!still) return SEG_ERROR_MEMORY;
    if (env) still->env = *env;
    still->params = params;
    still->options = seg_allocate_zeroed(env, 1, params->options_size, "method options");
    if (!still->options) {
        seg_release(env, still);
        return SEG_ERROR_MEMORY;
    }
    seg_params_init(still->options, params);
    seg_scratch_init(&still->scratch, &still->env);
    if (options) {
        seg_status status = seg_params_copy(still->options, options, params, env);
        if (status < 0) {
            seg_release(env, still->options);
            seg_release(env, still);
            return status;
        }
    }
    *state = still;
    return SEG_OK;
}

seg_still *seg_still_begin(void *state) {
    seg_still *still = state;
    seg_scratch_rewind(&still->scratch);
    return still;
}

void seg_still_free(void *state) {
    seg_still *still = state;
    if (!still) return;
    for (int i = 0; i < SEG_STILL_IMAGES; i++)
        seg_image_unref(&still->images[i]);
    seg_scratch_free(&still->scratch);
    seg_params_clear(still->options, still->params, &still->env);
    const seg_env env = still->env;
    seg_release(&env, still->options);
    seg_release(&env, still);
}

seg_status seg_image_reuse(seg_image *image, int32_t width, int32_t height, seg_format format,
                           int channels, const seg_env *env) {
    const bool fits = image->width == width && image->height == height && image->format == format &&
                      image->channels == channels;
    if (!seg_image_empty(image) && !fits && image->owner) seg_image_unref(image);
    return seg_image_ensure(image, width, height, format, channels, env);
}
