#include "eval/evaluate.h"
#include "common/messages.h"
#include "common/signals.h"
#include "eval/html.h"
#include "eval/output.h"
#include "eval/plot.h"
#include "eval/terminal.h"
#include "eval/tune.h"

/* ---- outputs ---- */

static bool write_csv(const results *from) {
    text_buffer body = {0};
    report_csv(&body, from);
    return output_text(&body, from->choices->csv);
}

static bool write_html(const results *from) {
    text_buffer body = {0};
    if (report_html(&body, from)) return output_text(&body, from->choices->html);
    text_free(&body);
    return false;
}

static bool write_table(const results *from) {
    text_buffer body = {0};
    report_table(&body, from, terminal_width());
    return output_text(&body, "-");
}

/* Standard output holds one thing. */
static bool write_all(results *from) {
    const choices *asked = from->choices;
    const bool taken = asked->csv && text_equal(asked->csv, "-");
    bool good = true;
    worst_find(&from->worst, &from->scores);
    if (asked->sheet || asked->html)
        worst_draw(&from->worst, &from->scores, from->worst.count < 200 ? from->worst.count : 200);
    if (asked->sheet) good = worst_write_sheet(&from->worst, &from->scores, asked->sheet);
    if (asked->plot) good = plot_write(from, asked->plot) && good;
    if (asked->html) good = write_html(from) && good;
    if (asked->csv) good = write_csv(from) && good;
    if (asked->json) return output_json(report_json(from), "-") && good;
    return taken ? good : write_table(from) && good;
}

/* ---- the run ---- */

static int say_stopped(void) {
    message_error(NULL, "stopped");
    return 128 + signals_received();
}

/* Problems fail the run; with --keep-going the `good` ones are scored. */
static int settle(const results *from, int32_t good) {
    const int32_t problems = from->scores.units->problem_count;
    if (!problems) return EXIT_DONE;
    if (!good) return EXIT_FAILED;
    if (from->choices->common.keep_going) return EXIT_SOME_FAILED;
    message_error(NULL, "%d problem%s; --keep-going scores the other %d", (int)problems,
                  problems == 1 ? "" : "s", (int)good);
    return EXIT_FAILED;
}

static int score_and_report(results *target, unit_list *units) {
    const choices *asked = target->choices;
    if (!scores_make(&target->scores, asked, units)) return EXIT_FAILED;
    if (target->scores.stopped) return say_stopped();
    const int code = settle(target, target->scores.row_count);
    if (code != EXIT_DONE && code != EXIT_SOME_FAILED) return code;
    bool good = certainty_find(&target->certainty, &target->scores);
    if (signals_received()) return say_stopped();
    return good && write_all(target) ? code : EXIT_FAILED;
}

/* Before anything is read: who scores for an hour wants the result. */
static bool check_outputs(const char *const outputs[], const choices *asked) {
    const char *const inputs[] = {asked->predictions[0], asked->predictions[1], asked->truth,
                                  asked->ignore,         asked->pictures,       OUTPUT_END};
    if (asked->sheet && !output_check_picture("--sheet", asked->sheet)) return false;
    if (asked->plot &&
        !(plot_check_name(asked->plot) && plot_check_choice(asked->plot, asked->metric)))
        return false;
    return outputs_check(outputs, inputs, asked->common.overwrite);
}

static int run(const choices *asked) {
    const char *const outputs[] = {asked->csv, asked->sheet, asked->plot, asked->html, OUTPUT_END};
    results all = {.choices = asked};
    unit_list units;
    if (!check_outputs(outputs, asked)) return EXIT_USAGE;
    signals_catch();
    int code = units_find(&units, asked) ? EXIT_DONE : EXIT_FAILED;
    all.scores.units = &units;
    if (code == EXIT_DONE && !outputs_check_units(outputs, &units)) code = EXIT_USAGE;
    if (code == EXIT_DONE && !asked->common.keep_going) code = settle(&all, units.count);
    if (code == EXIT_DONE && !units.count && !units.problem_count) {
        message_error(NULL, "nothing to score");
        code = EXIT_FAILED;
    }
    if (code == EXIT_DONE && !units.count) code = EXIT_FAILED;
    if (code == EXIT_DONE) code = score_and_report(&all, &units);
    worst_free(&all.worst);
    certainty_free(&all.certainty);
    scores_free(&all.scores);
    units_free(&units);
    return code;
}

int evaluate(const arguments *given) {
    choices asked;
    int code = EXIT_USAGE;
    if (given->command && text_equal(given->command, "tune")) return tune(given);
    if (!given->command)
        message_error(NULL, "the metric is missing, e.g. segment-eval masks PRED TRUTH; see "
                            "segment-eval --help");
    else
        code = choices_read(&asked, given);
    if (!given->command) return code;
    if (code == EXIT_DONE) code = run(&asked);
    choices_free(&asked);
    return code;
}
