#include "eval/output.h"
#include "common/messages.h"
#include "common/outfile.h"
#include <stdlib.h>
#include <sys/stat.h>

bool output_check(const char *path, bool overwrite) {
    struct stat state;
    if (!path || text_equal(path, "-") || overwrite) return true;
    if (stat(path, &state) != 0 || !S_ISREG(state.st_mode)) return true;
    message_error(path, "exists already; -y replaces it");
    return false;
}

bool output_text(text_buffer *body, const char *path) {
    outfile file;
    bool good = outfile_open(&file, path);
    if (good && outfile_write(&file, body->data ? body->data : "", body->length)) {
        good = outfile_finish(&file);
    } else if (good) {
        outfile_abandon(&file);
        good = false;
    }
    text_free(body);
    return good;
}

bool output_json(json_t *document, const char *path) {
    text_buffer body = {0};
    char *shown = document ? json_dumps(document, JSON_INDENT(2) | JSON_REAL_PRECISION(15)) : NULL;
    const bool good = shown != NULL;
    if (good) text_add(&body, "%s\n", shown);
    free(shown);
    json_decref(document);
    return good && output_text(&body, path);
}
