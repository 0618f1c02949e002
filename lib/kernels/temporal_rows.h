/* Template of the row kernels for one sample type: SAMPLE, NAMED(name). Included by
 * temporal_simd.c only. No arithmetic leaves the width of a sample: that is what compilers need. */

static inline SAMPLE NAMED(distance)(SAMPLE a, SAMPLE b) {
    const SAMPLE high = a > b ? a : b;
    const SAMPLE low = a > b ? b : a;
    return (SAMPLE)(high - low);
}

static void NAMED(difference)(SAMPLE *out, const SAMPLE *a, const SAMPLE *b, int32_t width) {
    for (int32_t x = 0; x < width; x++)
        out[x] = NAMED(distance)(a[x], b[x]);
}

static void NAMED(middle)(SAMPLE *out, const SAMPLE *m, const SAMPLE *a, const SAMPLE *b,
                          int32_t width) {
    for (int32_t x = 0; x < width; x++) {
        const SAMPLE before = NAMED(distance)(m[x], a[x]);
        const SAMPLE after = NAMED(distance)(m[x], b[x]);
        out[x] = before < after ? before : after;
    }
}

/* Pixels from x on, one by one. */
static void NAMED(range_tail)(SAMPLE *out, const SAMPLE *const *rows, int32_t count, int32_t x,
                              int32_t width) {
    for (; x < width; x++) {
        SAMPLE low = rows[0][x], high = rows[0][x];
        for (int32_t i = 1; i < count; i++) {
            low = rows[i][x] < low ? rows[i][x] : low;
            high = rows[i][x] > high ? rows[i][x] : high;
        }
        out[x] = (SAMPLE)(high - low);
    }
}

static void NAMED(above)(uint8_t *mask, const SAMPLE *a, SAMPLE level, int32_t width) {
    for (int32_t x = 0; x < width; x++)
        mask[x] = a[x] > level ? 255 : 0;
}

static void NAMED(leave_out)(SAMPLE *a, const uint8_t *left_out, int32_t width) {
    for (int32_t x = 0; x < width; x++) {
        const SAMPLE kept = left_out[x] ? 0 : a[x];
        a[x] = kept;
    }
}
