/* Regions: pixels that belong together. */
#ifndef SEGMENT_REGION_H
#define SEGMENT_REGION_H

#include <segment/method.h>

SEG_BEGIN_DECLS

typedef enum seg_grow_criterion {
    SEG_GROW_SEED = 0,      /**< near the value of the region's seed, the mean of a larger one */
    SEG_GROW_MEAN = 1,      /**< near the running mean of the region, most similar pixels first */
    SEG_GROW_NEIGHBOUR = 2, /**< near the neighbour that it is reached from */
    SEG_GROW_CONFIDENCE = 3 /**< within some deviations of the region's mean */
} seg_grow_criterion;

typedef struct seg_region_grow_options {
    size_t size;
    seg_seeds seeds;      /**< several seeds give several labels: 1, 2, ... in the order given */
    seg_level tolerance;  /**< largest difference that still belongs, per channel */
    int32_t criterion;    /**< seg_grow_criterion */
    int32_t connectivity; /**< 4 or 8 */
    double multiplier;    /**< confidence: standard deviations that belong, 0 to 100 */
    int32_t iterations;   /**< confidence: how often they are taken anew, 0 to 100 */
    int32_t radius;       /**< confidence: of the first windows around the seeds, px, 0 to 100 */
} seg_region_grow_options;

SEG_API void seg_region_grow_options_init(seg_region_grow_options *options);

/**
 * Seeded region growing. `picture`: 1-4 channels, u8, u16 or f32; the difference of two pixels is
 * the largest over the colour channels, alpha is left out. `labels` (ensured): LABEL32, 0 =
 * reached by no seed. `ignore` (may be NULL): pixels never reached. `markers` (LABEL32, may be
 * NULL): seeds that override the options' ones.
 *
 * Points give the labels 1, 2, ... in their order; a point on an earlier one, or on an ignored
 * pixel, gives no region. Of a seed picture, LABEL32 and U16 keep their numbers, and each
 * connected component of a U8 mask is a seed, numbered from 1 in raster order. Regions that meet:
 * by seed and neighbour they grow a step at a time, and a pixel that several reach in the same
 * step goes to the smallest label; by mean the nearest mean takes it. By confidence the tolerance
 * is that of ITK's ConfidenceConnectedImageFilter, of each colour for itself: `multiplier`
 * deviations about the mean of the windows around the seeds, then of the region, `iterations`
 * times; a region that is found so grows as by seed. Without seeds (`auto`) the picture is parted
 * into regions from its flattest places on, until every pixel belongs to one; small ones, below
 * 1/2000 of the picture, join their neighbours.
 *
 * As a method it also has a score (F32, full scale 256): 256 less the difference in 8-bit levels
 * between the pixel and the mean of its region, 0 in none. What is labelled is above 0.
 *
 * Errors: SEG_ERROR_OPTION for a seed outside the picture, SEG_ERROR_SHAPE for a seed picture of
 * another size, SEG_ERROR_LIMIT for means or no seeds beyond 2^28 pixels.
 * R. Adams, L. Bischof, "Seeded region growing", IEEE Trans. PAMI 16(6), 1994.
 */
SEG_API SEG_NODISCARD seg_status seg_region_grow(seg_image *labels, const seg_image *picture,
                                                 const seg_image *ignore, const seg_image *markers,
                                                 const seg_region_grow_options *options,
                                                 const seg_env *env);

typedef enum seg_flood_range {
    SEG_FLOOD_FIXED = 0,   /**< near the seed's value */
    SEG_FLOOD_FLOATING = 1 /**< near the neighbour that it is reached from */
} seg_flood_range;

typedef struct seg_flood_options {
    size_t size;
    seg_seeds seeds;      /**< points or a picture; auto = the upper left pixel */
    seg_level tolerance;  /**< largest difference that is filled, per channel */
    int32_t range;        /**< seg_flood_range */
    int32_t connectivity; /**< 4 or 8 */
    bool invert;          /**< what is not reached is foreground */
} seg_flood_options;

