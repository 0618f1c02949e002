/* Completion for bash: words come from the tables, files from the shell. */
#include "common/help.h"
#include <segment/evaluate.h>
#include <segment/method.h>
#include <string.h>

static void add_word(text_buffer *target, const char *word) {
    text_add(target, "%s%s", target->length ? " " : "", word);
}

static void add_program_words(text_buffer *target, const program *of) {
    for (int id = 0; id < OPTION_COUNT; id++) {
        const option_row *row = option_get((option_id)id);
        if (row->group == GROUP_HIDDEN || !(row->programs & of->bit)) continue;
        text_add(target, "%s--%s", target->length ? " " : "", row->name);
        if (row->kind == OPTION_SWITCH) text_add(target, " --no-%s", row->name);
        if (row->letter) text_add(target, " -%c", row->letter);
    }
}

/* Ids of the topics of a section. */
static void add_ids(text_buffer *target, const help_section *section) {
    for (int32_t i = 0; i < section->count(); i++) {
        help_topic topic = section->topic(i);
        add_word(target, topic.id);
        help_topic_free(&topic);
    }
}

/* `method) words="--a --b";;` for each topic whose parameters are typed as options. */
static void add_parameter_cases(text_buffer *target, const program *of) {
    for (int32_t s = 0; s < of->section_count; s++)
        for (int32_t i = 0; i < of->sections[s].count(); i++) {
            help_topic topic = of->sections[s].topic(i);
            if (topic.dashes && topic.params) {
                text_add(target, "        %s) words=\"$words", topic.id);
                for (int32_t k = 0; k < topic.params->count; k++) {
                    const seg_param *param = &topic.params->items[k];
                    text_add(target, " --%s", param->name);
                    if (param->type == SEG_PARAM_BOOL) text_add(target, " --no-%s", param->name);
                }
                text_add(target, "\";;\n");
            }
            help_topic_free(&topic);
        }
}

static void add_choices(text_buffer *target, const char *choices) {
    for (; *choices; choices++)
        text_add(target, "%c", *choices == '|' ? ' ' : *choices);
}

static bool has_word(const text_buffer *list, const char *word) {
    const size_t length = strlen(word);
    for (const char *at = list->data; at && *at; at += strcspn(at, " "), at += *at == ' ')
        if (strcspn(at, " ") == length && !strncmp(at, word, length)) return true;
    return false;
}

/* What the option takes of a method: its id, its family, or nothing. */
static const char *word_of(const seg_method *method, const char *what) {
    const bool still = method->input & SEG_INPUT_PICTURE;
    if (text_equal(what, "family")) return still ? method->family : NULL;
    const bool suits = text_equal(what, "filter") ? still && method->outputs & SEG_OUTPUT_PICTURE
                       : text_equal(what, "operation")
                           ? method->input & (SEG_INPUT_MASK | SEG_INPUT_LABELS)
                       : text_equal(what, "method") ? still || method->input & SEG_INPUT_STREAM
                                                    : false;
    return suits ? method->id : NULL;
}

/* "canny otsu ...": what the library has of it, each once. */
static void add_registered(text_buffer *target, const char *what) {
    text_buffer list = {0};
    int32_t count;
    const seg_method *const *methods = seg_methods(&count);
    for (int32_t i = 0; i < count; i++) {
        const char *word = word_of(methods[i], what);
        if (word && !has_word(&list, word)) add_word(&list, word);
    }
    const seg_metric *const *metrics = seg_metrics(&count);
    for (int32_t i = 0; i < count; i++) {
        if (text_equal(what, "metric")) add_word(&list, metrics[i]->id);
        for (int32_t m = 0; text_equal(what, "measure") && m < metrics[i]->measure_count; m++)
            if (!has_word(&list, metrics[i]->measures[m].name))
                add_word(&list, metrics[i]->measures[m].name);
    }
    text_add(target, "%s", list.data ? list.data : "");
    text_free(&list);
}

/* Values of the program's options. */
static void add_option_cases(text_buffer *target, const program *of, const char *topic_words) {
    for (int id = 0; id < OPTION_COUNT; id++) {
        const option_row *row = option_get((option_id)id);
        const char *what = row->completes ? row->completes : "";
        if (row->kind != OPTION_VALUE || row->group == GROUP_HIDDEN || !(row->programs & of->bit))
            continue;
        text_add(target, "        --%s) ", row->name);
        if (text_equal(what, "file")) {
            text_add(target, "files=1;;\n");
            continue;
        }
        text_add(target, "words=\"");
        if (row->choices || strchr(what, '|'))
            add_choices(target, row->choices ? row->choices : what);
        else if (text_equal(what, "method") && !of->commands)
            text_add(target, "%s", topic_words);
        else
            add_registered(target, what);
        text_add(target, "\";;\n");
    }
}

