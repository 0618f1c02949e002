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

/* Colours of seg_render_agreement as 0xRRGGBB, told apart by colour-blind eyes as well: M. Okabe,
 * K. Ito, "Color universal design", 2008. */
#define SEG_AGREEMENT_TP 0x009e73      /**< green: found rightly */
#define SEG_AGREEMENT_FP 0xd55e00      /**< vermilion: found, but there is nothing */
#define SEG_AGREEMENT_FN 0x56b4e9      /**< blue: missed */
#define SEG_AGREEMENT_TN 0x000000      /**< black: rightly left out */
#define SEG_AGREEMENT_IGNORED 0x404040 /**< grey: not scored */

/** Draws a mask against its truth in the colours above. Masks are U8, non-zero = object; where
 *  `ignore` (or NULL) is not 0, nothing is scored. `picture` is RGB, reused while it fits.
 *  Errors: SEG_ERROR_ARGUMENT, _UNSUPPORTED, _SHAPE, _MEMORY. */
SEG_API SEG_NODISCARD seg_status seg_render_agreement(seg_image *picture,
                                                      const seg_image *prediction,
                                                      const seg_image *truth,
                                                      const seg_image *ignore, const seg_env *env);

/** Draws the error of a flow (F32, two channels: u, v in pixels) in the colours of KITTI's kit:
 *  from dark blue, at most 1/16 of what counts as an outlier (3 px and 5 % of the true flow), over
 *  white, just below one, to dark red, 16 times that; a step is a factor of 2. Black where the
 *  truth is unknown (beyond 1e9, NaN), dark red where only the flow is. The rest as
 *  seg_render_agreement. */
SEG_API SEG_NODISCARD seg_status seg_render_flow_error(seg_image *picture, const seg_image *flow,
                                                       const seg_image *truth,
                                                       const seg_image *ignore, const seg_env *env);

SEG_END_DECLS

#endif
