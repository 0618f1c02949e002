#include "eval/html.h"
#include "common/messages.h"
#include "eval/plot.h"
#include <math.h>
#include <segment/media.h>
#include <segment/version.h>
#include <stdio.h>
#include <stdlib.h>

enum { MOST_TABLE_ROWS = 200, MOST_TABLE_COLUMNS = 40, THUMBNAIL = 420 };

static const char style[] =
    ":root{--ink:#1f2328;--faint:#57606a;--line:#d8dee4;--paper:#fff;--soft:#f6f8fa;"
    "--blue:#0072b2}"
    "*{box-sizing:border-box}"
    "body{margin:0;font:15px/1.5 system-ui,'DejaVu Sans',sans-serif;color:var(--ink);"
    "background:var(--soft)}"
    "main{max-width:1240px;margin:0 auto;padding:28px 24px 60px}"
    "h1{font-size:26px;margin:0 0 2px}h2{font-size:18px;margin:0 0 14px}"
    "p{margin:0 0 10px}.faint{color:var(--faint)}"
    "table+p{margin-top:8px}"
    "section{background:var(--paper);border:1px solid var(--line);border-radius:8px;"
    "padding:20px 22px;margin:20px 0;overflow-x:auto}"
    ".cards{display:flex;flex-wrap:wrap;gap:14px;margin:18px 0 0}"
    ".card{background:var(--paper);border:1px solid var(--line);border-radius:8px;"
    "padding:10px 18px;min-width:130px}"
    ".card b{display:block;font-size:24px;font-weight:600;font-variant-numeric:tabular-nums}"
    ".card.main b{color:var(--blue)}"
    "table{border-collapse:collapse;font-variant-numeric:tabular-nums;font-size:14px}"
    "th,td{padding:4px 14px 4px 0;text-align:right;white-space:nowrap;"
    "border-bottom:1px solid #eaeef2}"
    "th{color:var(--faint);font-weight:600;border-bottom:1px solid var(--line)}"
    "th:first-child,td:first-child,td.words{text-align:left}"
    "td.words{color:var(--faint);white-space:normal;padding-left:6px}"
    "tr.main td{font-weight:600}"
    ".bar{display:inline-block;height:9px;background:var(--blue);opacity:.75;border-radius:2px}"
    ".plots,.worst{display:flex;flex-wrap:wrap;gap:18px}"
    ".plots figure,.worst figure{margin:0}.plots svg{max-width:100%;height:auto}"
    ".worst figure{width:270px}.worst img{width:100%;border:1px solid var(--line);display:block}"
    ".worst figcaption{font-size:13px;overflow-wrap:anywhere;padding-top:4px}"
    ".keys span{display:inline-block;margin:0 18px 12px 0;font-size:13px}"
    ".keys i{display:inline-block;width:13px;height:13px;vertical-align:-2px;margin-right:6px;"
    "border:1px solid var(--line)}"
    "summary{font-size:18px;font-weight:600;cursor:pointer}details table{margin-top:14px}"
    ".problems{color:#a40e26}";

/* ---- text ---- */

static void add_words(text_buffer *target, const char *words) {
    for (; *words; words++) {
        if (*words == '<')
            text_add(target, "&lt;");
        else if (*words == '>')
            text_add(target, "&gt;");
        else if (*words == '&')
            text_add(target, "&amp;");
        else if (*words == '"')
            text_add(target, "&quot;");
        else
            text_add_bytes(target, words, 1);
    }
}

static void add_element(text_buffer *target, const char *name, const char *words) {
    text_add(target, "<%s>", name);
    add_words(target, words);
    text_add(target, "</%s>", name);
}

static void add_number(text_buffer *target, double value, const seg_measure *measure) {
    char shown[NUMBER_ROOM];
    measure_number(shown, value, measure);
    text_add(target, "<td>%s</td>", shown);
}

static void add_interval(text_buffer *target, const seg_interval *interval,
                         const seg_measure *measure) {
    char low[NUMBER_ROOM], high[NUMBER_ROOM];
    measure_number(low, interval->low, measure);
    measure_number(high, interval->high, measure);
    if (isnan(interval->low))
        text_add(target, "<td>-</td>");
    else
        text_add(target, "<td>%s &ndash; %s</td>", low, high);
}

