/* Shapes of regions: outlines, run lengths, polygons, boxes; who belongs to whom. */
#ifndef SEGMENT_GEOMETRY_H
#define SEGMENT_GEOMETRY_H

#include <segment/image.h>

SEG_BEGIN_DECLS

/** Closed outline of a region along pixel cracks: `count` corner points, the last joined to the
 *  first; coordinates are pixel corners (0..width, 0..height). Holes run the other way. */
typedef struct seg_contour {
    int32_t id; /**< label */
    bool hole;
    int32_t first, count; /**< into seg_contours.points */
} seg_contour;

typedef struct seg_contours {
    seg_contour *items;
    int32_t count;
    seg_point *points;
    int32_t point_count;
} seg_contours;

/** Outlines of all labels > 0 (regions are 8-connected, an outline per boundary cycle), in raster
 *  order of their top left corner; release with seg_contours_free. What `contours` held is lost.
 *  Errors: SEG_ERROR_ARGUMENT (NULL, no sane picture), _UNSUPPORTED (no labels), _MEMORY. */
SEG_API SEG_NODISCARD seg_status seg_contours_trace(seg_contours *contours, const seg_image *labels,
                                                    const seg_env *env);
SEG_API void seg_contours_free(seg_contours *contours, const seg_env *env);

/** Moves no outline by more than `tolerance` pixels and drops the corners that this makes
 *  needless; each keeps three at least. The first corner of an outline and the one that is farthest
 *  from it always stay. Neighbours may part or cover each other by as much.
 *  D. Douglas, T. Peucker, "Algorithms for the reduction of the number of points required to
 *  represent a digitized line or its caricature", Cartographica 10(2), 1973.
 *  Errors: SEG_ERROR_ARGUMENT (tolerance below 0 or no number), SEG_ERROR_MEMORY. */
SEG_API SEG_NODISCARD seg_status seg_contours_simplify(seg_contours *contours, double tolerance,
                                                       const seg_env *env);

/** Border of an object or a hole of a mask: `count` pixels of the object, each a neighbour
 *  (8-connected) of the next, the last of the first. */
typedef struct seg_border_node {
    bool hole;
    int32_t parent;       /**< border around it, a number below its own; -1 = none. Objects and
                               holes take turns. */
    int32_t first, count; /**< into seg_border_tree.points */
} seg_border_node;

typedef struct seg_border_tree {
    seg_border_node *items;
    int32_t count;
    seg_point *points;
    int32_t point_count;
} seg_border_tree;

/** Borders of the non-zero pixels of `mask` (U8), 8-connected, and of the holes in them, in raster
 *  order of where they begin: at the first pixel of an object, left of the first pixel of a hole.
 *  The object lies at the left hand as seen on a screen. Lines one pixel wide are passed on either
 *  side. Release with seg_border_tree_free. Errors: SEG_ERROR_ARGUMENT, SEG_ERROR_UNSUPPORTED
 * (format), SEG_ERROR_LIMIT (2^30 runs, 2^31 pixels), SEG_ERROR_MEMORY. S. Suzuki, K. Abe,
 * "Topological structural analysis of digitized binary images by border following", Computer
 * Vision, Graphics, and Image Processing 30(1), 1985. */
SEG_API SEG_NODISCARD seg_status seg_border_tree_trace(seg_border_tree *tree, const seg_image *mask,
                                                       const seg_env *env);
SEG_API void seg_border_tree_free(seg_border_tree *tree, const seg_env *env);

/** A box with real corners: it covers x .. x + width, y .. y + height; pixel (0,0) is 0..1, 0..1.
 */
typedef struct seg_box {
    double x, y;          /**< left and top edge, pixels */
    double width, height; /**< pixels, at least 0 */
} seg_box;

/** Area that both cover, pixels. */
SEG_API double seg_box_intersection(const seg_box *a, const seg_box *b);

/** Intersection over union, 0 .. 1; 0 where the union is empty. If `b` is a `crowd`, intersection
 *  over the area of `a`: any part of a crowd may be matched. */
SEG_API double seg_box_iou(const seg_box *a, const seg_box *b, bool crowd);

/**
 * COCO's run lengths of a mask: lengths of runs of 0 and of 1 pixels in turn, column by column from
 * the top left, zeros first (perhaps none). They add up to width * height, at most 2^32 - 1.
 * All functions that make one give the shortest such list, for an equal mask the same one, and
 * it is released with seg_rle_free. Those that read one take runs of length 0 anywhere.
 */
typedef struct seg_rle {
    uint32_t *counts; /**< lengths of the runs */
    int32_t count;
    int32_t width, height; /**< of the whole picture, pixels */
} seg_rle;

/** Run lengths of the pixels that have the label `id`. `box` (may be NULL) tells where they are.
 *  Errors: SEG_ERROR_ARGUMENT (box outside), SEG_ERROR_LIMIT (pixels), SEG_ERROR_MEMORY. */
SEG_API SEG_NODISCARD seg_status seg_rle_encode(seg_rle *rle, const seg_image *labels, int32_t id,
                                                const seg_rect *box, const seg_env *env);

/** The mask, U8 with 0 and 255; `mask` is ensured. Errors: as seg_rle_check, seg_image_ensure. */
SEG_API SEG_NODISCARD seg_status seg_rle_decode(seg_image *mask, const seg_rle *rle,
                                                const seg_env *env);

/** A copy of `count` run lengths for a picture of width x height.
 *  Errors: SEG_ERROR_DATA (they do not add up), SEG_ERROR_LIMIT (pixels), SEG_ERROR_MEMORY. */
SEG_API SEG_NODISCARD seg_status seg_rle_from_counts(seg_rle *rle, const uint32_t *counts,
                                                     int32_t count, int32_t width, int32_t height,
                                                     const seg_env *env);

