/*
 * k-means of colours: pixels go to the nearest of k colours, which are the means of what goes to
 * them. For pictures of a few plain colours; place does not count.
 *
 * S. Lloyd, "Least squares quantization in PCM", IEEE Trans. Information Theory 28(2), 1982.
 *
 * Symbols: k clusters with the means m_i (CIELAB); pixel x goes to the i of least |x - m_i|^2.
 *
 * Steps: 1. CIELAB; pixels are counted in cells of 1/2 x 2 x 2 units, which keep the sums of their
 * pixels; 2. the first mean is that of the fullest cell, each further one that of the cell with the
 * largest pixels x squared distance to the means so far (as D. Arthur and S. Vassilvitskii's
 * k-means++, SODA 2007, without chance); 3. cells go to the nearest mean (the first of several),
 * means become those of their cells, until nothing changes or after `iterations` rounds; 4. pixels
 * go where their cell went.
 *
 * Labels are the clusters in the order of their first pixels; with `connected` the 4-connected
 * pieces of them, of which those below `min-size` join the neighbour with the nearest mean colour.
 * Cost: about 40 ns a pixel, in one thread, and 1 ns for each cell, mean and round. Memory: 6 bytes
 * a pixel and up to 60 for each cell. Known failures: shading is cut into bands.
 */
#include "core/bands.h"
#include "imgproc/label_table.h"
#include "imgproc/pieces.h"
#include "region/partition.h"

#include <string.h>

static const seg_param rows[] = {
    {"k", SEG_PARAM_INT, offsetof(seg_kmeans_options, k), "4", 1, 1024, NULL, "",
     "Number of clusters; fewer if there are fewer colours.", "k"},
    {"iterations", SEG_PARAM_INT, offsetof(seg_kmeans_options, iterations), "100", 1, 10000, NULL,
     "", "Most rounds; fewer if nothing changes any more.", ""},
    {"connected", SEG_PARAM_BOOL, offsetof(seg_kmeans_options, connected), "false", 0, 1, NULL, "",
     "Labels are 4-connected pieces of clusters.", ""},
    {"min-size", SEG_PARAM_INT, offsetof(seg_kmeans_options, min_size), "20", 1, 1e9, NULL, "px",
     "Smaller pieces join a neighbour; with --connected.", ""},
};

static const seg_param_table params = {rows, sizeof rows / sizeof *rows,
                                       sizeof(seg_kmeans_options)};

void seg_kmeans_options_init(seg_kmeans_options *options) {
    seg_params_init(options, &params);
}

#define LIGHT_SHIFT 4 /* cells of L* */
#define COLOUR_SHIFT 6
#define COLOUR_CELLS (8192 >> COLOUR_SHIFT)

typedef struct cell {
    int64_t count, sum[3];
    int32_t colour[3]; /* mean, in 1/32 */
    int32_t cluster;
    int64_t distance; /* squared, to the nearest mean while these are chosen */
} cell;

typedef struct mean {
    int32_t colour[3];
    int64_t count, sum[3];
} mean;

typedef struct kmeans {
    seg_planes lab;
    const seg_image *labels, *blocked;
    seg_label_table table; /* of cells */
    cell *cells;
    mean *means;
    int32_t k;
} kmeans;

/* Number of a pixel's cell, from 1 on. */
static int32_t cell_of(const seg_planes *lab, int32_t x, int32_t y) {
    int32_t place = seg_plane_row(lab, 0, y)[x] >> LIGHT_SHIFT;
    for (int32_t c = 1; c < 3; c++) {
        const int32_t colour = lab->planes == 3 ? seg_plane_row(lab, c, y)[x] : 0;
        place = place * COLOUR_CELLS + ((colour + 4096) >> COLOUR_SHIFT);
    }
    return place + 1;
}

/* Index of each pixel's cell + 1 into labels; 0 where blocked. */
static seg_status index_pixels(kmeans *s, seg_scratch *scratch) {
    SEG_TRY(seg_label_table_init(&s->table, scratch));
    for (int32_t y = 0; y < s->lab.height; y++) {
        int32_t *row = seg_image_row(s->labels, y);
        const uint8_t *out = seg_image_empty(s->blocked) ? NULL : seg_image_row(s->blocked, y);
        int32_t last = 0, index = 0;
        for (int32_t x = 0; x < s->lab.width; x++) {
            row[x] = 0;
            if (out && out[x]) continue;
            const int32_t number = cell_of(&s->lab, x, y);
            if (number != last) SEG_TRY(seg_label_table_index(&s->table, number, &index));
            last = number;
            row[x] = index + 1;
        }
    }
    return SEG_OK;
}

static int32_t rounded(int64_t sum, int64_t count) {
    const int64_t twice = 2 * sum + count, whole = 2 * count;
    return (int32_t)(twice / whole - (twice % whole < 0));
}

static void fill_cells(kmeans *s) {
    memset(s->cells, 0, (size_t)s->table.count * sizeof *s->cells);
    for (int32_t y = 0; y < s->lab.height; y++) {
        const int32_t *row = seg_image_row(s->labels, y);
        for (int32_t x = 0; x < s->lab.width; x++) {
            if (!row[x]) continue;
            cell *own = &s->cells[row[x] - 1];
            own->count++;
            for (int32_t c = 0; c < s->lab.planes; c++)
                own->sum[c] += seg_plane_row(&s->lab, c, y)[x];
        }
    }
    for (int32_t i = 0; i < s->table.count; i++) {
        s->cells[i].distance = INT64_MAX;
        for (int c = 0; c < 3; c++)
            s->cells[i].colour[c] = rounded(s->cells[i].sum[c], s->cells[i].count);
    }
}

