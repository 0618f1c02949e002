/* Envs within envs. */
#include "core/inner_env.h"

#include "core/bands.h"

#include <stddef.h>

static int tell(seg_inner_env *inner, double fraction) {
    if (fraction > inner->told) inner->told = fraction;
    if (inner->outer.progress(inner->outer.user, inner->told) != 0) inner->stopped = true;
    return inner->stopped;
}

/* What a part tells. */
static int pass_progress(void *user, double fraction) {
    seg_inner_env *inner = user;
    if (fraction <= inner->last) inner->passes++; /* back at the start: another pass */
    inner->last = fraction;
    const double passes = inner->passes + fraction;
    return tell(inner, inner->from + (inner->to - inner->from) * passes / (passes + 1));
}

static void pass_log(void *user, seg_log_level level, const char *message) {
    const seg_inner_env *inner = user;
    inner->outer.log(inner->outer.user, level, message);
}

void seg_inner_env_init(seg_inner_env *inner, const seg_env *outer) {
    *inner = (seg_inner_env){.to = 1, .last = -1};
    if (outer) inner->outer = inner->env = *outer;
    inner->env.user = inner;
    inner->env.progress = inner->outer.progress ? pass_progress : NULL;
    inner->env.log = inner->outer.log ? pass_log : NULL;
}

seg_status seg_inner_env_begin(seg_inner_env *inner) {
    inner->told = 0;
    inner->stopped = false;
    return seg_inner_env_part(inner, 0, 1);
}

seg_status seg_inner_env_part(seg_inner_env *inner, int32_t part, int32_t parts) {
    inner->from = (double)part / parts;
    inner->to = (double)(part + 1) / parts;
    inner->passes = 0;
    inner->last = -1;
    if (!inner->outer.progress || !tell(inner, inner->from)) return SEG_OK;
    return seg_cancelled();
}

void seg_inner_env_end(seg_inner_env *inner) {
    if (inner->outer.progress) tell(inner, 1);
}
