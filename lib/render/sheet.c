/* Contact sheets: pictures in rows with captions, a title and what the colours mean. */
#include "core/check.h"
#include "core/memory.h"
#include "render/font.h"
#include "render/thumbnail.h"

#include <string.h>

enum {
    MARGIN = 16,
    GAP = 4, /* between a picture and its caption, and between lines */
    LINE = SEG_FONT_HEIGHT + GAP,
    SWATCH = 13,
    MOST_COLUMNS = 1000
};

static const uint32_t paper = 0xffffff, ink = 0x1f2328, faint = 0x57606a, frame_colour = 0xd0d7de;

typedef struct layout {
    const seg_sheet_options *options;
    const seg_sheet_cell *cells;
    int32_t count, columns, rows, caption_lines;
    int32_t top;         /* of the first row */
    int32_t cell_height; /* of the highest picture as it is drawn */
    int64_t step_x, step_y, width, height;
} layout;

void seg_sheet_options_init(seg_sheet_options *options) {
    *options = (seg_sheet_options){.size = sizeof *options, .cell_width = 320, .cell_height = 240};
}

/* ---- layout ---- */

static int32_t count_lines(const char *text) {
    int32_t lines = text && *text ? 1 : 0;
    for (; text && *text; text++)
        lines += *text == '\n';
    return lines;
}

/* Columns that bring the sheet's sides nearest to 3 : 2. */
static int32_t choose_columns(const layout *all) {
    int32_t best = 1;
    int64_t best_error = INT64_MAX;
    for (int32_t columns = 1; columns <= all->count && columns <= MOST_COLUMNS; columns++) {
        const int64_t rows = (all->count + columns - 1) / columns;
        int64_t error = 2 * columns * all->step_x - 3 * (rows * all->step_y + all->top);
        if (error < 0) error = -error;
        if (error >= best_error) continue;
        best = columns;
        best_error = error;
    }
    return best;
}

static int64_t keys_width(const seg_sheet_options *options) {
    int64_t width = 0;
    for (int32_t i = 0; i < options->key_count; i++)
        width += SWATCH + 2 * GAP + seg_text_width(options->keys[i].name, 1) + MARGIN;
    return width;
}

static void measure_cells(layout *all) {
    const seg_sheet_options *options = all->options;
    for (int32_t i = 0; i < all->count; i++) {
        const seg_sheet_cell *cell = &all->cells[i];
        const int32_t lines = count_lines(cell->caption);
        int32_t width, height = 1;
        if (!seg_image_empty(cell->picture))
            seg_thumbnail_size(&width, &height, cell->picture, options->cell_width,
                               options->cell_height);
        if (lines > all->caption_lines) all->caption_lines = lines;
        if (height > all->cell_height) all->cell_height = height;
    }
}

static void lay_out(layout *all) {
    const seg_sheet_options *options = all->options;
    measure_cells(all);
    all->top = MARGIN;
    if (options->title) all->top += 2 * SEG_FONT_HEIGHT + MARGIN;
    if (options->key_count) all->top += SWATCH + MARGIN;
    all->step_x = (int64_t)options->cell_width + MARGIN;
    all->step_y = (int64_t)all->cell_height + (int64_t)all->caption_lines * LINE + MARGIN;
    all->columns = options->columns ? options->columns : choose_columns(all);
    if (all->columns > all->count) all->columns = all->count;
    all->rows = (all->count + all->columns - 1) / all->columns;
    all->width = MARGIN + all->columns * all->step_x;
    all->height = all->top + all->rows * all->step_y;
    const int64_t title = seg_text_width(options->title, 2) + 2 * (int64_t)MARGIN;
    const int64_t keys = keys_width(options) + MARGIN;
    /* a long title is cut rather than making the sheet wider than three cells */
    const int64_t most = 2 * MARGIN + 3 * all->step_x;
    if (all->width < title)
        all->width = title < most ? title : all->width < most ? most : all->width;
    if (all->width < keys) all->width = keys;
}

/* ---- drawing ---- */

static void fill(seg_image *sheet, int64_t x, int64_t y, int64_t width, int64_t height,
                 uint32_t colour) {
    for (int64_t row = y; row < y + height; row++) {
        uint8_t *pixels = (uint8_t *)seg_image_row(sheet, (int32_t)row) + 3 * x;
        for (int64_t i = 0; i < width; i++, pixels += 3) {
            pixels[0] = (uint8_t)(colour >> 16);
            pixels[1] = (uint8_t)(colour >> 8);
            pixels[2] = (uint8_t)colour;
        }
    }
}

/* A line of at most `room` pixels; what is too long ends in dots. */
static seg_status draw_line(seg_image *sheet, int64_t x, int64_t y, const char *text, size_t length,
                            int64_t room, uint32_t colour, int32_t scale) {
    char line[512];
    if (length >= sizeof line) length = sizeof line - 1;
    memcpy(line, text, length);
    line[length] = 0;
    if (seg_text_width(line, scale) > room) {
        const char *at = line;
        int64_t left = room / (SEG_FONT_WIDTH * scale) - 3;
        for (; left > 0 && *at; left--)
            seg_font_next(&at);
        size_t kept = (size_t)(at - line);
        if (kept > sizeof line - 4) kept = sizeof line - 4;
        memcpy(line + kept, "...", 4);
    }
    return seg_render_text(sheet, (int32_t)x, (int32_t)y, line, colour, scale);
}

