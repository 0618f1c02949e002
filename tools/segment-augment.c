/* segment-augment: augmentation of data sets. Parsing, opening, looping and reporting; pixels are
 * library business. */
#include "augment/describe.h"
#include "augment/online.h"
#include "augment/preview.h"
#include "augment/run.h"
#include "common/help.h"
#include "common/messages.h"
#include "common/signals.h"
#include "common/text.h"

static int work(const arguments *given) {
    augment_job job;
    int code = job_make(&job, given);
    if (code == EXIT_DONE)
        code = given->values[OPTION_PREVIEW]  ? preview_write(&job)
               : given->values[OPTION_ONLINE] ? online_run(&job)
                                              : augment_run_all(&job);
    job_free(&job);
    return code;
}

int main(int count, char **words) {
    arguments given;
    message_setup(augment_program.name, VERBOSITY_NORMAL);
    memory_keep();
    signals_install();
    if (!arguments_parse(&given, &augment_program, count, words)) {
        arguments_free(&given);
        return EXIT_USAGE;
    }
    if (given.values[OPTION_QUIET]) message_setup(augment_program.name, VERBOSITY_QUIET);
    if (given.values[OPTION_VERBOSE]) message_setup(augment_program.name, VERBOSITY_VERBOSE);
    int code = help_wanted(&given) ? help_give(&given) : work(&given);
    arguments_free(&given);
    return code;
}
