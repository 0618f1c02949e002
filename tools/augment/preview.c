#include "augment/preview.h"
#include "augment/draw.h"
#include "augment/source.h"
#include "common/messages.h"
#include "common/text.h"
#include <segment/render.h>
#include <stdlib.h>

enum { MOST_ROWS = 6, MOST_COPIES = 5 };

typedef struct preview {
    const augment_job *job;
    source *source;
    seg_augment_work *work;
    seg_sample copy;
    seg_image *pictures;
    char **captions;
    int32_t count;
} preview;

static bool fail(const char *subject, seg_status status) {
    message_error(subject, "%s", message_reason(status));
    return false;
}

/* "cats/1_2", and below it "cat 0.70, dog 0.30". */
static char *caption_of(const augment_job *job, const seg_sample *sample, const char *name) {
    text_buffer text = {0};
    int32_t count = 0;
    const char *comma = "\n";
    const seg_label_category *names =
        job->labels ? seg_labels_categories(job->labels, &count) : NULL;
    text_add(&text, "%s", name);
    for (int32_t i = 0; i < sample->class_count; i++) {
        if (sample->classes[i] <= 0) continue;
        if (i < count && names[i].name[0])
            text_add(&text, "%s%s", comma, names[i].name);
        else
            text_add(&text, "%s%ld", comma, (long)i);
        if (sample->classes[i] < 1) text_add(&text, " %.2f", (double)sample->classes[i]);
        comma = ", ";
    }
    return text.data;
}

static bool add_cell(preview *p, const seg_sample *sample, char *name) {
    const seg_status status = draw_sample(&p->pictures[p->count], sample, p->job->rules.ignore);
    if (status >= 0) p->captions[p->count++] = caption_of(p->job, sample, name);
    free(name);
    return status >= 0 || fail(sample->name, status);
}

static bool add_row(preview *p, int32_t index, int32_t copies) {
    const set_item *item = &p->job->set.items[index];
    const seg_sample *kept;
    source_partners user = {.source = p->source};
    const seg_augment_partners partners = source_partners_of(&user);
    seg_status status = source_take(p->source, index, &kept);
    if (status < 0) return fail(item->path, status);
    user.like = &kept->picture;
    bool good = add_cell(p, kept, text_copy(item->name));
    for (int32_t k = 1; good && k <= copies; k++) {
        status = seg_augment_apply(p->job->pipeline, p->work, &p->copy, kept, k, &partners);
        good = status >= 0 ? add_cell(p, &p->copy, text_format("%s_%ld", item->stem, (long)k))
                           : fail(item->path, status);
    }
    source_give_back(p->source, index);
    return good;
}

static bool write_sheet(preview *p, int32_t columns) {
    const char *path = p->job->given->values[OPTION_PREVIEW];
    seg_sheet_cell *cells = memory_get((size_t)p->count, sizeof *cells);
    const seg_picture_write_options encoding = job_encoding(p->job);
    seg_sheet_options options;
    seg_image sheet = {0};
    seg_sheet_options_init(&options);
    options.columns = columns;
    options.title = p->job->text;
    for (int32_t i = 0; i < p->count; i++)
        cells[i] = (seg_sheet_cell){&p->pictures[i], p->captions[i]};
    seg_status status = seg_render_sheet(&sheet, cells, p->count, &options, NULL);
    if (status >= 0) status = seg_picture_write(path, &sheet, &encoding, NULL);
    seg_image_unref(&sheet);
    free(cells);
    return status >= 0 || fail(path, status);
}

static bool may_write(const augment_job *job) {
    const char *path = job->given->values[OPTION_PREVIEW];
    file_identity there;
    if (job->settings.overwrite || text_starts(path, "/dev/") || !file_identify(&there, path))
        return true;
    message_error(path, "exists already; -y replaces it");
    return false;
}

int preview_write(const augment_job *job) {
    const int32_t copies = job->last < MOST_COPIES ? job->last : MOST_COPIES;
    if (!may_write(job)) return EXIT_USAGE;
    preview p = {.job = job, .source = source_create(job, job->cache)};
    int32_t end, failed = 0;
    const int32_t first = job_shard(job, &end), room = MOST_ROWS * (copies + 1);
    const seg_status status = seg_augment_work_create(&p.work, NULL);
    bool good = status >= 0 || fail(NULL, status);
    p.pictures = memory_get((size_t)room, sizeof *p.pictures);
    p.captions = memory_get((size_t)room, sizeof *p.captions);
    seg_sample_init(&p.copy, NULL);
    for (int32_t i = first; good && i < end && p.count + copies < room; i++) {
        const int32_t before = p.count;
        good = add_row(&p, i, copies);
        if (!good && job->settings.keep_going) {
            for (failed++, good = true; p.count > before; p.count--) {
                free(p.captions[p.count - 1]);
                seg_image_unref(&p.pictures[p.count - 1]);
            }
        }
    }
    good = good && p.count && write_sheet(&p, copies + 1);
    for (int32_t i = 0; i < p.count; i++) {
        seg_image_unref(&p.pictures[i]);
        free(p.captions[i]);
    }
    free(p.pictures);
    free(p.captions);
    seg_sample_free(&p.copy);
    seg_augment_work_free(p.work);
    source_free(p.source);
    return !good ? EXIT_FAILED : failed ? EXIT_SOME_FAILED : EXIT_DONE;
}