static int64_t distance(const cell *from, const mean *to) {
    int64_t sum = 0;
    for (int c = 0; c < 3; c++) {
        const int64_t difference = from->colour[c] - to->colour[c];
        sum += difference * difference;
    }
    return sum;
}

/* The cell that the means so far serve worst, at first the fullest one; the first of several. */
static const cell *worst_served(const kmeans *s) {
    const cell *worst = NULL;
    double most = 0;
    for (int32_t i = 0; i < s->table.count; i++) {
        const cell *one = &s->cells[i];
        const double loss =
            (double)one->count * (one->distance == INT64_MAX ? 1 : (double)one->distance);
        if (loss <= most) continue;
        most = loss;
        worst = one;
    }
    return worst;
}

static void choose_means(kmeans *s, int32_t k) {
    for (s->k = 0; s->k < k; s->k++) {
        const cell *chosen = worst_served(s);
        if (!chosen) return;
        mean *made = &s->means[s->k];
        memcpy(made->colour, chosen->colour, sizeof made->colour);
        for (int32_t i = 0; i < s->table.count; i++) {
            const int64_t to = distance(&s->cells[i], made);
            if (to < s->cells[i].distance) s->cells[i].distance = to;
        }
    }
}

/* Sends every cell to the nearest mean; true if any changed. */
static bool assign(kmeans *s) {
    bool changed = false;
    for (int32_t i = 0; i < s->table.count; i++) {
        int64_t least = INT64_MAX;
        int32_t nearest = 0;
        for (int32_t m = 0; m < s->k; m++) {
            const int64_t to = distance(&s->cells[i], &s->means[m]);
            if (to < least) {
                least = to;
                nearest = m;
            }
        }
        changed |= s->cells[i].cluster != nearest;
        s->cells[i].cluster = nearest;
    }
    return changed;
}

static void update(kmeans *s) {
    for (int32_t m = 0; m < s->k; m++) {
        s->means[m].count = 0;
        memset(s->means[m].sum, 0, sizeof s->means[m].sum);
    }
    for (int32_t i = 0; i < s->table.count; i++) {
        mean *to = &s->means[s->cells[i].cluster];
        to->count += s->cells[i].count;
        for (int c = 0; c < 3; c++)
            to->sum[c] += s->cells[i].sum[c];
    }
    for (int32_t m = 0; m < s->k; m++)
        for (int c = 0; c < 3 && s->means[m].count; c++)
            s->means[m].colour[c] = rounded(s->means[m].sum[c], s->means[m].count);
}

/* Clusters to numbers in raster order; `numbers` has room for k. */
static int32_t write_clusters(const kmeans *s, int32_t *numbers) {
    int32_t count = 0;
    memset(numbers, 0, (size_t)s->k * sizeof *numbers);
    for (int32_t y = 0; y < s->lab.height; y++) {
        int32_t *row = seg_image_row(s->labels, y);
        for (int32_t x = 0; x < s->lab.width; x++) {
            if (!row[x]) continue;
            int32_t *number = &numbers[s->cells[row[x] - 1].cluster];
            if (!*number) *number = ++count;
            row[x] = *number;
        }
    }
    return count;
}

static seg_status run(const seg_image *labels, int32_t *regions, const seg_image *picture,
                      const seg_image *blocked, const void *options_, seg_scratch *scratch) {
    const seg_kmeans_options *options = options_;
    kmeans s = {.labels = labels, .blocked = blocked};
    SEG_TRY(seg_planes_lab(&s.lab, picture, scratch));
    SEG_TRY(index_pixels(&s, scratch));
    s.cells = seg_scratch_take(scratch, (size_t)s.table.count, sizeof *s.cells, "colours");
    s.means = seg_scratch_take(scratch, (size_t)options->k, sizeof *s.means, "means");
    int32_t *numbers = seg_scratch_take(scratch, (size_t)options->k, sizeof *numbers, "means");
    if (!s.cells || !s.means || !numbers) return SEG_ERROR_MEMORY;
    fill_cells(&s);
    choose_means(&s, options->k);
    for (int32_t i = 0; i < options->iterations; i++) {
        SEG_TRY(seg_progress(&scratch->env, (double)i / options->iterations));
        if (!assign(&s) && i > 0) break;
        update(&s);
    }
    assign(&s);
    *regions = write_clusters(&s, numbers);
    if (!options->connected) return SEG_OK;
    return seg_pieces_clean(labels, regions, &s.lab, options->min_size, scratch);
}

seg_status seg_kmeans(seg_image *labels, int32_t *regions, const seg_image *picture,
                      const seg_image *ignore, const seg_kmeans_options *options,
                      const seg_env *env) {
    return seg_partition_picture(labels, regions, picture, ignore, options, &params, run, env);
}

SEG_PARTITION_METHOD(kmeans, "kmeans", run, "k-means of colours",
                     "S. Lloyd, Least squares quantization in PCM, IEEE Trans. Information Theory "
                     "28(2)",
                     1982)