static void add_probability(text_buffer *target, double p) {
    char shown[NUMBER_ROOM];
    report_probability(shown, p);
    text_add(target, "<td>");
    add_words(target, shown);
    text_add(target, "</td>");
}

static void add_base64(text_buffer *target, const uint8_t *bytes, size_t size) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < size; i += 3) {
        const size_t left = size - i;
        const uint32_t word = (uint32_t)bytes[i] << 16 |
                              (left > 1 ? (uint32_t)bytes[i + 1] << 8 : 0) |
                              (left > 2 ? bytes[i + 2] : 0);
        char four[4];
        for (int k = 0; k < 4; k++)
            four[k] = (size_t)k <= left ? digits[word >> (18 - 6 * k) & 63] : '=';
        text_add_bytes(target, four, 4);
    }
}

/* ---- head ---- */

static void add_head(text_buffer *target, const results *from) {
    const choices *asked = from->choices;
    const scores *all = &from->scores;
    text_add(target,
             "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
             "<meta name=\"viewport\" content=\"width=device-width\"><title>%s</title>"
             "<style>%s</style></head>\n<body><main>\n<h1>",
             asked->metric->id, style);
    add_words(target, asked->metric->id);
    text_add(target, ": ");
    add_words(target, asked->metric->title);
    text_add(target, "</h1>\n<p class=\"faint\">");
    for (int32_t side = 0; side < asked->sides; side++) {
        text_add(target, "%s", asked->sides == 1 ? "" : side ? ", B = " : "A = ");
        add_words(target, asked->predictions[side]);
    }
    text_add(target, " against ");
    add_words(target, asked->truth);
    text_add(target, ": %d %s", (int)all->row_count, report_rows_name(all));
    if (all->all.pairs != all->row_count)
        text_add(target, ", %lld pairs", (long long)all->all.pairs);
    text_add(target, "</p>\n");
}

static void add_card(text_buffer *target, const results *from, int32_t m, bool main) {
    const seg_measure *measure = &from->choices->metric->measures[m];
    char shown[NUMBER_ROOM];
    for (int32_t side = 0; side < from->choices->sides; side++) {
        measure_number(shown, scores_quoted(&from->scores, side)[m], measure);
        text_add(target, "<div class=\"card%s\">%s%s<b>%s</b></div>", main ? " main" : "",
                 from->choices->sides == 1 ? ""
                 : side                    ? "B: "
                                           : "A: ",
                 measure->name, shown);
    }
}

/* True if a measure before says the same under another name. */
static bool is_repeated(const results *from, int32_t m) {
    const double *values = scores_quoted(&from->scores, 0);
    const int32_t first = from->choices->measure;
    bool same = values[m] == values[first];
    for (int32_t i = 0; i < m; i++)
        same = same || (from->choices->metric->measures[i].better > 0 && values[i] == values[m]);
    return same;
}

/* The measure that counts, and the first few of which much is good. */
static void add_cards(text_buffer *target, const results *from) {
    const choices *asked = from->choices;
    int32_t shown = asked->sides;
    text_add(target, "<div class=\"cards\">");
    add_card(target, from, asked->measure, true);
    for (int32_t m = 0; m < asked->metric->measure_count && shown < 6; m++) {
        if (m == asked->measure || asked->metric->measures[m].better <= 0) continue;
        if (is_repeated(from, m)) continue;
        add_card(target, from, m, false);
        shown += asked->sides;
    }
    text_add(target, "</div>\n");
}

static void add_problems(text_buffer *target, const results *from) {
    const unit_list *units = from->scores.units;
    if (!units->problem_count) return;
    text_add(target, "<section><h2>Problems</h2><ul class=\"problems\">\n");
    for (int32_t i = 0; i < units->problem_count; i++) {
        text_add(target, "<li>");
        add_words(target, units->problems[i].subject);
        text_add(target, ": ");
        add_words(target, units->problems[i].reason);
        text_add(target, "</li>\n");
    }
    text_add(target, "</ul></section>\n");
}