SEG_API void seg_flood_options_init(seg_flood_options *options);

/**
 * Flood fill. `mask` (ensured): U8, 255 where a seed reaches. Each seed, or label of a seed
 * picture, fills for itself, and all that is filled is foreground. `picture`, `ignore`, `markers`
 * and errors as seg_region_grow.
 * A. R. Smith, "Tint fill", SIGGRAPH, 1979.
 */
SEG_API SEG_NODISCARD seg_status seg_flood(seg_image *mask, const seg_image *picture,
                                           const seg_image *ignore, const seg_image *markers,
                                           const seg_flood_options *options, const seg_env *env);

typedef struct seg_random_walker_options {
    size_t size;
    seg_seeds seeds; /**< labels 1, 2, ... or a picture; auto = 1 in the middle, 2 at the border */
    double beta;     /**< how strongly edges keep walkers back, 0 to 1000 */
} seg_random_walker_options;

SEG_API void seg_random_walker_options_init(seg_random_walker_options *options);

/**
 * Random walker: each pixel gets the label of the seed that a random walk from it, which crosses
 * edges with a probability of exp(-beta |difference|^2 / mean of these squares), reaches first most
 * likely. `labels` (ensured): LABEL32, 0 where no seed is connected. `score` (ensured; NULL if not
 * wanted): F32, probability of the smallest label, 0..1, right to 1e-4. `picture`, `ignore`,
 * `markers` and errors as seg_region_grow; SEG_ERROR_LIMIT beyond 2^29 pixels. Memory: about 90
 * bytes a pixel.
 * L. Grady, "Random walks for image segmentation", IEEE Trans. PAMI 28(11), 2006.
 */
SEG_API SEG_NODISCARD seg_status seg_random_walker(
    seg_image *labels, seg_image *score, const seg_image *picture, const seg_image *ignore,
    const seg_image *markers, const seg_random_walker_options *options, const seg_env *env);

/** First mask of Chan-Vese. */
typedef enum seg_chan_vese_initial {
    SEG_CHAN_VESE_BEST = 0,  /**< whichever of these ends with the least energy */
    SEG_CHAN_VESE_OTSU = 1,  /**< above Otsu's level */
    SEG_CHAN_VESE_LIGHT = 2, /**< the lightest tenth of the pixels */
    SEG_CHAN_VESE_MIDDLE = 3 /**< the middle half of width and height */
} seg_chan_vese_initial;

typedef struct seg_chan_vese_options {
    size_t size;
    double mu;               /**< cost of a pixel of the border's length, 0 to 1000 */
    double nu;               /**< cost of a pixel inside, -100 to 100 */
    double lambda1, lambda2; /**< weights of the inside's and the outside's evenness, 0 to 100 */
    int32_t initial;         /**< seg_chan_vese_initial */
    int32_t iterations;      /**< at most, 1 to 1000; ends when nothing changes */
    bool invert;             /**< the darker region is inside */
} seg_chan_vese_options;

SEG_API void seg_chan_vese_options_init(seg_chan_vese_options *options);

/**
 * Chan-Vese's two-phase segmentation, by minimum cuts for the means of either region in turn.
 * `mask` (ensured): U8, 255 inside. `energy` (may be NULL): what is left of it, data terms in
 * variances of the picture. `picture`: 1-4 channels, u8, u16 or f32; alpha is left out. `ignore`
 * (U8, may be NULL): pixels without a say, never inside, so are those that are not finite. Of a
 * picture of one value nothing is inside. Memory: 63 bytes a pixel. Errors: SEG_ERROR_OPTION,
 * _ARGUMENT, _SHAPE, _LIMIT (2^31 pixels), _MEMORY, _CANCELLED.
 * T. Chan, L. Vese, "Active contours without edges", IEEE Trans. Image Processing 10(2), 2001.
 */
