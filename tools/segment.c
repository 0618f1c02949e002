/* segment: segments images and video. Parsing, opening, looping and reporting; pixels are library
 * business. */
#include "common/arguments.h"
#include "common/checks.h"
#include "common/help.h"
#include "common/messages.h"
#include "common/run.h"
#include "common/signals.h"
#include "common/train.h"
#include "segment/describe.h"
#include "segment/try_all.h"
#include <stdlib.h>

static int work(const arguments *given) {
    settings chosen;
    plan made;
    if (!settings_read(&chosen, given) || !try_all_check(&chosen)) return EXIT_USAGE;
    int code = plan_make(&made, &chosen);
    journal *done = code == EXIT_DONE ? journal_open(&made) : NULL;
    if (code == EXIT_DONE) code = checks_run(&made, done);
    if (code == EXIT_DONE && !chosen.dry_run) code = train_plan(&made);
    if (code == EXIT_DONE && chosen.dry_run)
        code = plan_print(&made);
    else if (code == EXIT_DONE && given->values[OPTION_TRY_ALL])
        code = try_all_run(&made);
    else if (code == EXIT_DONE && !chosen.input_count)
        code = train_save(&made);
    else if (code == EXIT_DONE) {
        code = run_plan(&made, done);
        done = NULL;
    }
    journal_close(done, false);
    plan_free(&made);
    return code;
}

/* The encoder SVT-AV1 greets on standard error, whatever its caller wants, unless it is told so. */
static void silence_libraries(void) {
    (void)setenv("SVT_LOG", "1", 0); /* errors only */
}

int main(int count, char **words) {
    arguments given;
    silence_libraries();
    message_setup(segment_program.name, VERBOSITY_NORMAL);
    signals_install();
    if (!arguments_parse(&given, &segment_program, count, words)) {
        arguments_free(&given);
        return EXIT_USAGE;
    }
    if (given.values[OPTION_QUIET]) message_setup(segment_program.name, VERBOSITY_QUIET);
    if (given.values[OPTION_VERBOSE]) message_setup(segment_program.name, VERBOSITY_VERBOSE);
    int code = help_wanted(&given) ? help_give(&given) : work(&given);
    arguments_free(&given);
    return code;
}
