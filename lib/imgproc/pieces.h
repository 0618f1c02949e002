/*
 * Partitions of a picture: into 4-connected pieces, which pieces touch, and small ones joined to
 * their neighbours. Regions are numbered from 1 in raster order of their first pixel; pixels with
 * labels below 1 are in none and get 0.
 */
#ifndef SEG_IMGPROC_PIECES_H
#define SEG_IMGPROC_PIECES_H

#include "imgproc/planes.h"

/** Makes each 4-connected piece of equal labels a region of its own, numbered; in place. */
SEG_NODISCARD seg_status seg_pieces(const seg_image *labels, int32_t *regions,
                                    seg_scratch *scratch);

/** What is known of a region; at label - 1. */
typedef struct seg_region_stats {
    int64_t area, sum[3]; /* pixels; sums of their colours in units of seg_planes */
} seg_region_stats;

/** Measures numbered regions. */
void seg_regions_measure(seg_region_stats *stats, const seg_image *labels, int32_t regions,
                         const seg_planes *lab);

/** Squared distance of the mean colours, each cut to 1/16 of a unit of seg_planes; in units^2 / 256
 */
int64_t seg_region_distance(const seg_region_stats *a, const seg_region_stats *b);

/** Adds `b` to `a`. */
void seg_region_add(seg_region_stats *a, const seg_region_stats *b);

/** Two regions that touch: indices a < b (label - 1) and the length of their border in sides. */
typedef struct seg_region_pair {
    int32_t a, b;
    int64_t length;
} seg_region_pair;

typedef struct seg_region_graph {
    seg_region_pair *pairs; /* each once, by ascending a, then b */
    size_t count;
} seg_region_graph;

/** Finds which regions touch, by 4-connectivity. */
SEG_NODISCARD seg_status seg_region_graph_make(seg_region_graph *graph, const seg_image *labels,
                                               seg_scratch *scratch);

/**
 * Joins regions smaller than `min_size` pixels: in rounds, each of them chooses the neighbour with
 * the nearest mean colour (the lower number of several), then all chosen pairs are joined; until
 * none is too small or none has a neighbour. `parents` and `stats` (at roots) are brought up to
 * date, the graph's pairs are used up.
 */
SEG_NODISCARD seg_status seg_regions_join_small(int32_t *parents, seg_region_stats *stats,
                                                int32_t regions, seg_region_graph *graph,
                                                int64_t min_size, seg_scratch *scratch);

/** Gives each set of regions its number; `parents` is used up. */
void seg_regions_renumber(const seg_image *labels, int32_t *parents, int32_t *regions);

/** All of it: pieces of equal labels, then small ones joined by their colours in `lab`. */
SEG_NODISCARD seg_status seg_pieces_clean(const seg_image *labels, int32_t *regions,
                                          const seg_planes *lab, int64_t min_size,
                                          seg_scratch *scratch);

#endif
