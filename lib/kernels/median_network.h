/*
 * Medians of 9 and 25 by sorting networks; a template over SEG_SAMPLE (the sample's type) and
 * SEG_NAME(name), with SEG_WHOLE_ROWS of whole rows, too. The columns of the window are sorted once
 * and shared by the windows that they are in; the rest of the network was pruned by search: it is
 * proven by the 0-1 principle, over all 6^5 ways in which five sorted columns of zeros and ones can
 * stand (see the tests).
 */

/* X(a, b): v[a] becomes the smaller of the two, v[b] the larger. */
#ifndef SEG_MEDIAN_NETWORKS
#define SEG_MEDIAN_NETWORKS
/* The networks as they were found, in lines rather than steps. */
/* clang-format off */
#define SEG_SORT_3(X) X(0, 1) X(1, 2) X(0, 1)
#define SEG_SORT_5(X) X(0, 3) X(1, 4) X(0, 2) X(1, 3) X(0, 1) X(2, 4) X(1, 2) X(3, 4) X(2, 3)
/* Five sorted columns, sample r of column c at 5 r + c; the median ends at 12. */
#define SEG_MEDIAN_25(X)                                                                           \
    X(0, 3) X(0, 2) X(1, 3) X(2, 4) X(1, 2) X(3, 4) X(2, 3) X(5, 8) X(5, 7) X(6, 8) X(5, 6)        \
    X(7, 9) X(6, 7) X(8, 9) X(7, 8) X(10, 13) X(11, 14) X(10, 12) X(11, 13) X(10, 11) X(12, 14)    \
    X(11, 12) X(13, 14) X(12, 13) X(15, 18) X(16, 19) X(15, 17) X(17, 19) X(16, 17) X(17, 18)      \
    X(20, 23) X(21, 24) X(21, 23) X(20, 21) X(22, 24) X(21, 22) X(11, 3) X(8, 15) X(20, 12)        \
    X(9, 8) X(17, 13) X(21, 20) X(12, 9) X(3, 7) X(4, 21) X(20, 12) X(15, 16) X(21, 20) X(12, 9)   \
    X(7, 4) X(8, 15) X(16, 17) X(9, 8) X(15, 16) X(12, 9) X(8, 15) X(4, 21) X(20, 12) X(9, 8)      \
    X(21, 20) X(12, 9) X(20, 12) X(9, 8) X(12, 9)
/* clang-format on */
#endif

#define SEG_EXCHANGE(a, b)                                                                         \
    {                                                                                              \
        const SEG_SAMPLE low = v[a] < v[b] ? v[a] : v[b];                                          \
        const SEG_SAMPLE high = v[a] < v[b] ? v[b] : v[a];                                         \
        v[a] = low, v[b] = high;                                                                   \
    }

static inline SEG_SAMPLE SEG_NAME(smaller)(SEG_SAMPLE a, SEG_SAMPLE b) {
    return a < b ? a : b;
}

static inline SEG_SAMPLE SEG_NAME(larger)(SEG_SAMPLE a, SEG_SAMPLE b) {
    return a < b ? b : a;
}

static inline SEG_SAMPLE SEG_NAME(middle)(SEG_SAMPLE a, SEG_SAMPLE b, SEG_SAMPLE c) {
    const SEG_SAMPLE low = SEG_NAME(smaller)(a, b), high = SEG_NAME(larger)(a, b);
    return SEG_NAME(larger)(low, SEG_NAME(smaller)(high, c));
}

/* Sorts the columns of 3 rows into 3 planes. */
static void SEG_NAME(columns_3)(SEG_SAMPLE *restrict work, size_t plane,
                                const SEG_SAMPLE *restrict a, const SEG_SAMPLE *restrict b,
                                const SEG_SAMPLE *restrict c, size_t count) {
    for (size_t i = 0; i < count; i++) {
        SEG_SAMPLE v[3] = {a[i], b[i], c[i]};
        SEG_SORT_3(SEG_EXCHANGE)
        work[i] = v[0];
        work[plane + i] = v[1];
        work[2 * plane + i] = v[2];
    }
}

/* The median is the middle one of the largest smallest, the middle middle, the smallest largest. */
static void SEG_NAME(across_3)(SEG_SAMPLE *restrict out, const SEG_SAMPLE *restrict work,
                               size_t plane, size_t step, size_t count) {
    const SEG_SAMPLE *low = work, *middle = work + plane, *high = work + 2 * plane;
    for (size_t i = 0; i < count; i++) {
        const size_t j = i + step, k = j + step;
        const SEG_SAMPLE a = SEG_NAME(larger)(SEG_NAME(larger)(low[i], low[j]), low[k]);
        const SEG_SAMPLE b = SEG_NAME(middle)(middle[i], middle[j], middle[k]);
        const SEG_SAMPLE c = SEG_NAME(smaller)(SEG_NAME(smaller)(high[i], high[j]), high[k]);
        out[i] = SEG_NAME(middle)(a, b, c);
    }
}

