#ifdef HAVE_CAIRO
#include "eval/draw.h"
#include <math.h>
#include <stdio.h>

/* Where the axes are. */
enum { LEFT = 66, RIGHT = 26, TOP = 44, BOTTOM = 54 };
enum { PLOT_WIDTH = FIGURE_WIDTH - LEFT - RIGHT, PLOT_HEIGHT = FIGURE_HEIGHT - TOP - BOTTOM };

/* M. Okabe, K. Ito, "Color universal design", 2008: told apart by colour-blind eyes as well. */
static const uint32_t series_colours[MAX_SIDES] = {0x0072b2, 0xd55e00};
static const uint32_t ink = 0x1f2328, faint = 0x57606a, grid_line = 0xe6e9ed, axis_line = 0x8b949e;

static const double pi = 3.14159265358979323846;

typedef enum anchor { ANCHOR_LEFT, ANCHOR_MIDDLE, ANCHOR_RIGHT } anchor;

static void use_colour(cairo_t *canvas, uint32_t colour, double opacity) {
    cairo_set_source_rgba(canvas, (colour >> 16) / 255.0, (colour >> 8 & 255) / 255.0,
                          (colour & 255) / 255.0, opacity);
}

static void use_font(cairo_t *canvas, double size, bool bold) {
    cairo_select_font_face(canvas, "DejaVu Sans", CAIRO_FONT_SLANT_NORMAL,
                           bold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL);
    cairo_set_font_size(canvas, size);
}

static void write_text(cairo_t *canvas, double x, double y, const char *words, anchor where) {
    cairo_text_extents_t box;
    cairo_text_extents(canvas, words, &box);
    const double shift[] = {0, box.x_advance / 2, box.x_advance};
    cairo_move_to(canvas, x - shift[where], y);
    cairo_show_text(canvas, words);
}

static void draw_line(cairo_t *canvas, double x0, double y0, double x1, double y1) {
    cairo_move_to(canvas, x0, y0);
    cairo_line_to(canvas, x1, y1);
    cairo_stroke(canvas);
}

/* ---- axes ---- */

static double place_x(const figure *from, double value) {
    return LEFT + PLOT_WIDTH * (value - from->low[0]) / (from->high[0] - from->low[0]);
}

static double place_y(const figure *from, double value) {
    return TOP + PLOT_HEIGHT -
           PLOT_HEIGHT * (value - from->low[1]) / (from->high[1] - from->low[1]);
}

/* A round step that divides a range into about five parts. */
static double tick_step(double range) {
    const double rough = range / 5;
    double power = 1;
    while (power * 10 <= rough)
        power *= 10;
    while (power > rough)
        power /= 10;
    const double part = rough / power;
    return power * (part < 1.5 ? 1 : part < 3.5 ? 2 : part < 7.5 ? 5 : 10);
}

static void format_tick(char *shown, size_t size, double value, double step) {
    if (fabs(value) < step / 1000) value = 0;
    int decimals = 0;
    for (double part = 1; part > step * 1.000001 && decimals < 12; part /= 10)
        decimals++;
    if (fabs(value) >= 1e6)
        snprintf(shown, size, "%g", value);
    else
        snprintf(shown, size, "%.*f", decimals, value);
}

/* Words instead of numbers, that have nothing in between. */
static void draw_words(cairo_t *canvas, const figure *from) {
    use_font(canvas, 11, false);
    use_colour(canvas, faint, 1);
    for (int32_t i = 0; i < from->columns; i++)
        write_text(canvas, place_x(from, i), TOP + PLOT_HEIGHT + 17, from->column_names[i],
                   ANCHOR_MIDDLE);
}