/* Values of parameters that take one of a few words. */
static void add_choice_cases(text_buffer *target, const help_topic *topic) {
    for (int32_t k = 0; topic->dashes && topic->params && k < topic->params->count; k++) {
        const seg_param *param = &topic->params->items[k];
        if (!param->names || help_takes_odd(param)) continue;
        text_add(target, "        --%s) words=\"", param->name);
        for (int n = 0; param->names[n]; n++)
            text_add(target, "%s%s", n ? " " : "", param->names[n]);
        text_add(target, "\";;\n");
    }
}

static void add_value_cases(text_buffer *target, const program *of, const char *topic_words) {
    text_buffer all = {0};
    for (int32_t s = 0; s < of->section_count; s++)
        add_ids(&all, &of->sections[s]);
    text_add(target, "        --help|-h) words=\"%s\";;\n", all.data ? all.data : "");
    text_free(&all);
    add_option_cases(target, of, topic_words);
    for (int32_t s = 0; s < of->section_count; s++)
        for (int32_t i = 0; i < of->sections[s].count(); i++) {
            help_topic topic = of->sections[s].topic(i);
            add_choice_cases(target, &topic);
            help_topic_free(&topic);
        }
}

/* What the line is about: the value of --method, or the first word. */
static void add_topic_search(text_buffer *target, const program *of, const char *topic_words) {
    if (of->commands)
        text_add(target,
                 "        ((COMP_CWORD > 1)) && topic=\"${COMP_WORDS[1]}\"\n"
                 "        ((COMP_CWORD == 1)) && files= && words=\"%s\"\n",
                 topic_words);
    else
        text_add(target,
                 "        for ((i = 1; i < COMP_CWORD; i++)); do\n"
                 "            [[ ${COMP_WORDS[i]} == --method ]] && topic=\"${COMP_WORDS[i+1]}\"\n"
                 "            [[ $topic == '=' ]] && topic=\"${COMP_WORDS[i+2]}\"\n"
                 "        done\n");
}

void help_add_completion(text_buffer *target, const program *of) {
    text_buffer ids = {0}, words = {0}, function = {0};
    add_ids(&ids, &of->sections[0]);
    if (of->commands) add_ids(&ids, &of->sections[1]);
    add_program_words(&words, of);
    for (const char *letter = of->name; *letter; letter++)
        text_add(&function, "%c", *letter == '-' ? '_' : *letter);
    text_add(target,
             "# bash completion for %s\n"
             "_%s() {\n"
             "    local now=\"${COMP_WORDS[COMP_CWORD]}\" before=\"${COMP_WORDS[COMP_CWORD-1]}\"\n"
             "    local words= files= topic= i\n"
             "    COMPREPLY=()\n"
             "    # --option=value comes as three words\n"
             "    [[ $now == '=' ]] && now=\n"
             "    [[ $before == '=' ]] && before=\"${COMP_WORDS[COMP_CWORD-2]}\"\n"
             "    case \"$before\" in\n",
             of->name, function.data);
    add_value_cases(target, of, ids.data ? ids.data : "");
    text_add(target, "        *) files=1\n");
    add_topic_search(target, of, ids.data ? ids.data : "");
    text_add(target,
             "        [[ $now == -* ]] && files= && words=\"%s\"\n"
             "        [[ $now == -* ]] && case \"$topic\" in\n",
             words.data);
    add_parameter_cases(target, of);
    text_add(target,
             "        esac;;\n"
             "    esac\n"
             "    if [[ $files ]]; then\n"
             "        compopt -o filenames 2>/dev/null\n"
             "        COMPREPLY=($(compgen -f -- \"$now\"))\n"
             "    else\n"
             "        COMPREPLY=($(compgen -W \"$words\" -- \"$now\"))\n"
             "    fi\n"
             "}\n"
             "complete -F _%s %s\n",
             function.data, of->name);
    text_free(&ids);
    text_free(&words);
    text_free(&function);
}
