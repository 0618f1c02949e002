/* The frame as 8-bit RGB rows: what overlays are painted on. */
#ifndef SEG_RENDER_CANVAS_H
#define SEG_RENDER_CANVAS_H

#include <segment/frame.h>

typedef struct seg_canvas {
    const seg_image *source; /* the frame's picture, else its luma */
    uint8_t *table;          /* 16-bit samples to 8 bits; NULL for other formats */
} seg_canvas;

/** Errors: SEG_ERROR_ARGUMENT (no picture), SEG_ERROR_MEMORY. Free with seg_canvas_free. */
SEG_NODISCARD seg_status seg_canvas_init(seg_canvas *canvas, const seg_frame *frame,
                                         const seg_env *env);

/** Row y as RGB bytes into `target` (`step` 3), or as RGBA (`step` 4) with the picture's alpha, 255
 *  where it has none. `own` has room for a row of four bytes a pixel. */
void seg_canvas_row(const seg_canvas *canvas, uint8_t *target, uint8_t *own, int step, int32_t y);

void seg_canvas_free(seg_canvas *canvas, const seg_env *env);

#endif
