/* segment-eval: scores masks, boundaries, regions, flow and tracks against the truth. Pairing,
 * looping and reporting; what a measure is, is library business. */
#include "common/help.h"
#include "common/messages.h"
#include "common/signals.h"
#include "common/text.h"
#include "eval/describe.h"
#include "eval/evaluate.h"

int main(int count, char **words) {
    arguments given;
    message_setup(eval_program.name, VERBOSITY_NORMAL);
    memory_keep();
    signals_install();
    if (!arguments_parse(&given, &eval_program, count, words)) {
        arguments_free(&given);
        return EXIT_USAGE;
    }
    if (given.values[OPTION_QUIET]) message_setup(eval_program.name, VERBOSITY_QUIET);
    if (given.values[OPTION_VERBOSE]) message_setup(eval_program.name, VERBOSITY_VERBOSE);
    int code = help_wanted(&given) ? help_give(&given) : evaluate(&given);
    arguments_free(&given);
    return code;
}
