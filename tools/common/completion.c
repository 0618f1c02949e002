/* Completion for bash: words come from the tables, files from the shell. */
#include "common/help.h"
#include <string.h>

static void add_word(text_buffer *target, const char *word) {
    text_add(target, "%s%s", target->length ? " " : "", word);
}

static void add_program_words(text_buffer *target) {
    for (int id = 0; id < OPTION_COUNT; id++) {
        const option_row *row = option_get((option_id)id);
        if (row->group == GROUP_HIDDEN) continue;
        text_add(target, "%s--%s", target->length ? " " : "", row->name);
        if (row->kind == OPTION_SWITCH) text_add(target, " --no-%s", row->name);
        if (row->letter) text_add(target, " -%c", row->letter);
    }
}

/* `method) params="--a --b";;` for each method. */
static void add_parameter_cases(text_buffer *target) {
    int32_t count;
    const seg_method *const *methods = seg_methods(&count);
    for (int32_t i = 0; i < count; i++) {
        if (!help_is_method(methods[i])) continue;
        text_add(target, "        %s) words=\"$words", methods[i]->id);
        for (int32_t k = 0; k < methods[i]->params->count; k++) {
            const seg_param *param = &methods[i]->params->items[k];
            text_add(target, " --%s", param->name);
            if (param->type == SEG_PARAM_BOOL) text_add(target, " --no-%s", param->name);
        }
        text_add(target, "\";;\n");
    }
}

static void add_choices(text_buffer *target, const char *choices) {
    for (; *choices; choices++)
        text_add(target, "%c", *choices == '|' ? ' ' : *choices);
}

/* Values of options that take one of a few words, and of parameters that do. */
static void add_value_cases(text_buffer *target, const char *method_words) {
    int32_t count;
    const seg_method *const *methods = seg_methods(&count);
    text_add(target, "        --method|--help) words=\"%s\";;\n", method_words);
    for (int id = 0; id < OPTION_COUNT; id++) {
        const option_row *row = option_get((option_id)id);
        if (row->kind != OPTION_VALUE || row->group == GROUP_HIDDEN || id == OPTION_METHOD)
            continue;
        text_add(target, "        --%s) ", row->name);
        if (row->choices) {
            text_add(target, "words=\"");
            add_choices(target, row->choices);
            text_add(target, "\"");
        } else {
            text_add(target, row->files ? "files=1" : "words=");
        }
        text_add(target, ";;\n");
    }
    for (int32_t i = 0; i < count; i++)
        for (int32_t k = 0; help_is_method(methods[i]) && k < methods[i]->params->count; k++) {
            const seg_param *param = &methods[i]->params->items[k];
            if (param->type != SEG_PARAM_ENUM) continue;
            text_add(target, "        --%s) words=\"", param->name);
            for (int n = 0; param->names[n]; n++)
                text_add(target, "%s%s", n ? " " : "", param->names[n]);
            text_add(target, "\";;\n");
        }
}

void help_add_completion(text_buffer *target) {
    int32_t count;
    const seg_method *const *methods = seg_methods(&count);
    text_buffer ids = {0}, words = {0};
    for (int32_t i = 0; i < count; i++)
        if (help_is_method(methods[i])) add_word(&ids, methods[i]->id);
    add_program_words(&words);
    text_add(target,
             "# bash completion for segment\n"
             "_segment() {\n"
             "    local now=\"${COMP_WORDS[COMP_CWORD]}\" before=\"${COMP_WORDS[COMP_CWORD-1]}\"\n"
             "    local words= files= method= i\n"
             "    COMPREPLY=()\n"
             "    case \"$before\" in\n");
    add_value_cases(target, ids.data ? ids.data : "");
    text_add(target,
             "        *) files=1\n"
             "        for ((i = 1; i < COMP_CWORD; i++)); do\n"
             "            [[ ${COMP_WORDS[i]} == --method ]] && method=\"${COMP_WORDS[i+1]}\"\n"
             "        done\n"
             "        [[ $now == -* ]] && files= && words=\"%s\"\n"
             "        [[ $now == -* ]] && case \"$method\" in\n",
             words.data);
    add_parameter_cases(target);
    text_add(target, "        esac;;\n"
                     "    esac\n"
                     "    if [[ $files ]]; then\n"
                     "        compopt -o filenames 2>/dev/null\n"
                     "        COMPREPLY=($(compgen -f -- \"$now\"))\n"
                     "    else\n"
                     "        COMPREPLY=($(compgen -W \"$words\" -- \"$now\"))\n"
                     "    fi\n"
                     "}\n"
                     "complete -F _segment segment\n");
    text_free(&ids);
    text_free(&words);
}
