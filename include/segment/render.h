/* Results as pictures for people. */
#ifndef SEGMENT_RENDER_H
#define SEGMENT_RENDER_H

#include <segment/result.h>

SEG_BEGIN_DECLS

typedef enum seg_render_kind {
    SEG_RENDER_MASK = 0,   /**< U8 0/255 */
    SEG_RENDER_LABELS,     /**< LABEL32 as it is */
    SEG_RENDER_COLORS,     /**< RGB, a fixed colour per label, black for 0 */
    SEG_RENDER_OVERLAY,    /**< the frame with tinted regions and their outlines */
    SEG_RENDER_CONTOURS,   /**< the frame with outlines only */
    SEG_RENDER_CUTOUT,     /**< the frame with alpha = mask (RGBA) */
    SEG_RENDER_SCORE,      /**< the soft score as it is */
    SEG_RENDER_BACKGROUND, /**< the model's picture */
    SEG_RENDER_PICTURE     /**< a filtered picture */
} seg_render_kind;

/** "mask", "labels", ...; NULL for an unknown kind. */
SEG_API const char *seg_render_name(seg_render_kind kind);

/** seg_output bits that the kind needs of a result (any one of them suffices), and whether it
 *  needs the frame's colour picture. */
SEG_API uint32_t seg_render_needs(seg_render_kind kind, bool *frame_picture);

/** Draws. `frame` is the frame that `result` describes; `picture` is reused while it fits.
 *  Frames of more than 8 bits are shown in 8. Errors: SEG_ERROR_UNSUPPORTED if the result lacks
 *  what the kind needs. */
SEG_API SEG_NODISCARD seg_status seg_render(seg_image *picture, seg_render_kind kind,
                                            const seg_frame *frame, const seg_result *result,
                                            const seg_env *env);

/** The fixed colour of a label, as 0xRRGGBB. */
SEG_API uint32_t seg_label_colour(int32_t label);

SEG_END_DECLS

#endif
