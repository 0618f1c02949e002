/*
 * Three hundred awkward and damaged pictures: decoded to the size that the reference decoders
 * found, or refused with a message. The files are found through SEGMENT_DATA (default
 * ../shared/data beside the source); without them the tests are skipped.
 */
#include "media_pictures.h"

#include <sys/resource.h>
#include <unistd.h>

enum { FILE_NAME, BYTES, WIDTH, HEIGHT, MODE, FLAGS, ORIENTATION, PIL, REFERENCE, COLUMNS };

typedef struct entry {
    char line[1000];
    const char *columns[COLUMNS];
} entry;

static char folder[2000];

/* The list, or NULL (with a message) where it is not there. */
static FILE *open_manifest(void) {
    const char *data = getenv("SEGMENT_DATA");
    const char *source = getenv("SEGMENT_SOURCE");
    if (data)
        snprintf(folder, sizeof folder, "%s/images/formats", data);
    else
        snprintf(folder, sizeof folder, "%s/../shared/data/images/formats", source ? source : ".");
    char path[2100];
    snprintf(path, sizeof path, "%s/MANIFEST.tsv", folder);
    FILE *file = fopen(path, "r");
    if (!file) {
        printf("skipped: no %s\n", path);
        return NULL;
    }
    char heading[1000];
    ck_assert_ptr_nonnull(fgets(heading, sizeof heading, file));
    return file;
}

static bool next_entry(FILE *manifest, entry *e) {
    if (!fgets(e->line, sizeof e->line, manifest)) return false;
    e->line[strcspn(e->line, "\r\n")] = 0;
    char *rest = e->line;
    for (int i = 0; i < COLUMNS; i++) {
        e->columns[i] = rest;
        rest += strcspn(rest, "\t");
        if (*rest) *rest++ = 0;
    }
    return true;
}

static bool contains(const char *text, const char *part) {
    return strstr(text, part) != NULL;
}

/* Pillow takes what libpng refuses, and the picture is not certain: either is right. */
static bool is_open_question(const entry *e) {
    return !strcmp(e->columns[PIL], "ok") && contains(e->columns[REFERENCE], "libpng") &&
           contains(e->columns[REFERENCE], ") rc=1");
}

/* djpeg's 2 means that it decoded with warnings. */
static bool is_decodable(const entry *e) {
    return !strcmp(e->columns[PIL], "ok") || contains(e->columns[REFERENCE], ") rc=0") ||
           contains(e->columns[REFERENCE], "djpeg rc=0") ||
           contains(e->columns[REFERENCE], "djpeg rc=2");
}

static bool is_beyond_limit(const entry *e) {
    return (double)atoi(e->columns[WIDTH]) * atoi(e->columns[HEIGHT]) > 268435456.0 ||
           contains(e->columns[PIL], "DecompressionBomb");
}

static void check_entry(const entry *e, const char *path) {
    seg_picture_read_options options;
    seg_picture_read_options_init(&options);
    options.autorotate = false;
    seg_image image = {0};
    seg_picture_info info;
    seg_status status = seg_picture_read(&image, &info, path, &options, NULL);
    const char *name = e->columns[FILE_NAME];
    if (is_beyond_limit(e)) {
        ck_assert_msg(status == SEG_ERROR_LIMIT, "%s: %s", name, seg_status_name(status));
        ck_assert_msg(contains(seg_error_detail(), "--max-pixels"), "%s", seg_error_detail());
        return;
    }
    if (status < 0) {
        ck_assert_msg(!is_decodable(e) || is_open_question(e), "%s is refused: %s", name,
                      seg_error_detail());
        ck_assert_msg(strlen(seg_error_detail()) > strlen(path) + 10, "%s: no reason given", name);
        ck_assert_msg(!strncmp(seg_error_detail(), path, strlen(path)), "%s: %s", name,
                      seg_error_detail());
        ck_assert(seg_image_empty(&image));
        return;
    }
    ck_assert_msg(is_decodable(e), "%s: nobody else decodes it", name);
    if (*e->columns[WIDTH])
        ck_assert_msg(image.width == atoi(e->columns[WIDTH]) &&
                          image.height == atoi(e->columns[HEIGHT]),
                      "%s is %dx%d", name, (int)image.width, (int)image.height);
    int orientation = *e->columns[ORIENTATION] ? atoi(e->columns[ORIENTATION]) : 1;
    ck_assert_msg(info.orientation == orientation, "%s: orientation %d", name,
                  (int)info.orientation);
    if (contains(e->columns[REFERENCE], "djpeg rc=2"))
        ck_assert_msg(info.warning[0], "%s: damage goes unmentioned", name);
    if (!strcmp(e->columns[MODE], "L")) ck_assert_int_le(image.channels, 2);
    if (!strcmp(e->columns[MODE], "RGB")) ck_assert_int_ge(image.channels, 3);
    seg_image_unref(&image);
}

