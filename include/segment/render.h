/* Results as pictures for people. */
#ifndef SEGMENT_RENDER_H
#define SEGMENT_RENDER_H

#include <segment/result.h>

SEG_BEGIN_DECLS

typedef enum seg_render_kind {
    SEG_RENDER_MASK = 0,   /**< U8 0/255 */
    SEG_RENDER_LABELS,     /**< LABEL32 as it is */
    SEG_RENDER_COLORS,     /**< RGB, a fixed colour per label, black for 0 */
    SEG_RENDER_OVERLAY,    /**< the frame with tinted regions, outlines and arrows of motion */
    SEG_RENDER_CONTOURS,   /**< the frame with outlines only */
    SEG_RENDER_CUTOUT,     /**< the frame as RGBA: its own alpha in the mask, 0 outside */
    SEG_RENDER_SCORE,      /**< the soft score as it is: seg_result.score_full_scale is certainty */
    SEG_RENDER_BACKGROUND, /**< the model's picture */
    SEG_RENDER_PICTURE,    /**< a filtered picture */
    SEG_RENDER_TRACKS /**< the frame with outlines, boxes, ids, and trails where there are tracks */
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

/** Draws the boxes of objects and their ids onto a U8 RGB picture, in the colours of the ids. Lines
 *  and letters grow with the picture. What lies outside is cut off.
 *  Errors: SEG_ERROR_ARGUMENT, SEG_ERROR_UNSUPPORTED. */
SEG_API SEG_NODISCARD seg_status seg_render_objects(seg_image *picture, const seg_object *objects,
                                                    int32_t count);

/** Draws an arrow from the centroid of each object that has a motion: as far as it goes in 8 frames
 *  against the dominant motion, at most a quarter of the picture. White, rimmed in black. The rest
 *  as seg_render_objects. */
SEG_API SEG_NODISCARD seg_status seg_render_motions(seg_image *picture, const seg_object *objects,
                                                    int32_t count);

/** Draws a line through points, in pixels, onto a U8 RGB picture, in the colour of the id. The rest
 *  as seg_render_objects. */
SEG_API SEG_NODISCARD seg_status seg_render_trail(seg_image *picture, const seg_point *points,
                                                  int32_t count, int32_t id);

/** The fixed colour of a label, as 0xRRGGBB. */
SEG_API uint32_t seg_label_colour(int32_t label);

/* Colours of seg_render_agreement as 0xRRGGBB, told apart by colour-blind eyes as well: M. Okabe,
 * K. Ito, "Color universal design", 2008. */
#define SEG_AGREEMENT_TP 0x009e73      /**< green: found rightly */
#define SEG_AGREEMENT_FP 0xd55e00      /**< vermilion: found, but there is nothing */
#define SEG_AGREEMENT_FN 0x56b4e9      /**< blue: missed */
#define SEG_AGREEMENT_TN 0x000000      /**< black: rightly left out */
#define SEG_AGREEMENT_IGNORED 0xcc79a7 /**< purple: not scored */

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

/** Pictures of a flow field. */
typedef enum seg_flow_render_kind {
    SEG_FLOW_RENDER_COLOR = 0, /**< RGB, the wheel of Middlebury: hue = direction, white = still */
    SEG_FLOW_RENDER_HSV,       /**< RGB, hue = direction, value = speed, black = still */
    SEG_FLOW_RENDER_ARROWS,    /**< arrows on the frame, from where it was to where it goes */
    SEG_FLOW_RENDER_MAGNITUDE, /**< U16 grey: speed, full scale = `largest` */
    SEG_FLOW_RENDER_KITTI      /**< U16 RGB as KITTI stores flow: 64 u + 2^15, 64 v + 2^15, known */
} seg_flow_render_kind;

/** "color", "hsv", "arrows", "magnitude", "kitti"; NULL for an unknown kind. */
SEG_API const char *seg_flow_render_name(seg_flow_render_kind kind);

/**
 * Draws a flow (F32, two channels) as a picture, reused while it fits. A speed of `largest` (above
 * 0) has full colour; faster is shown as that. `legend`: COLOR and HSV get a wheel with the speed
 * at its rim in a corner, where there is room. `frame`: the picture under the arrows (8 bits are
 * shown of more), may be NULL or empty otherwise. Unknown flow is black, in KITTI's form 0, 0, 0.
 * Errors: SEG_ERROR_ARGUMENT, _UNSUPPORTED, _SHAPE, _MEMORY. Colours: S. Baker et al., "A database
 * and evaluation methodology for optical flow", IJCV 92(1), 2011.
 */
SEG_API SEG_NODISCARD seg_status seg_render_flow(seg_image *picture, seg_flow_render_kind kind,
                                                 const seg_image *flow, const seg_image *frame,
                                                 double largest, bool legend, const seg_env *env);

/* ---- text and sheets ---- */

/* Pixels of a letter at scale 1. */
#define SEG_FONT_WIDTH 7
#define SEG_FONT_HEIGHT 13

/** Pixels that a line of text takes; 0 of NULL. */
SEG_API int32_t seg_text_width(const char *text, int32_t scale);

/** Writes a line of UTF-8 text onto a U8 picture of 1, 3 or 4 channels, its upper left corner at
 *  (x, y), which may lie outside: what does is cut off. A pixel of the font is `scale` x `scale`
 *  pixels; `colour` is 0xRRGGBB (its grey in grey pictures). The font has ASCII and Latin-1; other
 *  letters, and bytes that are no UTF-8, are boxes. Errors: SEG_ERROR_ARGUMENT (scale below 1),
 *  _UNSUPPORTED. */
SEG_API SEG_NODISCARD seg_status seg_render_text(seg_image *picture, int32_t x, int32_t y,
                                                 const char *text, uint32_t colour, int32_t scale);

/** The picture in RGB, brought to fit into width x height pixels with its proportions kept: made
 *  smaller by the mean of the pixels that fall together, or larger by a whole factor. `thumbnail`
 *  is made anew. Errors: SEG_ERROR_ARGUMENT, _UNSUPPORTED, _MEMORY. */
SEG_API SEG_NODISCARD seg_status seg_render_thumbnail(seg_image *thumbnail,
                                                      const seg_image *picture, int32_t width,
                                                      int32_t height, const seg_env *env);

/** A picture of a sheet with the lines under it. */
typedef struct seg_sheet_cell {
    const seg_image *picture; /**< u8, u16 or f32, 1-4 channels; may be empty */
    const char *caption;      /**< lines of UTF-8, '\n' between them; NULL = none */
} seg_sheet_cell;

/** What a colour of the pictures means. */
typedef struct seg_sheet_key {
    uint32_t colour; /**< 0xRRGGBB */
    const char *name;
} seg_sheet_key;

typedef struct seg_sheet_options {
    size_t size;
    int32_t columns;                 /**< 0 (default) = what makes the sheet about 3 : 2 */
    int32_t cell_width, cell_height; /**< pixels for a picture; default 320 x 240 */
    const char *title;               /**< a line above, or NULL */
    const seg_sheet_key *keys;       /**< a line of them under the title */
    int32_t key_count;
} seg_sheet_options;

SEG_API void seg_sheet_options_init(seg_sheet_options *options);

/** Pictures side by side in rows, each as seg_render_thumbnail. `sheet` is RGB, made anew. Errors:
 *  SEG_ERROR_ARGUMENT (count < 1), _OPTION, _LIMIT, _MEMORY. */
SEG_API SEG_NODISCARD seg_status seg_render_sheet(seg_image *sheet, const seg_sheet_cell *cells,
                                                  int32_t count, const seg_sheet_options *options,
                                                  const seg_env *env);

SEG_END_DECLS

#endif