SEG_API SEG_NODISCARD seg_status seg_chan_vese(seg_image *mask, double *energy,
                                               const seg_image *picture, const seg_image *ignore,
                                               const seg_chan_vese_options *options,
                                               const seg_env *env);

/** What a watershed floods. */
typedef enum seg_surface {
    SEG_SURFACE_GRADIENT = 0, /**< most less least over 3 x 3 pixels, the largest of the colours */
    SEG_SURFACE_PICTURE = 1,  /**< the grey picture: regions are dark */
    SEG_SURFACE_NEGATIVE = 2, /**< its negative: regions are light */
    SEG_SURFACE_DISTANCE = 3  /**< to the background, of what Otsu's level finds light: regions are
                                   objects that touch */
} seg_surface;

typedef struct seg_watershed_options {
    size_t size;
    seg_seeds seeds;      /**< markers: points, a picture of labels or of a mask, or auto */
    int32_t surface;      /**< seg_surface */
    double h;             /**< auto markers: minima no deeper than it are none, 8-bit levels */
    double h_distance;    /**< the same for SEG_SURFACE_DISTANCE, pixels */
    double compactness;   /**< 8-bit levels for each pixel of distance to the marker */
    bool line;            /**< pixels where regions meet stay 0 */
    int32_t connectivity; /**< 4 or 8 */
} seg_watershed_options;

SEG_API void seg_watershed_options_init(seg_watershed_options *options);

/**
 * Watershed by flooding: from markers, a surface is flooded from its lowest places on; a pixel gets
 * the label of the region that reaches it first. `picture`: 1-4 channels, u8, u16 or f32 (flooded
 * in 16 bits; samples that are not finite are never reached); alpha is left out. `labels`
 * (ensured): LABEL32; of markers they keep the numbers, automatic ones are numbered from 1 in
 * raster order of the regions. `ignore` (U8, may be NULL): pixels never reached. `markers`
 * (LABEL32, may be NULL) override the options' ones. What is flooded first: low values, of equal
 * ones those that wait longest, markers in raster order. 0 where no marker reaches, and outside of
 * the objects with SEG_SURFACE_DISTANCE.
 * Errors: SEG_ERROR_OPTION (markers outside), SEG_ERROR_SHAPE (marker picture of another size),
 * SEG_ERROR_LIMIT (2^31 pixels), SEG_ERROR_MEMORY.
 * F. Meyer, "Un algorithme optimal pour la ligne de partage des eaux", 1991.
 */
SEG_API SEG_NODISCARD seg_status seg_watershed(seg_image *labels, const seg_image *picture,
                                               const seg_image *ignore, const seg_image *markers,
                                               const seg_watershed_options *options,
                                               const seg_env *env);

/*
 * Partitions: every pixel belongs to a region. `picture`: 1-4 channels, u8, u16 or f32, alpha left
 * out; the same picture at any depth gives the same regions. `labels` (ensured): LABEL32; regions
 * are numbered from 1 in raster order of their first pixel, each 4-connected; 0 = in none.
 * `regions` (may be NULL): how many there are. `ignore` (U8, may be NULL): pixels that take no
 * part; those of f32 that are not finite take none either. Errors: SEG_ERROR_ARGUMENT, _SHAPE,
 * _OPTION, _LIMIT (more than 2^30 pixels), _MEMORY, _CANCELLED.
 */

typedef struct seg_slic_options {
    size_t size;
    int32_t regions;    /**< K: about so many */
    double compactness; /**< m: the CIELAB difference that weighs as much as a cell's side */
    int32_t iterations;
    double sigma; /**< of a Gaussian blur before it, pixels */
} seg_slic_options;

SEG_API void seg_slic_options_init(seg_slic_options *options);

