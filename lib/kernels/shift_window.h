/* Template of the mean-shift kernels for grey or colour: COLOURS, NAMED(name). Included by
 * shift_simd.c only. With a constant number of colours all of them stay in registers. */

/* -1 where the pixels at `at` are near the middle. */
static inline words NAMED(find_near)(words difference[3], const int16_t *const plane[3],
                                     ptrdiff_t at, const words middle[3]) {
    words distance = BITS(setzero)();
#pragma GCC unroll 3
    for (int c = 0; c < COLOURS; c++) {
        difference[c] = OP(sub_epi16)(middle[c], load(plane[c] + at));
        distance = OP(add_epi16)(distance, square_cut(difference[c]));
    }
    const words beyond = OP(set1_epi16)(SEG_SHIFT_RADIUS * SEG_SHIFT_RADIUS + 1);
    return OP(cmpgt_epi16)(beyond, distance);
}

/* Of LANES pixels of each row, from pixel `lane` of the columns on: count, x, y, colours. */
static inline void NAMED(add_column)(words total[6], const seg_shift_disk *disk,
                                     const seg_shift_place *place, const words middle[3],
                                     int32_t lane) {
    static const int16_t lanes[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    words difference[3], count = BITS(setzero)(), seen = count, sum[3] = {count, count, count};
    const int32_t column = lane / SEG_SHIFT_LANES, x = lane - disk->radius;
    const int32_t row = column * (2 * disk->radius + 1) + disk->radius + place->top;
    const int16_t *inside = disk->inside + row * SEG_SHIFT_LANES + lane % SEG_SHIFT_LANES;
    ptrdiff_t at = place->top * place->stride + x;
    for (int32_t y = place->top; y <= place->bottom; y++) {
        const words near =
            BITS(and)(NAMED(find_near)(difference, place->plane, at, middle), load(inside));
        count = OP(sub_epi16)(count, near);
        seen = OP(add_epi16)(seen, count);
#pragma GCC unroll 3
        for (int c = 0; c < COLOURS; c++)
            take_masked(&sum[c], near, difference[c]);
        at += place->stride;
        inside += SEG_SHIFT_LANES;
    }
    const words ones = OP(set1_epi16)(1);
    const words places = OP(add_epi16)(load(lanes), OP(set1_epi16)((int16_t)x));
    const words below = OP(set1_epi16)((int16_t)(place->bottom + 1));
    const words rows = OP(sub_epi32)(OP(madd_epi16)(count, below), OP(madd_epi16)(seen, ones));
    total[0] = OP(add_epi32)(total[0], OP(madd_epi16)(count, ones));
    total[1] = OP(add_epi32)(total[1], OP(madd_epi16)(count, places));
    total[2] = OP(add_epi32)(total[2], rows);
#pragma GCC unroll 3
    for (int c = 0; c < COLOURS; c++)
        total[3 + c] = OP(add_epi32)(total[3 + c], OP(madd_epi16)(sum[c], ones));
}

static inline void NAMED(move)(seg_shift_move *move, const seg_shift_disk *disk,
                               const seg_shift_place *place, const int16_t colour[3]) {
    int32_t sums[8], means[8] = {0};
    words middle[3], total[8];
#pragma GCC unroll 3
    for (int c = 0; c < COLOURS; c++)
        middle[c] = OP(set1_epi16)(colour[c]);
    for (int i = 0; i < 8; i++)
        total[i] = BITS(setzero)();
    for (int32_t lane = 0; lane < disk->columns * SEG_SHIFT_LANES; lane += LANES)
        NAMED(add_column)(total, disk, place, middle, lane);
    sum_eight(sums, total);
    for (int i = 0; sums[0] && i < 8; i += LANES / 2) {
        const words mean =
            find_means(BITS(loadu)((const words *)(sums + i)), OP(set1_ps)((float)sums[0]));
        BITS(storeu)((words *)(means + i), mean);
    }
    *move = (seg_shift_move){means[1], means[2], {means[3], means[4], means[5]}};
}

/* LANES pixels from `first` on. */
static inline void NAMED(many)(seg_shift_moves *moves, const seg_shift_disk *disk,
                               const seg_shift_place *place, int first) {
    const words zero = BITS(setzero)();
    words middle[3], difference[3], count = zero, xs = zero, seen = zero,
                                    sum[3] = {zero, zero, zero};
#pragma GCC unroll 3
    for (int c = 0; c < COLOURS; c++)
        middle[c] = load(place->plane[c] + first);
    for (int32_t y = place->top; y <= place->bottom; y++) {
        const int32_t width = disk->widths[y + disk->radius];
        const ptrdiff_t at = y * place->stride + first;
        words in_row = zero;
        for (int32_t x = -width; x <= width; x++) {
            const words near = NAMED(find_near)(difference, place->plane, at + x, middle);
            in_row = OP(sub_epi16)(in_row, near);
            xs = OP(sub_epi16)(xs, in_row);
#pragma GCC unroll 3
            for (int c = 0; c < COLOURS; c++)
                take_masked(&sum[c], near, difference[c]);
        }
        const words right = OP(set1_epi16)((int16_t)(width + 1));
        xs = OP(add_epi16)(xs, OP(mullo_epi16)(in_row, right));
        count = OP(add_epi16)(count, in_row);
        seen = OP(add_epi16)(seen, count);
    }
    const words below = OP(set1_epi16)((int16_t)(place->bottom + 1));
    const words ys = OP(sub_epi16)(OP(mullo_epi16)(count, below), seen);
    const floats counts[2] = {OP(cvtepi32_ps)(widen(count, 0)), OP(cvtepi32_ps)(widen(count, 1))};
    store_means(moves->x + first, xs, counts);
    store_means(moves->y + first, ys, counts);
    for (int c = 0; c < 3; c++)
        store_means(moves->colour[c] + first, sum[c], counts);
}