/* ---- the whole ---- */

static void start_measure(text_buffer *target, const results *from, int32_t m) {
    text_add(target, "<tr%s>", m == from->choices->measure ? " class=\"main\"" : "");
    add_element(target, "td", from->choices->metric->measures[m].name);
}

static void end_measure(text_buffer *target, const seg_measure *measure) {
    text_add(target, "<td class=\"words\">");
    add_words(target, measure->title);
    if (measure->unit[0]) text_add(target, " [%s]", measure->unit);
    text_add(target, "</td></tr>\n");
}

static void add_whole(text_buffer *target, const results *from) {
    const choices *asked = from->choices;
    const scores *all = &from->scores;
    const certainty *sure = &from->certainty;
    const bool several = all->row_count > 1;
    char interval[64] = "";
    snprintf(interval, sizeof interval, "<th>%g %% interval</th>", 100 * asked->confidence);
    text_add(target, "<section><h2>Measures</h2><table><tr><th>measure</th><th>micro</th>%s",
             sure->sums[0] ? interval : "");
    if (several) text_add(target, "<th>macro</th>%s", sure->means[0] ? interval : "");
    if (all->group_means[0]) text_add(target, "<th>mean of groups</th>");
    text_add(target, "<th></th></tr>\n");
    for (int32_t m = 0; m < asked->metric->measure_count; m++) {
        const seg_measure *measure = &asked->metric->measures[m];
        start_measure(target, from, m);
        add_number(target, all->all.sides[0].values[m], measure);
        if (sure->sums[0]) add_interval(target, &sure->sums[0][m], measure);
        if (several) add_number(target, all->all.means[0][m], measure);
        if (several && sure->means[0]) add_interval(target, &sure->means[0][m], measure);
        if (all->group_means[0]) add_number(target, all->group_means[0][m], measure);
        end_measure(target, measure);
    }
    text_add(target, "</table>\n");
    if (several)
        text_add(target, "<p class=\"faint\">micro: all pairs as one; macro: mean of the %s.</p>",
                 report_rows_name(all));
    text_add(target, "</section>\n");
}

static void add_comparison(text_buffer *target, const results *from) {
    const choices *asked = from->choices;
    const scores *all = &from->scores;
    const certainty *sure = &from->certainty;
    const bool intervals = sure->means[DIFFERENCE] != NULL;
    text_add(target, "<section><h2>Measures</h2><table><tr><th>measure</th><th>micro A</th>"
                     "<th>micro B</th><th>macro A</th><th>macro B</th><th>B &minus; A</th>");
    if (intervals) text_add(target, "<th>%g %% interval</th>", 100 * asked->confidence);
    text_add(target, "<th>larger : smaller</th><th>sign test p</th><th>signed rank p</th>"
                     "<th></th></tr>\n");
    for (int32_t m = 0; m < asked->metric->measure_count; m++) {
        const seg_measure *measure = &asked->metric->measures[m];
        start_measure(target, from, m);
        for (int32_t side = 0; side < 2; side++)
            add_number(target, all->all.sides[side].values[m], measure);
        for (int32_t side = 0; side < 2; side++)
            add_number(target, all->all.means[side][m], measure);
        add_number(target, sure->differences[m], measure);
        if (intervals) add_interval(target, &sure->means[DIFFERENCE][m], measure);
        text_add(target, "<td>%d : %d</td>", (int)sure->signs[m].positive,
                 (int)sure->signs[m].negative);
        add_probability(target, sure->signs[m].p);
        add_probability(target, sure->ranks[m].p);
        end_measure(target, measure);
    }
    text_add(target, "</table></section>\n");
}

/* ---- pictures ---- */