/** SLIC superpixels, R. Achanta et al., IEEE Trans. PAMI 34(11), 2012. */
SEG_API SEG_NODISCARD seg_status seg_slic(seg_image *labels, int32_t *regions,
                                          const seg_image *picture, const seg_image *ignore,
                                          const seg_slic_options *options, const seg_env *env);

typedef struct seg_felzenszwalb_options {
    size_t size;
    double scale;         /**< k, 8-bit levels times pixels: the more, the larger the regions */
    double sigma;         /**< of a Gaussian blur before it, pixels */
    int32_t min_size;     /**< pixels; smaller regions join a neighbour */
    int32_t connectivity; /**< 4 or 8: neighbours of a pixel in the graph */
    int32_t scales; /**< of a context's score: scale and on by factors of the root of 2, 0..24;
                          0 = no score */
} seg_felzenszwalb_options;

SEG_API void seg_felzenszwalb_options_init(seg_felzenszwalb_options *options);

/** Graph of pixels, P. Felzenszwalb, D. Huttenlocher, IJCV 59(2), 2004. */
SEG_API SEG_NODISCARD seg_status seg_felzenszwalb(seg_image *labels, int32_t *regions,
                                                  const seg_image *picture, const seg_image *ignore,
                                                  const seg_felzenszwalb_options *options,
                                                  const seg_env *env);

typedef struct seg_snic_options {
    size_t size;
    int32_t regions;    /**< K: about so many */
    double compactness; /**< m: the CIELAB difference that weighs as much as a cell's side */
} seg_snic_options;

SEG_API void seg_snic_options_init(seg_snic_options *options);

/** SNIC superpixels, R. Achanta, S. Suesstrunk, CVPR 2017. */
SEG_API SEG_NODISCARD seg_status seg_snic(seg_image *labels, int32_t *regions,
                                          const seg_image *picture, const seg_image *ignore,
                                          const seg_snic_options *options, const seg_env *env);

typedef struct seg_etps_options {
    size_t size;
    int32_t regions;    /**< K: about so many */
    double compactness; /**< the CIELAB difference that weighs as much as a cell's side */
    double smoothness;  /**< cost of a pair of neighbours that a boundary parts, CIELAB squared */
    int32_t iterations; /**< how often a block is looked at, on average, at the most */
} seg_etps_options;

SEG_API void seg_etps_options_init(seg_etps_options *options);

/** Coarse-to-fine superpixels, J. Yao et al., CVPR 2015. */
SEG_API SEG_NODISCARD seg_status seg_etps(seg_image *labels, int32_t *regions,
                                          const seg_image *picture, const seg_image *ignore,
                                          const seg_etps_options *options, const seg_env *env);

typedef struct seg_mean_shift_options {
    size_t size;
    int32_t spatial;    /**< h_s, pixels, 1..64 */
    double range;       /**< h_r, CIELAB */
    int32_t min_size;   /**< M, pixels; smaller regions join a neighbour */
    int32_t iterations; /**< most moves of a pixel */
} seg_mean_shift_options;

SEG_API void seg_mean_shift_options_init(seg_mean_shift_options *options);

/** Mean shift, D. Comaniciu, P. Meer, IEEE Trans. PAMI 24(5), 2002. */
SEG_API SEG_NODISCARD seg_status seg_mean_shift(seg_image *labels, int32_t *regions,
                                                const seg_image *picture, const seg_image *ignore,
                                                const seg_mean_shift_options *options,
                                                const seg_env *env);

typedef struct seg_srm_options {
    size_t size;
    double q; /**< Q: the more, the finer */
} seg_srm_options;

SEG_API void seg_srm_options_init(seg_srm_options *options);

/** Statistical region merging, R. Nock, F. Nielsen, IEEE Trans. PAMI 26(11), 2004. */
SEG_API SEG_NODISCARD seg_status seg_srm(seg_image *labels, int32_t *regions,
                                         const seg_image *picture, const seg_image *ignore,
                                         const seg_srm_options *options, const seg_env *env);

