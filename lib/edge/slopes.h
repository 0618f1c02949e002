/* The derivatives of a picture, row by row: of its grey, or of its colours together. */
#ifndef SEG_EDGE_SLOPES_H
#define SEG_EDGE_SLOPES_H

#include "core/memory.h"
#include "imgproc/planes.h"
#include "kernels/slopes.h"
#include <segment/edge.h>

/** What derivatives are taken of, and how. */
typedef struct seg_slopes {
    const seg_slopes_kernels *kernels;
    seg_image grey;    /**< one channel; or empty, and */
    seg_planes planes; /**< the colours */
    int32_t kernel, colour;
    float full; /**< length of the gradient beside a straight step from black to white */
} seg_slopes;

/** Names of seg_gradient_operator and seg_edge_colour in parameter tables. */
extern const char *const seg_gradient_operator_names[], *const seg_edge_colour_names[];

/** The option `colour` of methods. */
#define SEG_EDGE_COLOUR_PARAM(options)                                                             \
    {                                                                                              \
        "colour", SEG_PARAM_ENUM, offsetof(options, colour), "grey", 0, 2, seg_edge_colour_names,  \
            "", "Edges of grey, the strongest of red, green and blue, or Di Zenzo's of CIELAB.",   \
            ""                                                                                     \
    }

/**
 * Makes `slopes` ready for a picture of 1-4 channels, u8, u16 or f32, which has to stay: as grey,
 * without a copy if it is, else as planes blurred by `sigma` (0 = not) in `scratch`. Of
 * SEG_EDGE_GREY with sigma > 0 it takes a blurred picture of 16 bits. `working` is a picture that
 * is reused.
 */
SEG_NODISCARD seg_status seg_slopes_prepare(seg_slopes *slopes, const seg_image *picture,
                                            seg_gradient_operator kernel, seg_edge_colour colour,
                                            double sigma, seg_image *working, seg_scratch *scratch,
                                            const seg_env *env);

/** The rows that a worker has at hand, all of them in its work memory. */
typedef struct seg_slope_rows {
    const seg_slopes *slopes;
    float *dx, *dy; /**< of the row asked for last; the border of the picture is replicated */
    int32_t width, height, planes;
    int64_t loaded[3];
    float *samples[3][3]; /* of a plane, row y at (y + 3) mod 3 */
    float *part_dx, *part_dy;
    seg_slope_tensor tensor;
    uint16_t *room;
} seg_slope_rows;

/** Bytes of work memory of a worker. */
size_t seg_slope_rows_size(const seg_slopes *slopes);

/** Starts with none. `work`: seg_slope_rows_size bytes, 64-byte aligned. */
void seg_slope_rows_start(seg_slope_rows *rows, const seg_slopes *slopes, void *work);

/** Fills dx and dy for row y; cheapest when rows come one after the other. */
void seg_slope_rows_take(seg_slope_rows *rows, int32_t y);

#endif