/* Sorts the columns of 5 rows into 5 planes. */
static void SEG_NAME(columns_5)(SEG_SAMPLE *restrict work, size_t plane,
                                const SEG_SAMPLE *restrict a, const SEG_SAMPLE *restrict b,
                                const SEG_SAMPLE *restrict c, const SEG_SAMPLE *restrict d,
                                const SEG_SAMPLE *restrict e, size_t count) {
    for (size_t i = 0; i < count; i++) {
        SEG_SAMPLE v[5] = {a[i], b[i], c[i], d[i], e[i]};
        SEG_SORT_5(SEG_EXCHANGE)
        work[i] = v[0];
        work[plane + i] = v[1];
        work[2 * plane + i] = v[2];
        work[3 * plane + i] = v[3];
        work[4 * plane + i] = v[4];
    }
}

static void SEG_NAME(across_5)(SEG_SAMPLE *restrict out, const SEG_SAMPLE *restrict work,
                               size_t plane, size_t step, size_t count) {
    const SEG_SAMPLE *p = work, *q = p + plane, *r = q + plane, *s = r + plane, *t = s + plane;
    const size_t b = step, c = 2 * step, d = 3 * step, e = 4 * step;
    for (size_t i = 0; i < count; i++) {
        SEG_SAMPLE v[25] = {p[i],     p[i + b], p[i + c], p[i + d], p[i + e], q[i],     q[i + b],
                            q[i + c], q[i + d], q[i + e], r[i],     r[i + b], r[i + c], r[i + d],
                            r[i + e], s[i],     s[i + b], s[i + c], s[i + d], s[i + e], t[i],
                            t[i + b], t[i + c], t[i + d], t[i + e]};
        SEG_MEDIAN_25(SEG_EXCHANGE)
        out[i] = v[12];
    }
}

static inline void SEG_NAME(columns)(SEG_SAMPLE *work, size_t plane, const SEG_SAMPLE *const *rows,
                                     ptrdiff_t from, int32_t side, size_t count) {
    const SEG_SAMPLE *a = rows[0] + from, *b = rows[1] + from, *c = rows[2] + from;
    if (side == 3)
        SEG_NAME(columns_3)(work, plane, a, b, c, count);
    else
        SEG_NAME(columns_5)(work, plane, a, b, c, rows[3] + from, rows[4] + from, count);
}

static inline void SEG_NAME(across)(SEG_SAMPLE *out, const SEG_SAMPLE *work, size_t plane,
                                    int32_t side, size_t step, size_t count) {
    if (side == 3)
        SEG_NAME(across_3)(out, work, plane, step, count);
    else
        SEG_NAME(across_5)(out, work, plane, step, count);
}

static void SEG_NAME(median_network)(SEG_SAMPLE *out, SEG_SAMPLE *work,
                                     const SEG_SAMPLE *const *rows, int32_t side, size_t step,
                                     size_t count) {
    const size_t edge = (size_t)(side / 2) * step, wide = count + 2 * edge;
    const size_t plane = seg_median_work_row(wide * sizeof *work) / sizeof *work;
    SEG_NAME(columns)(work, plane, rows, -(ptrdiff_t)edge, side, wide);
    SEG_NAME(across)(out, work, plane, side, step, count);
}

#if defined(SEG_WHOLE_ROWS)
/* Sorted columns are continued instead of the rows. */
static void SEG_NAME(median_whole)(SEG_SAMPLE *out, SEG_SAMPLE *work, const SEG_SAMPLE *const *rows,
                                   int32_t side, size_t step, size_t count) {
    const size_t edge = (size_t)(side / 2) * step, lead = SEG_MEDIAN_LEAD / sizeof *work;
    const size_t plane = lead + seg_median_work_row((count + edge) * sizeof *work) / sizeof *work;
    SEG_NAME(columns)(work + lead, plane, rows, 0, side, count);
    for (int32_t r = 0; r < side; r++) {
        SEG_SAMPLE *first = work + (size_t)r * plane + lead, *last = first + count - step;
        for (size_t k = 1; k <= edge; k++) {
            *(first - k) = first[(step - k % step) % step];
            last[step - 1 + k] = last[(k - 1) % step];
        }
    }
    SEG_NAME(across)(out, work + lead - edge, plane, side, step, count);
}
#endif

#undef SEG_EXCHANGE
#undef SEG_SAMPLE
#undef SEG_NAME