static void draw_ticks(cairo_t *canvas, const figure *from, int axis) {
    double step = tick_step(from->high[axis] - from->low[axis]);
    if (axis && from->kind == FIGURE_HISTOGRAM && step < 1) step = 1;
    char shown[32];
    use_font(canvas, 11, false);
    cairo_set_line_width(canvas, 1);
    for (double at = ceil(from->low[axis] / step - 1e-9) * step;
         at <= from->high[axis] + step / 1e6; at += step) {
        const double x = place_x(from, at), y = place_y(from, at);
        use_colour(canvas, grid_line, 1);
        if (axis)
            draw_line(canvas, LEFT, y, LEFT + PLOT_WIDTH, y);
        else
            draw_line(canvas, x, TOP, x, TOP + PLOT_HEIGHT);
        format_tick(shown, sizeof shown, at, step);
        use_colour(canvas, faint, 1);
        if (axis)
            write_text(canvas, LEFT - 7, y + 4, shown, ANCHOR_RIGHT);
        else
            write_text(canvas, x, TOP + PLOT_HEIGHT + 17, shown, ANCHOR_MIDDLE);
    }
}

/* As large as there is room for. */
static void write_title(cairo_t *canvas, const char *title) {
    cairo_text_extents_t box;
    double size = 13.5;
    do {
        size -= 0.5;
        use_font(canvas, size, true);
        cairo_text_extents(canvas, title, &box);
    } while (box.x_advance > FIGURE_WIDTH - LEFT - 6 && size > 7);
    write_text(canvas, LEFT, 26, title, ANCHOR_LEFT);
}

static void draw_names(cairo_t *canvas, const figure *from) {
    use_colour(canvas, ink, 1);
    write_title(canvas, from->title);
    use_font(canvas, 12, false);
    write_text(canvas, LEFT + PLOT_WIDTH / 2.0, FIGURE_HEIGHT - 14, from->x_name, ANCHOR_MIDDLE);
    cairo_save(canvas);
    cairo_translate(canvas, 18, TOP + PLOT_HEIGHT / 2.0);
    cairo_rotate(canvas, -pi / 2);
    write_text(canvas, 0, 0, from->y_name, ANCHOR_MIDDLE);
    cairo_restore(canvas);
}

static void draw_box(cairo_t *canvas) {
    use_colour(canvas, axis_line, 1);
    cairo_set_line_width(canvas, 1);
    cairo_rectangle(canvas, LEFT, TOP, PLOT_WIDTH, PLOT_HEIGHT);
    cairo_stroke(canvas);
}

/* ---- curves ---- */

static void draw_diagonal(cairo_t *canvas) {
    const double dashes[] = {4, 4};
    use_colour(canvas, axis_line, 1);
    cairo_set_dash(canvas, dashes, 2, 0);
    draw_line(canvas, LEFT, TOP + PLOT_HEIGHT, LEFT + PLOT_WIDTH, TOP);
    cairo_set_dash(canvas, NULL, 0, 0);
}

/* precision = f recall / (2 recall - f) */
static void draw_iso_f(cairo_t *canvas, const figure *from) {
    char shown[16];
    use_font(canvas, 9, false);
    for (int tenth = 1; tenth <= 9; tenth++) {
        const double f = tenth / 10.0;
        use_colour(canvas, 0x009e73, 0.35);
        for (double recall = f / (2 - f); recall <= 1 + 1e-9; recall += 0.005) {
            const double x = place_x(from, recall),
                         y = place_y(from, f * recall / (2 * recall - f));
            if (recall == f / (2 - f))
                cairo_move_to(canvas, x, y);
            else
                cairo_line_to(canvas, x, y);
        }
        cairo_stroke(canvas);
        snprintf(shown, sizeof shown, "%.1f", f);
        use_colour(canvas, 0x007a59, 1);
        write_text(canvas, LEFT + PLOT_WIDTH + 4, place_y(from, f / (2 - f)) + 3, shown,
                   ANCHOR_LEFT);
    }
    write_text(canvas, LEFT + PLOT_WIDTH + 4, TOP + 3, "f1", ANCHOR_LEFT);
}