static seg_status draw_caption(seg_image *sheet, const layout *all, int64_t x, int64_t y,
                               const char *caption) {
    for (int32_t line = 0; caption && *caption; line++) {
        const size_t length = strcspn(caption, "\n");
        SEG_TRY(draw_line(sheet, x, y + (int64_t)line * LINE, caption, length,
                          all->options->cell_width, line ? faint : ink, 1));
        caption += length;
        if (*caption) caption++;
    }
    return SEG_OK;
}

static seg_status draw_picture(seg_image *sheet, const layout *all, int64_t x, int64_t y,
                               const seg_image *picture, const seg_env *env) {
    const int32_t cell_width = all->options->cell_width, cell_height = all->cell_height;
    int32_t width, height;
    seg_image view = {0};
    seg_thumbnail_size(&width, &height, picture, cell_width, all->options->cell_height);
    const int64_t left = x + (cell_width - width) / 2, top = y + (cell_height - height) / 2;
    fill(sheet, left - 1, top - 1, (int64_t)width + 2, (int64_t)height + 2, frame_colour);
    SEG_TRY(seg_image_view(&view, sheet, (seg_rect){(int32_t)left, (int32_t)top, width, height}));
    const seg_status status = seg_thumbnail_draw(&view, picture, env);
    seg_image_unref(&view);
    return status;
}

static seg_status draw_head(seg_image *sheet, const layout *all) {
    const seg_sheet_options *options = all->options;
    int64_t y = MARGIN, x = MARGIN;
    if (options->title) {
        SEG_TRY(draw_line(sheet, x, y, options->title, strlen(options->title),
                          all->width - 2 * MARGIN, ink, 2));
        y += 2 * SEG_FONT_HEIGHT + MARGIN;
    }
    for (int32_t i = 0; i < options->key_count; i++) {
        const seg_sheet_key *key = &options->keys[i];
        const char *name = key->name ? key->name : "";
        fill(sheet, x, y, SWATCH, SWATCH, frame_colour);
        fill(sheet, x + 1, y + 1, SWATCH - 2, SWATCH - 2, key->colour);
        x += SWATCH + 2 * GAP;
        SEG_TRY(seg_render_text(sheet, (int32_t)x, (int32_t)y, name, ink, 1));
        x += seg_text_width(name, 1) + MARGIN;
    }
    return SEG_OK;
}

static seg_status draw_all(seg_image *sheet, const layout *all, const seg_env *env) {
    fill(sheet, 0, 0, sheet->width, sheet->height, paper);
    SEG_TRY(draw_head(sheet, all));
    for (int32_t i = 0; i < all->count; i++) {
        const int64_t x = MARGIN + i % all->columns * all->step_x;
        const int64_t y = all->top + i / all->columns * all->step_y;
        if (!seg_image_empty(all->cells[i].picture))
            SEG_TRY(draw_picture(sheet, all, x, y, all->cells[i].picture, env));
        SEG_TRY(draw_caption(sheet, all, x, y + all->cell_height + GAP, all->cells[i].caption));
    }
    return SEG_OK;
}

/* ---- the whole ---- */

static seg_status check_side(const char *name, int32_t value, int32_t low, int32_t high) {
    if (value >= low && value <= high) return SEG_OK;
    return seg_fail(SEG_ERROR_OPTION, "%s is %ld (allowed %ld to %ld)", name, (long)value,
                    (long)low, (long)high);
}

static seg_status check(const seg_sheet_cell *cells, int32_t count,
                        const seg_sheet_options *options) {
    if (!cells || count < 1)
        return seg_fail(SEG_ERROR_ARGUMENT, "count is %ld (a sheet has at least one picture)",
                        (long)count);
    if (options->size == 0)
        return seg_fail(SEG_ERROR_OPTION, "the size of seg_sheet_options is 0; call "
                                          "seg_sheet_options_init first");
    SEG_TRY(check_side("columns", options->columns, 0, MOST_COLUMNS));
    SEG_TRY(check_side("cell_width", options->cell_width, 16, 16384));
    SEG_TRY(check_side("cell_height", options->cell_height, 16, 16384));
    SEG_TRY(check_side("key_count", options->key_count, 0, options->keys ? 100 : 0));
    for (int32_t i = 0; i < count; i++)
        if (!seg_image_empty(cells[i].picture))
            SEG_TRY(seg_check_image(cells[i].picture, "the picture of a cell", SEG_ANY_PICTURE,
                                    SEG_CHANNELS_ANY));
    return SEG_OK;
}

seg_status seg_render_sheet(seg_image *sheet, const seg_sheet_cell *cells, int32_t count,
                            const seg_sheet_options *options, const seg_env *env) {
    seg_sheet_options chosen;
    seg_sheet_options_init(&chosen);
    if (options) chosen = *options;
    if (!sheet) return seg_fail(SEG_ERROR_ARGUMENT, "sheet is missing (NULL)");
    SEG_TRY(check(cells, count, &chosen));
    layout all = {.options = &chosen, .cells = cells, .count = count};
    lay_out(&all);
    SEG_TRY(seg_check_limits(all.width, all.height, env));
    seg_image made = {0};
    SEG_TRY(seg_image_alloc(&made, (int32_t)all.width, (int32_t)all.height, SEG_U8, 3, env));
    const seg_status status = draw_all(&made, &all, env);
    if (status < 0) {
        seg_image_unref(&made);
        return status;
    }
    seg_image_unref(sheet);
    *sheet = made;
    return SEG_OK;
}