static bool add_picture(text_buffer *target, const seg_image *picture) {
    seg_picture_write_options options;
    seg_picture_write_options_init(&options);
    options.format = "png";
    void *bytes = NULL;
    size_t size = 0;
    seg_image small = {0};
    seg_status status = seg_render_thumbnail(&small, picture, THUMBNAIL, THUMBNAIL, NULL);
    if (status >= 0) status = seg_picture_encode(&bytes, &size, &small, &options, NULL);
    if (status >= 0) {
        text_add(target, "<img alt=\"\" src=\"data:image/png;base64,");
        add_base64(target, bytes, size);
        text_add(target, "\">");
    } else {
        message_error(NULL, "a picture cannot be written (%s)", message_reason(status));
    }
    seg_bytes_free(bytes, NULL);
    seg_image_unref(&small);
    return status >= 0;
}

static void add_keys(text_buffer *target, const results *from) {
    int32_t count;
    const seg_sheet_key *keys = worst_keys(&count, &from->scores);
    text_add(target, "<div class=\"keys\">");
    for (int32_t i = 0; i < count; i++) {
        text_add(target, "<span><i style=\"background:#%06x\"></i>", (unsigned)keys[i].colour);
        add_words(target, keys[i].name);
        text_add(target, "</span>");
    }
    if (!count) text_add(target, "<span>first the prediction, then the truth</span>");
    text_add(target, "</div>\n");
}

static bool add_worst(text_buffer *target, const results *from) {
    const worst_list *worst = &from->worst;
    const seg_measure *measure = &from->choices->metric->measures[from->choices->measure];
    char caption[64];
    bool good = true;
    if (!worst->pictured) return true;
    text_add(target, "<section><h2>The %d worst by %s</h2>\n", (int)worst->pictured, measure->name);
    add_keys(target, from);
    text_add(target, "<div class=\"worst\">\n");
    for (int32_t i = 0; i < worst->pictured && good; i++) {
        worst_caption(caption, sizeof caption, &from->scores, worst->rows[i]);
        text_add(target, "<figure>");
        if (worst->pictures[i].data) good = add_picture(target, &worst->pictures[i]);
        text_add(target, "<figcaption>");
        add_words(target, worst->rows[i]->id);
        text_add(target, "<br><span class=\"faint\">");
        add_words(target, caption);
        text_add(target, "</span></figcaption></figure>\n");
    }
    text_add(target, "</div></section>\n");
    return good;
}

/* ---- groups and files ---- */

static void add_names(text_buffer *target, const results *from, const char *first) {
    const choices *asked = from->choices;
    text_add(target, "<table><tr><th>%s</th>", first);
    for (int32_t m = 0; m < asked->metric->measure_count; m++)
        for (int32_t side = 0; side < asked->sides; side++)
            text_add(target, "<th>%s%s</th>",
                     asked->sides == 1 ? ""
                     : side            ? "B "
                                       : "A ",
                     asked->metric->measures[m].name);
    text_add(target, "<th></th></tr>\n");
}

static void add_line(text_buffer *target, const results *from, const char *name,
                     const double *const values[MAX_SIDES]) {
    const choices *asked = from->choices;
    text_add(target, "<tr>");
    add_element(target, "td", name);
    for (int32_t m = 0; m < asked->metric->measure_count; m++)
        for (int32_t side = 0; side < asked->sides; side++)
            add_number(target, values[side][m], &asked->metric->measures[m]);
    const double main = values[asked->sides - 1][asked->measure];
    if (main >= 0 && main <= 1)
        text_add(target,
                 "<td class=\"words\"><span class=\"bar\" style=\"width:%dpx\"></span></td>",
                 (int)(100 * main + 0.5));
    text_add(target, "</tr>\n");
}

static void add_groups(text_buffer *target, const results *from) {
    const scores *all = &from->scores;
    const bool means = (from->choices->metric->needs & SEG_METRIC_MEANS) != 0;
    if (!all->group_count) return;
    text_add(target, "<section><h2>Groups (%s)</h2>", means ? "macro" : "micro");
    add_names(target, from, "group");
    for (int32_t i = 0; i < all->group_count; i++) {
        const score_group *group = &all->groups[i];
        const double *const values[MAX_SIDES] = {means ? group->means[0] : group->sides[0].values,
                                                 means ? group->means[1] : group->sides[1].values};
        add_line(target, from, group->name[0] ? group->name : ".", values);
    }
    text_add(target, "</table></section>\n");
}

