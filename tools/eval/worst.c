#include "eval/worst.h"
#include "common/messages.h"
#include "common/text.h"
#include "eval/errors.h"
#include "eval/report.h"
#include <math.h>
#include <segment/media.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- which ---- */

/* Larger is worse. */
static double badness(const scores *from, const score_row *row) {
    const int32_t m = from->choices->measure, better = from->choices->metric->measures[m].better;
    const double a = row->sides[0].values[m];
    return from->choices->sides == 2 ? better * (a - row->sides[1].values[m]) : -better * a;
}

typedef struct candidate {
    double bad;
    int32_t row;
} candidate;

static int compare(const void *a, const void *b) {
    const candidate *p = a, *q = b;
    if (p->bad != q->bad) return p->bad < q->bad ? 1 : -1;
    return (p->row > q->row) - (p->row < q->row);
}

void worst_find(worst_list *target, const scores *from) {
    *target = (worst_list){0};
    const int32_t most = from->choices->worst;
    if (!most || !from->row_count) return;
    candidate *all = memory_get((size_t)from->row_count, sizeof *all);
    int32_t count = 0;
    for (int32_t i = 0; i < from->row_count; i++) {
        const double bad = badness(from, &from->rows[i]);
        if (!isnan(bad)) all[count++] = (candidate){bad, i};
    }
    qsort(all, (size_t)count, sizeof *all, compare);
    target->count = count < most ? count : most;
    target->rows = memory_get((size_t)target->count, sizeof *target->rows);
    for (int32_t i = 0; i < target->count; i++)
        target->rows[i] = &from->rows[all[i].row];
    free(all);
}

void worst_caption(char *shown, size_t size, const scores *from, const score_row *row) {
    const seg_measure *measure = &from->choices->metric->measures[from->choices->measure];
    char first[NUMBER_ROOM], second[NUMBER_ROOM];
    measure_number(first, row->sides[0].values[from->choices->measure], measure);
    if (from->choices->sides == 1) {
        snprintf(shown, size, "%s %s", measure->name, first);
        return;
    }
    measure_number(second, row->sides[1].values[from->choices->measure], measure);
    snprintf(shown, size, "%s %s -> %s", measure->name, first, second);
}

/* ---- their pictures ---- */

typedef struct artist {
    worst_list *target;
    const scores *from;
    seg_tally *like;
    seg_env env;
    int32_t side; /* whose errors are shown: the last prediction's */
} artist;

static void warn(const unit *of, const blame *whom) {
    message_warning(whom->subject ? whom->subject : of->id, "its errors cannot be drawn: %s",
                    whom->why.reason);
}

static void draw(artist *by, int32_t place, const loaded_pair *pair, const unit *of) {
    seg_status status =
        errors_draw(&by->target->pictures[place], pair, by->side, by->like, &by->env);
    if (status < 0)
        message_warning(of->id, "its errors cannot be drawn: %s", message_reason(status));
}

/* Of a sequence of files the one in the middle. */
static void draw_files(artist *by, int32_t place, const unit *of) {
    const file_set *files = &of->files[of->file_count / 2];
    loaded_pair pair;
    blame whom = {0};
    if (pair_load(&pair, files, of, by->from->choices->metric, &by->env, &whom))
        draw(by, place, &pair, of);
    else
        warn(of, &whom);
    pair_free(&pair);
    free(whom.subject);
}

/* Reads a video once for all of its frames. */
static void draw_frames(artist *by, int32_t unit_index, const unit *of) {
    worst_list *target = by->target;
    streams all;
    blame whom = {0};
    bool there = true, good;
    int32_t left = 0;
    for (int32_t i = 0; i < target->pictured; i++)
        left += target->rows[i]->unit == unit_index;
    good = streams_open(&all, of, by->from->choices->metric, false, &by->env, &whom);
    while (good && left && there) {
        good = streams_next(&all, &there, &whom);
        for (int32_t i = 0; i < target->pictured && good && there; i++) {
            const score_row *row = target->rows[i];
            if (row->unit != unit_index || row->frame != all.frames - 1) continue;
            draw(by, i, &all.pair, of);
            left--;
        }
    }
    if (!good) warn(of, &whom);
    free(whom.subject);
    streams_close(&all);
}

