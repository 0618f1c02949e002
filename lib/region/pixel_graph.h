/* The edges between neighbours of a picture, sorted by weight: what methods work on that join
 * pixels from the most alike to the least. */
#ifndef SEG_REGION_PIXEL_GRAPH_H
#define SEG_REGION_PIXEL_GRAPH_H

#include "imgproc/planes.h"

/** How a row of edges is weighed, by a kernel: `largest` or `euclidean` of seg_edges_kernels. */
typedef enum seg_pixel_weight { SEG_WEIGHT_EUCLIDEAN, SEG_WEIGHT_LARGEST } seg_pixel_weight;

/** Euclidean weights of an 8-bit level. */
#define SEG_EUCLIDEAN_UNIT 128

typedef struct seg_pixel_graph {
    uint32_t *edges;      /* 4 * place of the pixel + direction */
    int32_t direction[4]; /* to the right, down, down to the right, down to the left: in places */
    size_t count;
    int32_t levels; /* weights are below it */
    uint32_t *ends; /* edges of weight w end at ends[w], in raster order */
} seg_pixel_graph;

/** Place of the first pixel of an edge, and of the second one: y * width + x. */
static inline int32_t seg_edge_from(uint32_t edge) {
    return (int32_t)(edge >> 2);
}

static inline int32_t seg_edge_to(const seg_pixel_graph *graph, uint32_t edge) {
    return (int32_t)(edge >> 2) + graph->direction[edge & 3];
}

/** Weights are to nearest for the Euclidean distance (grey counts as three equal colours), in
 *  sixteenths of an 8-bit level and cut for the largest difference. `connectivity` 4 or 8. Edges at
 * blocked pixels are left out. In bands; 8 bytes a pixel to 4 neighbours, 16 to 8. */
SEG_NODISCARD seg_status seg_pixel_graph_make(seg_pixel_graph *graph, const seg_planes *samples,
                                              const seg_image *blocked, seg_pixel_weight weight,
                                              int32_t connectivity, seg_scratch *scratch);

/** Writes the sets of pixels (roots are lowest, as in union_find.h) as numbered regions, 0 where
 *  blocked; `parents` is used up. */
void seg_pixel_sets_label(const seg_image *labels, int32_t *regions, int32_t *parents,
                          const seg_image *blocked);

#endif
