/* Vincent's hybrid reconstruction and regional maxima for samples of one TYPE; NAME(x) names
 * functions. Included by reconstruct.c once for each. */

/* The greatest of a sample and its neighbours that were visited before it. */
static inline TYPE NAME(greatest)(const TYPE *p, const ptrdiff_t *steps, int count) {
    TYPE best = *p;
    for (int i = 0; i < count; i++)
        best = p[steps[i]] > best ? p[steps[i]] : best;
    return best;
}

static void NAME(sweep_down)(TYPE *marker, const TYPE *mask, const sweep *s) {
    for (int32_t y = 1; y <= s->height; y++) {
        const size_t row = (size_t)y * (size_t)s->pitch;
        for (size_t at = row + 1; at <= row + (size_t)s->width; at++) {
            const TYPE best = NAME(greatest)(marker + at, s->before, s->half);
            marker[at] = best < mask[at] ? best : mask[at];
        }
    }
}

/* Upwards, listing the samples that still have something to give. */
static void NAME(sweep_up)(TYPE *marker, const TYPE *mask, const sweep *s, waiting *list) {
    for (int32_t y = s->height; y >= 1; y--) {
        const size_t row = (size_t)y * (size_t)s->pitch;
        for (size_t at = row + (size_t)s->width; at > row; at--) {
            const TYPE best = NAME(greatest)(marker + at, s->after, s->half);
            const TYPE here = best < mask[at] ? best : mask[at];
            marker[at] = here;
            bool gives = false;
            for (int i = 0; i < s->half; i++) {
                const size_t to = at + (size_t)s->after[i];
                gives |= marker[to] < here && marker[to] < mask[to];
            }
            if (gives) waiting_add(list, at);
        }
    }
}

static void NAME(spread)(TYPE *marker, const TYPE *mask, const sweep *s, waiting *list) {
    while (seg_level_queue_waits(list->queue, 0)) {
        const size_t at = waiting_take(list);
        const TYPE here = marker[at];
        for (int k = 0; k < 2 * s->half; k++) {
            const size_t to = at + (size_t)(k < s->half ? s->before[k] : s->after[k - s->half]);
            if (marker[to] >= here || marker[to] >= mask[to]) continue;
            marker[to] = here < mask[to] ? here : mask[to];
            waiting_add(list, to);
        }
    }
}

static void NAME(reconstruct)(void *marker, const void *mask, const sweep *s, waiting *list) {
    NAME(sweep_down)(marker, mask, s);
    NAME(sweep_up)(marker, mask, s, list);
    NAME(spread)(marker, mask, s, list);
}

static inline bool NAME(has_higher)(const TYPE *p, const sweep *s) {
    bool higher = false;
    for (int k = 0; k < s->half; k++)
        higher |= p[s->before[k]] > *p || p[s->after[k]] > *p;
    return higher;
}

/* Takes the plateaus that touch something higher out of `maxima`, which is 255 inside: each at
 * once, so that no more than a plateau waits on the stack. */
static void NAME(find_maxima)(uint8_t *maxima, const void *samples, const sweep *s,
                              uint32_t *stack) {
    const TYPE *picture = samples;
    for (int32_t y = 1; y <= s->height; y++) {
        const size_t row = (size_t)y * (size_t)s->pitch;
        for (size_t from = row + 1; from <= row + (size_t)s->width; from++) {
            if (!maxima[from] || !NAME(has_higher)(picture + from, s)) continue;
            size_t count = 0;
            maxima[from] = 0;
            stack[count++] = (uint32_t)from;
            while (count) {
                const size_t at = stack[--count];
                for (int k = 0; k < 2 * s->half; k++) {
                    const size_t to =
                        at + (size_t)(k < s->half ? s->before[k] : s->after[k - s->half]);
                    if (!maxima[to] || picture[to] != picture[at]) continue;
                    maxima[to] = 0;
                    stack[count++] = (uint32_t)to;
                }
            }
        }
    }
}

#undef TYPE
#undef NAME
