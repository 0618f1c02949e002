/* The edges between 4-neighbours of a picture, sorted by weight: what methods work on that join
 * pixels from the most alike to the least. */
#ifndef SEG_REGION_PIXEL_GRAPH_H
#define SEG_REGION_PIXEL_GRAPH_H

#include "imgproc/planes.h"

/** How a row of edges is weighed, by a kernel: `largest` or `euclidean` of seg_edges_kernels. */
typedef enum seg_pixel_weight { SEG_WEIGHT_EUCLIDEAN, SEG_WEIGHT_LARGEST } seg_pixel_weight;

typedef struct seg_pixel_graph {
    int32_t width;
    uint32_t *edges; /* 2 * place of the pixel + direction: 0 to the right, 1 down */
    size_t count;
    int32_t levels; /* weights are below it */
    uint32_t *ends; /* edges of weight w end at ends[w], in raster order */
} seg_pixel_graph;

/** Place of the first pixel of an edge, and of the second one: y * width + x. */
static inline int32_t seg_edge_from(uint32_t edge) {
    return (int32_t)(edge >> 1);
}

static inline int32_t seg_edge_to(const seg_pixel_graph *graph, uint32_t edge) {
    return (int32_t)(edge >> 1) + (edge & 1 ? graph->width : 1);
}

/** Weights are in sixteenths of an 8-bit level, to nearest for the Euclidean distance (grey counts
 *  as three equal colours), cut for the largest difference. Edges at blocked pixels are left out.
 *  In bands; 8 bytes a pixel. */
SEG_NODISCARD seg_status seg_pixel_graph_make(seg_pixel_graph *graph, const seg_planes *samples,
                                              const seg_image *blocked, seg_pixel_weight weight,
                                              seg_scratch *scratch);

/** Writes the sets of pixels (roots are lowest, as in union_find.h) as numbered regions, 0 where
 *  blocked; `parents` is used up. */
void seg_pixel_sets_label(const seg_image *labels, int32_t *regions, int32_t *parents,
                          const seg_image *blocked);

#endif
