#include "eval/plot.h"
#include "common/messages.h"
#include "common/names.h"
#include <stdlib.h>

bool plot_check_name(const char *path) {
    if (!plot_is_there()) {
        message_error(NULL, "--plot: this segment-eval was built without Cairo (SEGMENT_PLOTS)");
        return false;
    }
    if (text_ends_any_case(path, ".svg") || text_ends_any_case(path, ".png")) return true;
    message_error(NULL, "--plot is \"%s\" (allowed: a name that ends in .svg or .png)", path);
    return false;
}

/* A metric's plots are its tables that can be drawn, and the histogram that all have. */
static bool has_plot(const seg_metric *metric, const char *name) {
    for (int32_t i = 0; i < metric->table_count; i++)
        if (text_name_equal(metric->tables[i].name, name))
            return figure_can_draw(&metric->tables[i]);
    return text_equal(name, FIGURE_OF_FILES);
}

static bool has_table(const seg_metric *metric, const char *name) {
    for (int32_t i = 0; i < metric->table_count; i++)
        if (text_name_equal(metric->tables[i].name, name)) return true;
    return false;
}

/* "roc, pr, histogram" */
static char *list_plots(const seg_metric *metric) {
    text_buffer list = {0};
    for (int32_t i = 0; i < metric->table_count; i++)
        if (figure_can_draw(&metric->tables[i])) text_add(&list, "%s, ", metric->tables[i].name);
    text_add(&list, "%s", FIGURE_OF_FILES);
    return list.data;
}

bool plot_check_choice(const char *path, const seg_metric *metric) {
    int32_t count;
    const seg_metric *const *metrics = seg_metrics(&count);
    char *stem = name_stem(path);
    bool known = false;
    for (int32_t i = 0; i < count; i++)
        known = known || has_table(metrics[i], stem);
    const bool good = !known || has_plot(metric, stem);
    if (!good) {
        char *list = list_plots(metric);
        message_error(NULL,
                      "--plot is \"%s\", but %s has no plot %s (it has %s; any other name gives "
                      "them all)",
                      path, metric->id, stem, list);
        free(list);
    }
    free(stem);
    return good;
}

#ifdef HAVE_CAIRO
#include "eval/draw.h"
#include "eval/output.h"
#include <cairo-svg.h>
#include <stdio.h>
#include <string.h>

enum { GAP = 12, PIXELS = 2 /* of a PNG for each unit */ };

bool plot_is_there(void) {
    return true;
}

const char *plot_version(void) {
    return "cairo " CAIRO_VERSION_STRING "\n";
}

static cairo_status_t collect(void *user, const unsigned char *bytes, unsigned int size) {
    text_add_bytes(user, bytes, size);
    return CAIRO_STATUS_SUCCESS;
}

/* Figures in rows of at most two. */
static void draw_page(cairo_t *canvas, const figure *list, int32_t count, double width,
                      double height) {
    const int32_t columns = count > 1 ? 2 : 1;
    cairo_set_source_rgb(canvas, 1, 1, 1);
    cairo_rectangle(canvas, 0, 0, width, height);
    cairo_fill(canvas);
    for (int32_t i = 0; i < count; i++) {
        cairo_save(canvas);
        cairo_translate(canvas, i % columns * (FIGURE_WIDTH + GAP),
                        i / columns * (FIGURE_HEIGHT + GAP));
        figure_draw(canvas, &list[i]);
        cairo_restore(canvas);
    }
}