static void draw_series(cairo_t *canvas, const figure *from, int32_t index) {
    const figure_series *series = &from->series[index];
    use_colour(canvas, series_colours[index], 1);
    cairo_set_line_width(canvas, 2);
    cairo_set_line_join(canvas, CAIRO_LINE_JOIN_ROUND);
    double last_x = -1, last_y = -1;
    for (int32_t i = 0; i < series->count && !from->column_names; i++) {
        const double x = place_x(from, series->x[i]), y = place_y(from, series->y[i]);
        /* curves of scores have thousands of points that nobody can tell apart */
        const bool near = fabs(x - last_x) + fabs(y - last_y) < 0.3;
        if (near && i && i + 1 < series->count) continue;
        cairo_line_to(canvas, x, y);
        last_x = x;
        last_y = y;
    }
    cairo_stroke(canvas);
    for (int32_t i = 0; from->points && i < series->count; i++) {
        cairo_arc(canvas, place_x(from, series->x[i]), place_y(from, series->y[i]), 3.5, 0, 2 * pi);
        cairo_fill(canvas);
    }
}

static void draw_legend(cairo_t *canvas, const figure *from) {
    double width = 0;
    int32_t lines = 0;
    use_font(canvas, 11, false);
    for (int32_t s = 0; s < from->series_count; s++) {
        cairo_text_extents_t box;
        if (!from->series[s].name) continue;
        cairo_text_extents(canvas, from->series[s].name, &box);
        if (box.x_advance > width) width = box.x_advance;
        lines++;
    }
    if (!lines) return;
    const double height = 12 + 17.0 * lines;
    /* where the curves seldom are */
    const double top = from->kind == FIGURE_HISTOGRAM ? TOP + 10 : TOP + PLOT_HEIGHT - height - 10;
    const double start =
        from->kind == FIGURE_HISTOGRAM || from->iso_f ? LEFT + 10 : LEFT + PLOT_WIDTH - width - 46;
    use_colour(canvas, 0xffffff, 0.9);
    cairo_rectangle(canvas, start, top, width + 36, height);
    cairo_fill_preserve(canvas);
    use_colour(canvas, grid_line, 1);
    cairo_set_line_width(canvas, 1);
    cairo_stroke(canvas);
    int32_t line = 0;
    for (int32_t s = 0; s < from->series_count; s++) {
        if (!from->series[s].name) continue;
        const double y = top + 18 + 17.0 * line++;
        use_colour(canvas, series_colours[s], 1);
        cairo_rectangle(canvas, start + 8, y - 7, 14, 5);
        cairo_fill(canvas);
        use_colour(canvas, ink, 1);
        write_text(canvas, start + 28, y, from->series[s].name, ANCHOR_LEFT);
    }
}

static void draw_curves(cairo_t *canvas, const figure *from) {
    if (from->column_names)
        draw_words(canvas, from);
    else
        draw_ticks(canvas, from, 0);
    draw_ticks(canvas, from, 1);
    if (from->iso_f) draw_iso_f(canvas, from);
    if (from->diagonal) draw_diagonal(canvas);
    draw_box(canvas);
    cairo_save(canvas);
    cairo_rectangle(canvas, LEFT - 4, TOP - 4, PLOT_WIDTH + 8, PLOT_HEIGHT + 8);
    cairo_clip(canvas);
    for (int32_t s = 0; s < from->series_count; s++)
        draw_series(canvas, from, s);
    cairo_restore(canvas);
}

/* ---- histogram ---- */

/* Two series share the room of a bar. */
static void draw_bars(cairo_t *canvas, const figure *from) {
    draw_ticks(canvas, from, 0);
    draw_ticks(canvas, from, 1);
    for (int32_t s = 0; s < from->series_count; s++) {
        const figure_series *series = &from->series[s];
        const double part = from->bar / from->series_count;
        for (int32_t i = 0; i < series->count; i++) {
            const double x0 = place_x(from, series->x[i] + s * part);
            const double x1 = place_x(from, series->x[i] + (s + 1) * part);
            const double y = place_y(from, series->y[i]);
            if (series->y[i] <= 0) continue;
            use_colour(canvas, series_colours[s], 0.85);
            cairo_rectangle(canvas, x0 + 0.75, y, x1 - x0 - 1.5, TOP + PLOT_HEIGHT - y);
            cairo_fill(canvas);
        }
    }
    draw_box(canvas);
}