START_TEST(every_file_of_the_list) {
    FILE *manifest = open_manifest();
    if (!manifest) return;
    entry e;
    int seen = 0, missing = 0;
    int64_t live = seg_memory_live();
    while (next_entry(manifest, &e)) {
        char path[3100];
        snprintf(path, sizeof path, "%s/%s", folder, e.columns[FILE_NAME]);
        if (access(path, R_OK) != 0) {
            missing++;
            continue;
        }
        check_entry(&e, path);
        ck_assert_msg(seg_memory_live() == live, "%s leaks", e.columns[FILE_NAME]);
        seen++;
    }
    fclose(manifest);
    printf("%d files seen, %d of the list not there\n", seen, missing);
    ck_assert_int_gt(seen, 0);
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
#if !defined(__SANITIZE_ADDRESS__)
    ck_assert_int_lt(usage.ru_maxrss / 1024, 1024);
#endif
}
END_TEST

/* The largest difference of two u8 pictures. */
static int largest_difference(const seg_image *a, const seg_image *b) {
    ck_assert_int_eq(a->width, b->width);
    ck_assert_int_eq(a->height, b->height);
    ck_assert_int_eq(a->channels, b->channels);
    int largest = 0;
    for (int32_t y = 0; y < a->height; y++) {
        const uint8_t *p = seg_image_row(a, y), *q = seg_image_row(b, y);
        for (size_t i = 0; i < media_row_bytes(a); i++)
            if (abs(p[i] - q[i]) > largest) largest = abs(p[i] - q[i]);
    }
    return largest;
}

/* Decoded pictures beside the files that they were decoded from: by djpeg, which must be met
 * exactly, and by decoders with another transform or chroma filter. */
START_TEST(decoded_like_the_reference) {
    FILE *manifest = open_manifest();
    if (!manifest) return;
    fclose(manifest);
    static const struct {
        const char *file, *decoded;
        int tolerance;
    } pairs[] = {
        {"jpeg_bad/wuffs_peacock.default.truncated.jpeg",
         "jpeg_ref/wuffs_peacock.default.truncated.decoded-by-djpeg.png", 0},
        {"jpeg_bad/wuffs_peacock.progressive.truncated.jpeg",
         "jpeg_ref/wuffs_peacock.progressive.truncated.decoded-by-djpeg.png", 0},
        {"jpeg/go_video-005.gray.jpeg", "jpeg_ref/go_video-005.gray.png", 7},
        {"jpeg/go_video-001.jpeg", "jpeg_ref/go_video-001.png", 4},
        {"jpeg/go_video-001.cmyk.jpeg", "jpeg_ref/go_video-001.cmyk.png", 1},
        {"jpeg/ljt_testorig.jpg", "jpeg_ref/ljt_testorig.ppm", 3},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        const char *const names[2] = {pairs[i].file, pairs[i].decoded};
        seg_image images[2] = {{0}, {0}};
        bool there = true;
        for (int k = 0; k < 2; k++) {
            char path[2200];
            snprintf(path, sizeof path, "%s/%s", folder, names[k]);
            there = there && access(path, R_OK) == 0;
            if (there) ck_assert_ok(seg_picture_read(&images[k], NULL, path, NULL, NULL));
        }
        if (there) {
            int difference = largest_difference(&images[0], &images[1]);
            ck_assert_msg(difference <= pairs[i].tolerance, "%s differs by %d", names[0],
                          difference);
        } else {
            printf("skipped: no %s\n", names[0]);
        }
        seg_image_unref(&images[0]);
        seg_image_unref(&images[1]);
    }
}
END_TEST

CORE_MAIN("formats", every_file_of_the_list, decoded_like_the_reference)