static void add_files(text_buffer *target, const results *from) {
    const scores *all = &from->scores;
    if (all->row_count < 2) return;
    text_add(target, "<section><h2>All %s</h2>", report_rows_name(all));
    add_names(target, from, from->choices->per_frame ? "frame" : "file");
    for (int32_t i = 0; i < all->row_count; i++) {
        const double *const values[MAX_SIDES] = {all->rows[i].sides[0].values,
                                                 all->rows[i].sides[1].values};
        add_line(target, from, all->rows[i].id, values);
    }
    text_add(target, "</table></section>\n");
}

/* ---- the metric's own tables ---- */

static void add_cells(text_buffer *target, const seg_table *table) {
    const int32_t rows = table->rows < MOST_TABLE_ROWS ? table->rows : MOST_TABLE_ROWS;
    for (int32_t r = 0; r < rows; r++) {
        text_add(target, "<tr>");
        for (int32_t c = 0; c < table->columns; c++) {
            const double cell = table->cells[(size_t)r * (size_t)table->columns + (size_t)c];
            if (isnan(cell))
                text_add(target, "<td>-</td>");
            else
                text_add(target, cell == floor(cell) ? "<td>%.0f</td>" : "<td>%.4f</td>", cell);
        }
        text_add(target, "</tr>\n");
    }
    text_add(target, "</table>");
    if (rows < table->rows)
        text_add(target, "<p class=\"faint\">%d of %d rows; --json gives all.</p>", (int)rows,
                 (int)table->rows);
}

/* Curves are plotted; what cannot be is shown as it is. */
static bool add_tables(text_buffer *target, const results *from) {
    const seg_metric *metric = from->choices->metric;
    for (int32_t i = 0; i < metric->table_count; i++) {
        const seg_table_kind *kind = &metric->tables[i];
        seg_table table = {0};
        if (!kind->columns || kind->x >= 0) continue;
        for (int32_t side = 0; side < from->choices->sides; side++) {
            const seg_status status =
                seg_tally_table(from->scores.all.sides[side].tally, i, &table);
            if (status < 0) {
                message_error(NULL, "table %s: %s", kind->name, message_reason(status));
                return false;
            }
            text_add(target, "<section><h2>%s%s</h2><table><tr>", kind->title,
                     from->choices->sides == 1 ? ""
                     : side                    ? ", B"
                                               : ", A");
            for (int32_t c = 0; kind->columns[c] && c < MOST_TABLE_COLUMNS; c++)
                add_element(target, "th", kind->columns[c]);
            text_add(target, "</tr>\n");
            add_cells(target, &table);
            text_add(target, "</details></section>\n");
            seg_table_free(&table, NULL);
        }
    }
    return true;
}

static bool add_plots(text_buffer *target, const results *from) {
    text_buffer plots = {0};
    bool good = plot_add_svg(&plots, from);
    if (good && plots.length)
        text_add(target, "<section><h2>Plots</h2><div class=\"plots\">\n%s</div></section>\n",
                 plots.data);
    text_free(&plots);
    return good;
}

static void add_foot(text_buffer *target, const results *from) {
    char *options = json_dumps(from->choices->parameters, JSON_COMPACT);
    text_add(target, "<p class=\"faint\">segment-eval %s, options ", seg_version());
    add_words(target, options ? options : "{}");
    if (from->choices->metric->reference[0]) {
        text_add(target, "<br>");
        add_words(target, from->choices->metric->reference);
    }
    text_add(target, "</p>\n</main></body></html>\n");
    free(options);
}

bool report_html(text_buffer *target, const results *from) {
    add_head(target, from);
    add_cards(target, from);
    add_problems(target, from);
    if (from->choices->sides == 1)
        add_whole(target, from);
    else
        add_comparison(target, from);
    if (!add_plots(target, from) || !add_worst(target, from)) return false;
    add_groups(target, from);
    if (!add_tables(target, from)) return false;
    add_files(target, from);
    add_foot(target, from);
    return true;
}