/* ---- matrix ---- */

/* White to dark blue. */
static uint32_t shade(double share) {
    static const int from[3] = {247, 250, 253}, to[3] = {8, 69, 148};
    uint32_t colour = 0;
    for (int c = 0; c < 3; c++)
        colour = colour << 8 | (uint32_t)(from[c] + (to[c] - from[c]) * sqrt(share) + 0.5);
    return colour;
}

/* Every how many rows one is named, so that names do not touch. */
static int32_t name_step(int32_t count) {
    int32_t step = 1;
    while (count / step > 20)
        step += step == 1 ? 1 : step == 2 ? 3 : step;
    return step;
}

/* What a cell is drawn between: 0 and the sum of its row, or the least and the largest of all. */
static void find_scale(double *low, double *high, const figure *from, int32_t row) {
    const double *cells = from->series[0].y;
    *low = from->shares ? 0 : INFINITY;
    *high = from->shares ? 0 : -INFINITY;
    for (int32_t i = 0; i < from->rows * from->columns; i++) {
        if (isnan(cells[i])) continue;
        if (from->shares) {
            if (i / from->columns == row) *high += cells[i];
            continue;
        }
        if (cells[i] < *low) *low = cells[i];
        if (cells[i] > *high) *high = cells[i];
    }
}

static void draw_cell(cairo_t *canvas, const figure *from, int32_t row, int32_t column, double low,
                      double high) {
    const double value = from->series[0].y[row * from->columns + column];
    const double share = high > low ? (value - low) / (high - low) : 0;
    const double width = (double)PLOT_WIDTH / from->columns;
    const double height = (double)PLOT_HEIGHT / from->rows;
    const double x = LEFT + column * width, y = TOP + row * height;
    const int32_t most = from->rows > from->columns ? from->rows : from->columns;
    char shown[32];
    if (isnan(value)) return; /* stays white */
    use_colour(canvas, shade(share), 1);
    cairo_rectangle(canvas, x, y, width, height);
    cairo_fill(canvas);
    if (most > 12 || (from->shares && value <= 0)) return;
    if (from->shares && share < 0.0005)
        snprintf(shown, sizeof shown, "< .001");
    else
        snprintf(shown, sizeof shown, "%.3f", from->shares ? share : value);
    use_font(canvas, most > 8 ? 9 : 11, false);
    use_colour(canvas, share > 0.4 ? 0xffffff : ink, 1);
    write_text(canvas, x + width / 2, y + height / 2 + 4, shown, ANCHOR_MIDDLE);
}

static void draw_matrix(cairo_t *canvas, const figure *from) {
    const int32_t row_step = name_step(from->rows), column_step = name_step(from->columns);
    double low, high;
    for (int32_t row = 0; row < from->rows; row++) {
        find_scale(&low, &high, from, row);
        for (int32_t column = 0; column < from->columns; column++)
            draw_cell(canvas, from, row, column, low, high);
    }
    use_font(canvas, 11, false);
    use_colour(canvas, faint, 1);
    for (int32_t k = 0; k < from->rows; k += row_step)
        write_text(canvas, LEFT - 7, TOP + (k + 0.5) * PLOT_HEIGHT / from->rows + 4,
                   from->row_names[k], ANCHOR_RIGHT);
    for (int32_t k = 0; k < from->columns; k += column_step)
        write_text(canvas, LEFT + (k + 0.5) * PLOT_WIDTH / from->columns, TOP + PLOT_HEIGHT + 17,
                   from->column_names[k], ANCHOR_MIDDLE);
    draw_box(canvas);
}

void figure_draw(cairo_t *canvas, const figure *from) {
    switch (from->kind) {
    case FIGURE_CURVES:
        draw_curves(canvas, from);
        break;
    case FIGURE_HISTOGRAM:
        draw_bars(canvas, from);
        break;
    default:
        draw_matrix(canvas, from);
    }
    draw_names(canvas, from);
    draw_legend(canvas, from);
}
#else
typedef int no_cairo; /* a file holds something */
#endif