static bool render(text_buffer *target, const figure *list, int32_t count, bool svg) {
    const int32_t columns = count > 1 ? 2 : 1, rows = (count + columns - 1) / columns;
    const int width = columns * (FIGURE_WIDTH + GAP) - GAP,
              height = rows * (FIGURE_HEIGHT + GAP) - GAP;
    cairo_surface_t *surface =
        svg ? cairo_svg_surface_create_for_stream(collect, target, width, height)
            : cairo_image_surface_create(CAIRO_FORMAT_RGB24, PIXELS * width, PIXELS * height);
    if (svg) cairo_svg_surface_set_document_unit(surface, CAIRO_SVG_UNIT_PX);
    cairo_t *canvas = cairo_create(surface);
    if (!svg) cairo_scale(canvas, PIXELS, PIXELS);
    draw_page(canvas, list, count, width, height);
    cairo_status_t status = cairo_status(canvas);
    cairo_destroy(canvas);
    if (status == CAIRO_STATUS_SUCCESS && !svg)
        status = cairo_surface_write_to_png_stream(surface, collect, target);
    cairo_surface_finish(surface);
    if (status == CAIRO_STATUS_SUCCESS) status = cairo_surface_status(surface);
    cairo_surface_destroy(surface);
    if (status != CAIRO_STATUS_SUCCESS)
        message_error(NULL, "plots cannot be drawn (%s)", cairo_status_to_string(status));
    return status == CAIRO_STATUS_SUCCESS;
}

/* The figure that the file is named after, or all. */
static void choose(const figure **first, int32_t *count, const figure *list, int32_t all,
                   const char *path) {
    char *stem = name_stem(path);
    *first = list;
    *count = all;
    for (int32_t i = 0; i < all; i++) {
        if (!text_name_equal(list[i].name, stem)) continue;
        *first = &list[i];
        *count = 1;
    }
    free(stem);
}

bool plot_write_figures(const figure *list, int32_t count, const char *path) {
    text_buffer body = {0};
    const bool good = render(&body, list, count, text_ends_any_case(path, ".svg"));
    if (good) return output_text(&body, path);
    text_free(&body);
    return false;
}

bool plot_write(const results *from, const char *path) {
    int32_t all, count;
    const figure *first;
    figure *list = figures_make(&all, from);
    if (!list) {
        if (!all)
            message_error(path,
                          "there is nothing to plot: %s has no curves, and one file gives no "
                          "histogram",
                          from->choices->metric->id);
        return false;
    }
    choose(&first, &count, list, all, path);
    const bool good = plot_write_figures(first, count, path);
    figures_free(list, all);
    return good;
}

/* Names inside an SVG are made its own: on one page they would be those of the first. */
static void add_own_names(text_buffer *target, const char *svg, int32_t number) {
    static const char *const marks[] = {"id=\"", "\"#", "url(#"};
    const char *start = strstr(svg, "<svg");
    for (const char *at = start ? start : svg; *at;) {
        const char *mark = NULL;
        for (int i = 0; i < 3 && !mark; i++)
            if (text_starts(at, marks[i])) mark = marks[i];
        if (!mark) {
            const size_t plain = strcspn(at + 1, "iu\"") + 1;
            text_add_bytes(target, at, plain);
            at += plain;
            continue;
        }
        text_add(target, "%sf%d-", mark, (int)number);
        at += strlen(mark);
    }
}

bool plot_add_svg(text_buffer *target, const results *from) {
    int32_t count;
    figure *list = figures_make(&count, from);
    bool good = count >= 0;
    for (int32_t i = 0; i < count && good; i++) {
        text_buffer body = {0};
        good = render(&body, &list[i], 1, true);
        if (good) {
            text_add(target, "<figure>");
            add_own_names(target, body.data, i);
            text_add(target, "</figure>\n");
        }
        text_free(&body);
    }
    if (list) figures_free(list, count);
    return good;
}

#else

bool plot_is_there(void) {
    return false;
}

const char *plot_version(void) {
    return "";
}

bool plot_write(const results *from, const char *path) {
    (void)from, (void)path;
    return false;
}

bool plot_write_figures(const figure *list, int32_t count, const char *path) {
    (void)list, (void)count, (void)path;
    return false;
}

bool plot_add_svg(text_buffer *target, const results *from) {
    (void)target, (void)from;
    return true;
}

#endif