static bool is_stream(const unit *of) {
    const file_set *files = of->files;
    for (int32_t side = 0; side < MAX_SIDES; side++)
        if (files->predictions[side] && text_equal(files->predictions[side], "-")) return true;
    return text_equal(files->truths.items[0], "-");
}

static void draw_row(artist *by, int32_t place) {
    const score_row *row = by->target->rows[place];
    const unit *of = &by->from->units->items[row->unit];
    for (int32_t i = 0; i < place; i++) /* a video is read with its first row */
        if (of->frames && by->target->rows[i]->unit == row->unit) return;
    if (of->data)
        message_warning(row->id, "its errors cannot be drawn: annotations have no pictures");
    else if (!of->frames)
        draw_files(by, place, of);
    else if (is_stream(of))
        message_warning(of->id, "its errors cannot be drawn: standard input cannot be read again");
    else if (row->frame < 0)
        message_warning(of->id, "its errors cannot be drawn as one picture; --per-frame shows the "
                                "worst frames");
    else
        draw_frames(by, row->unit, of);
}

void worst_draw(worst_list *target, const scores *from, int32_t most) {
    const choices *asked = from->choices;
    artist by = {.target = target, .from = from, .side = asked->sides - 1};
    by.env.limits = &asked->common.limits;
    target->pictured = target->count < most ? target->count : most;
    target->pictures = memory_get((size_t)target->pictured, sizeof *target->pictures);
    seg_status status = seg_tally_create(&by.like, asked->metric, asked->options, &by.env);
    if (status < 0) message_warning(NULL, "errors cannot be drawn: %s", message_reason(status));
    for (int32_t i = 0; i < target->pictured && status >= 0; i++)
        draw_row(&by, i);
    seg_tally_free(by.like);
}

const seg_sheet_key *worst_keys(int32_t *count, const scores *from) {
    return errors_keys(count, from->choices->metric, from->choices->pictures != NULL);
}

/* ---- the sheet ---- */

bool worst_write_sheet(const worst_list *from, const scores *all, const char *path) {
    const choices *asked = all->choices;
    const seg_measure *measure = &asked->metric->measures[asked->measure];
    const bool beside = errors_kind(asked->metric) == ERRORS_BESIDE;
    seg_sheet_options options;
    seg_image sheet = {0};
    seg_sheet_cell *cells = memory_get((size_t)from->pictured, sizeof *cells);
    char caption[64];
    for (int32_t i = 0; i < from->pictured; i++) {
        worst_caption(caption, sizeof caption, all, from->rows[i]);
        cells[i].picture = &from->pictures[i];
        cells[i].caption = text_format("%s\n%s%s", from->rows[i]->id, caption,
                                       beside ? "  (prediction, truth)" : "");
    }
    seg_sheet_options_init(&options);
    char *title = text_format("%s: the %d worst of %d by %s", asked->metric->id,
                              (int)from->pictured, (int)all->row_count, measure->name);
    options.title = title;
    options.keys = worst_keys(&options.key_count, all);
    seg_status status = seg_render_sheet(&sheet, cells, from->pictured, &options, NULL);
    if (status >= 0) status = seg_picture_write(path, &sheet, NULL, NULL);
    if (status < 0) message_error(path, "%s", message_reason(status));
    for (int32_t i = 0; i < from->pictured; i++)
        free((char *)cells[i].caption);
    free(cells);
    free(title);
    seg_image_unref(&sheet);
    return status >= 0;
}

void worst_free(worst_list *target) {
    for (int32_t i = 0; i < target->pictured; i++)
        seg_image_unref(&target->pictures[i]);
    free(target->pictures);
    free(target->rows);
    *target = (worst_list){0};
}
