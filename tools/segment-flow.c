/* segment-flow: dense optical flow between frames. Parsing, opening, looping and reporting; pixels
 * are library business. */
#include "common/help.h"
#include "common/messages.h"
#include "common/signals.h"
#include "common/text.h"
#include "flow/describe.h"
#include "flow/run.h"

int main(int count, char **words) {
    arguments given;
    message_setup(flow_program.name, VERBOSITY_NORMAL);
    memory_keep();
    signals_install();
    if (!arguments_parse(&given, &flow_program, count, words)) {
        arguments_free(&given);
        return EXIT_USAGE;
    }
    if (given.values[OPTION_QUIET]) message_setup(flow_program.name, VERBOSITY_QUIET);
    if (given.values[OPTION_VERBOSE]) message_setup(flow_program.name, VERBOSITY_VERBOSE);
    int code = help_wanted(&given) ? help_give(&given) : flow_run(&given);
    arguments_free(&given);
    return code;
}