/** Checks a list of unknown origin: size of at least 1 x 1 and below 2^32 pixels, lengths that add
 *  up to it. SEG_ERROR_DATA; the detail begins with `name`. */
SEG_API SEG_NODISCARD seg_status seg_rle_check(const seg_rle *rle, const char *name);

/** Pixels of the mask. */
SEG_API int64_t seg_rle_area(const seg_rle *rle);

/** Smallest box that holds the mask; all 0 if it is empty. */
SEG_API seg_rect seg_rle_box(const seg_rle *rle);

/** Pixels that both masks have, without decoding. 0 if their pictures differ in size. */
SEG_API int64_t seg_rle_intersection(const seg_rle *a, const seg_rle *b);

/** Intersection over union, or over the area of `a` if `b` is a `crowd` (as seg_box_iou). */
SEG_API double seg_rle_iou(const seg_rle *a, const seg_rle *b, bool crowd);

/** The pixels that at least `least` of `count` masks have: 1 = union, `count` = intersection.
 *  Errors: SEG_ERROR_ARGUMENT (count, least < 1), SEG_ERROR_SHAPE (sizes differ), as seg_rle_check.
 */
SEG_API SEG_NODISCARD seg_status seg_rle_merge(seg_rle *rle, const seg_rle *masks, int32_t count,
                                               int32_t least, const seg_env *env);

/** COCO's text for run lengths: characters '0' .. 'o' of 5 bits each, differences to the length
 *  before the last. Always 0-ended; returns the length it needs, as snprintf (NULL, 0: only that).
 */
SEG_API size_t seg_rle_to_string(char *text, size_t size, const seg_rle *rle);

/** Reads such a text of `length` characters for a picture of width x height.
 *  Errors: SEG_ERROR_DATA (with the place), SEG_ERROR_LIMIT (pixels), SEG_ERROR_MEMORY. */
SEG_API SEG_NODISCARD seg_status seg_rle_from_string(seg_rle *rle, const char *text, size_t length,
                                                     int32_t width, int32_t height,
                                                     const seg_env *env);

/** NULL is allowed. */
SEG_API void seg_rle_free(seg_rle *rle, const seg_env *env);

/** What belongs to several closed polygons. */
typedef enum seg_fill {
    SEG_FILL_UNION,   /**< the pixels of any of them: COCO's segmentation lists */
    SEG_FILL_EVEN_ODD /**< the pixels of an odd number of them: outlines with holes */
} seg_fill;

/**
 * Closed polygons, each filled as COCO does (rleFrPoly), and put together by `fill`. `xy` holds the
 * corners of all, x, y, x, y, ..., polygon i having lengths[i] of them; coordinates are in pixels,
 * pixel (0,0) being 0..1, 0..1, at most 1e8, and may lie outside the picture. The outlines of
 * seg_contours_trace with SEG_FILL_EVEN_ODD give back exactly the region.
 * Errors: SEG_ERROR_ARGUMENT (coordinates, lengths < 0), SEG_ERROR_LIMIT (edges that cross more
 * than 2^24 columns), SEG_ERROR_MEMORY.
 */
SEG_API SEG_NODISCARD seg_status seg_rle_from_polygons(seg_rle *rle, const double *xy,
                                                       const int32_t *lengths, int32_t count,
                                                       seg_fill fill, int32_t width, int32_t height,
                                                       const seg_env *env);

/** A box, filled as the polygon of its corners. Errors: as seg_rle_from_polygons. */
SEG_API SEG_NODISCARD seg_status seg_rle_from_box(seg_rle *rle, const seg_box *box, int32_t width,
                                                  int32_t height, const seg_env *env);

/** Area inside a closed polygon of `count` corners (the shoelace formula), never negative. */
SEG_API double seg_polygon_area(const double *xy, int32_t count);

/**
 * Linear assignment: pairs rows with columns, one to one, so that as many as possible are paired
 * and, of all ways to do so, the sum of their costs is least. `costs` is rows x columns, row by
 * row, within +-1e200, or INFINITY for two that may not be paired. column_of[r] gets the column of
 * row r, -1 where it is left over. Of equal sums the choice is the same in every run. Exact where
 * sums of costs are (integers below 2^53), else up to rounding.
 * R. Jonker, A. Volgenant, "A shortest augmenting path algorithm for dense and sparse linear
 * assignment problems", Computing 38, 1987; rectangular as D. Crouse, IEEE Trans. AES 52(4), 2016.
 * Cost: at most min^2 * max steps. Errors: SEG_ERROR_ARGUMENT (costs, negative sizes),
 * SEG_ERROR_MEMORY.
 */
SEG_API SEG_NODISCARD seg_status seg_assignment_solve(int32_t *column_of, const double *costs,
                                                      int32_t rows, int32_t columns,
                                                      const seg_env *env);

/**
 * Sparse linear assignment: pairs rows with columns that are listed, one to one, so that the costs
 * of the pairs and `unpaired` for every row and every column that is left over are least together:
 * two are paired where that costs less than twice `unpaired`. Row r is listed with
 * columns_of_rows[i] at costs[i], i = starts[r] .. starts[r + 1] - 1; starts has rows + 1 items.
 * column_of[r] gets the column of row r, -1 where it is left over. Of equal sums the choice is the
 * same in every run. Errors: SEG_ERROR_ARGUMENT (numbers beyond +-1e200, lists), SEG_ERROR_MEMORY.
 */
SEG_API SEG_NODISCARD seg_status seg_assignment_solve_sparse(
    int32_t *column_of, const int32_t *starts, const int32_t *columns_of_rows, const double *costs,
    int32_t rows, int32_t columns, double unpaired, const seg_env *env);

SEG_END_DECLS

#endif