typedef struct seg_kmeans_options {
    size_t size;
    int32_t k;          /**< clusters; fewer if there are fewer colours */
    int32_t iterations; /**< most rounds */
    bool connected;     /**< labels are 4-connected pieces */
    int32_t min_size;   /**< pixels; smaller pieces join a neighbour, if `connected` */
} seg_kmeans_options;

SEG_API void seg_kmeans_options_init(seg_kmeans_options *options);

/** k-means of colours. Labels are clusters, numbered in raster order and not connected, unless
 *  `connected` asks for their pieces. S. Lloyd, IEEE Trans. Information Theory 28(2), 1982. */
SEG_API SEG_NODISCARD seg_status seg_kmeans(seg_image *labels, int32_t *regions,
                                            const seg_image *picture, const seg_image *ignore,
                                            const seg_kmeans_options *options, const seg_env *env);

typedef struct seg_split_merge_options {
    size_t size;
    double tolerance; /**< T: largest difference within a region and colour, 8-bit levels */
    int32_t min_size; /**< pixels; smaller regions join a neighbour */
} seg_split_merge_options;

SEG_API void seg_split_merge_options_init(seg_split_merge_options *options);

/** Split and merge, S. Horowitz, T. Pavlidis, Journal of the ACM 23(2), 1976. */
SEG_API SEG_NODISCARD seg_status seg_split_merge(seg_image *labels, int32_t *regions,
                                                 const seg_image *picture, const seg_image *ignore,
                                                 const seg_split_merge_options *options,
                                                 const seg_env *env);

typedef struct seg_grabcut_options {
    size_t size;
    seg_rect rect;           /**< surely holds the object; empty = the picture but for a margin */
    const seg_image *trimap; /**< U8: 255 object, 128 unknown, else background; borrowed */
    const seg_image *scribbles; /**< U8: 0 unknown, 128-255 object, 1-127 background; borrowed */
    int32_t components;         /**< Gaussians in each colour model, 1..16 */
    double smoothness;          /**< gamma: what parting two equal neighbours costs, 0..1000 */
    int32_t iterations;         /**< at most, 1..1000; ends when nothing changes */
} seg_grabcut_options;

SEG_API void seg_grabcut_options_init(seg_grabcut_options *options);

/**
 * GrabCut: parts an object from its background by their colours. What is known is told in one of
 * these ways, the first that is there: `markers` (LABEL32, may be NULL: 1 object, other labels
 * background, 0 unknown), `trimap`, `scribbles`, `rect` (background outside, unknown inside). With
 * none of them a margin of 1/16 of the picture on every side is background.
 *
 * `mask` (ensured): U8 0/255; known pixels keep what they are. `score` (ensured; NULL if not
 * wanted): F32, share of the object by colour alone, 0..1. `picture`: 1-4 channels, u8, u16 or
 * f32; alpha is left out. `ignore` (may be NULL): pixels without a vote, never object. Without any
 * background pixel, or any that may be object, nothing can be told apart: the mask is empty.
 * Memory: 18 bytes a pixel, and 60 a pixel of the box around the unknown ones.
 * Errors: SEG_ERROR_OPTION (a rectangle that is not inside, values out of range), SEG_ERROR_SHAPE
 * (trimap, scribbles or markers of another size), SEG_ERROR_ARGUMENT, _LIMIT, _MEMORY, _CANCELLED.
 * C. Rother, V. Kolmogorov, A. Blake, "GrabCut: interactive foreground extraction using iterated
 * graph cuts", ACM Trans. Graphics 23(3), 2004.
 */
SEG_API SEG_NODISCARD seg_status seg_grabcut(seg_image *mask, seg_image *score,
                                             const seg_image *picture, const seg_image *ignore,
                                             const seg_image *markers,
                                             const seg_grabcut_options *options,
                                             const seg_env *env);

SEG_END_DECLS

#endif
