/* A sheet of pictures for each family of augmentations: what each of them makes of a picture.
 *   augment_sheets PICTURE PARTNER FOLDER
 * writes FOLDER/augment_FAMILY.jpg. Both pictures get one object, an ellipse in the middle, which
 * copy-paste takes. */
#include <segment/media.h>
#include <segment/segment.h>
#include <stdio.h>
#include <string.h>

#define MOST_CELLS 64
#define CELL_WIDTH 160
#define CELL_HEIGHT 100
#define COPY 11 /* whose draws show well */

typedef struct sheet {
    seg_sample picture, partner;
    seg_sample results[MOST_CELLS];
    seg_sheet_cell cells[MOST_CELLS];
    int32_t count;
} sheet;

static seg_status read_sample(seg_sample *sample, const char *path) {
    seg_sample_init(sample, NULL);
    sample->name = path;
    seg_status status = seg_picture_read(&sample->picture, NULL, path, NULL, NULL);
    if (status < 0) return status;
    /* an octagon */
    static const double circle[16] = {1,  0, 0.7,  0.7,  0, 1,  -0.7, 0.7,
                                      -1, 0, -0.7, -0.7, 0, -1, 0.7,  -0.7};
    const seg_object_label object = {.id = 1};
    double xy[16];
    for (int i = 0; i < 16; i++)
        xy[i] = (i % 2 ? sample->picture.height : sample->picture.width) * (0.5 + 0.3 * circle[i]);
    status = seg_sample_add_object(sample, &object);
    return status < 0 ? status : seg_sample_add_polygon(sample, xy, 8);
}

static seg_status load_partner(void *user, int64_t index, seg_sample *sample) {
    const sheet *s = user;
    (void)index;
    return seg_sample_copy(sample, &s->partner, NULL);
}

/* One augmentation, for sure, at its default strength; all objects are pasted. */
static seg_status augment(sheet *s, seg_augment_work *work, const seg_augmentation *a) {
    char text[200];
    seg_augment_pipeline *pipeline;
    const seg_augment_partners partners = {s, 1, load_partner};
    seg_sample *result = &s->results[s->count];
    seg_sample_init(result, NULL);
    const bool sized = seg_params_find(a->params, "width") && !a->partners;
    const bool shared = seg_params_find(a->params, "share") && a->partners;
    snprintf(text, sizeof text, "%s(%s%s%sp=1)", a->id,
             a->holds ? "hflip, gaussian-blur, hue(limit=90), " : "",
             sized ? "width=320, height=200, " : "", shared ? "share=1, " : "");
    seg_status status = seg_augment_pipeline_create(&pipeline, text, NULL, NULL);
    if (status < 0) return status;
    status = seg_augment_apply(pipeline, work, result, &s->picture, COPY, &partners);
    seg_augment_pipeline_free(pipeline);
    if (status < 0) return status;
    s->cells[s->count++] = (seg_sheet_cell){&result->picture, a->id};
    return SEG_OK;
}

static seg_status write_sheet(const sheet *s, const char *folder, const char *family) {
    char path[1000];
    seg_image image = {0};
    seg_sheet_options options;
    seg_picture_write_options writing;
    seg_sheet_options_init(&options);
    options.columns = 6;
    options.cell_width = CELL_WIDTH;
    options.cell_height = CELL_HEIGHT;
    seg_picture_write_options_init(&writing);
    writing.quality = 75;
    snprintf(path, sizeof path, "%s/augment_%s.jpg", folder, family);
    seg_status status = seg_render_sheet(&image, s->cells, s->count, &options, NULL);
    if (status >= 0) status = seg_picture_write(path, &image, &writing, NULL);
    seg_image_unref(&image);
    return status;
}

static seg_status make_family(sheet *s, const char *folder, const char *family) {
    int32_t count;
    const seg_augmentation *const *all = seg_augmentations(&count);
    seg_augment_work *work;
    seg_status status = seg_augment_work_create(&work, NULL);
    if (status < 0) return status;
    s->cells[0] = (seg_sheet_cell){&s->picture.picture, "the picture"};
    s->count = 1;
    for (int32_t i = 0; status >= 0 && i < count && s->count < MOST_CELLS; i++)
        if (strcmp(all[i]->family, family) == 0) status = augment(s, work, all[i]);
    if (status >= 0) status = write_sheet(s, folder, family);
    for (int32_t i = 1; i < s->count; i++)
        seg_sample_free(&s->results[i]);
    seg_augment_work_free(work);
    return status;
}

int main(int count, char **words) {
    static sheet s;
    int32_t augmentations;
    if (count != 4) {
        fprintf(stderr, "usage: augment_sheets PICTURE PARTNER FOLDER\n");
        return 2;
    }
    seg_status status = read_sample(&s.picture, words[1]);
    if (status >= 0) status = read_sample(&s.partner, words[2]);
    const seg_augmentation *const *all = seg_augmentations(&augmentations);
    const char *family = "";
    for (int32_t i = 0; status >= 0 && i < augmentations; i++) {
        if (strcmp(all[i]->family, family) == 0) continue; /* kin stand together */
        family = all[i]->family;
        status = make_family(&s, words[3], family);
    }
    if (status < 0) fprintf(stderr, "augment_sheets: %s\n", seg_error_detail());
    seg_sample_free(&s.picture);
    seg_sample_free(&s.partner);
    return status < 0 ? 1 : 0;
}
