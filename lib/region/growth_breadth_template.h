/* Parts of growth_breadth.c for one type of samples: SAMPLE and NAMED are set. */

static const SAMPLE *NAMED(pixel)(const seg_growth *growth, int32_t x, int32_t y) {
    const SAMPLE *row = seg_image_row(&growth->picture, y);
    return row + (size_t)x * growth->picture.channels;
}

static bool NAMED(alike)(const seg_growth *growth, const SAMPLE *a, const SAMPLE *b) {
    for (int32_t c = 0; c < growth->colours; c++)
        if (abs(a[c] - b[c]) > growth->tolerance.whole) return false;
    return true;
}

static bool NAMED(inside)(const seg_growth *growth, const seg_grow_range *range,
                          const SAMPLE *pixel) {
    for (int32_t c = 0; c < growth->colours; c++)
        if (pixel[c] < range->low[c] || pixel[c] > range->high[c]) return false;
    return true;
}

/* Takes the neighbours of a place into its region; `range` is the region's by the criterion seed.
 */
static void NAMED(take)(const seg_growth *growth, const seg_grow_range *range, seg_point place,
                        int32_t label, seg_growth_places *taken) {
    const SAMPLE *here = NAMED(pixel)(growth, place.x, place.y);
    for (int32_t d = 0; d < growth->connectivity; d++) {
        const int32_t x = place.x + seg_growth_steps[d][0], y = place.y + seg_growth_steps[d][1];
        if (x < 0 || y < 0 || x >= growth->labels.width || y >= growth->labels.height) continue;
        int32_t *there = seg_growth_label(growth, x, y);
        if (*there != SEG_GROWTH_FREE) continue;
        const SAMPLE *other = NAMED(pixel)(growth, x, y);
        if (growth->criterion == SEG_GROW_SEED ? !NAMED(inside)(growth, range, other)
                                               : !NAMED(alike)(growth, here, other))
            continue;
        *there = label;
        taken->items[taken->count++] = (seg_point){x, y};
    }
}

/* All regions by one step. */
static seg_status NAMED(step)(const seg_growth *growth, const seg_grow_range *ranges,
                              const seg_growth_places *now, seg_growth_places *next) {
    for (size_t i = 0; i < now->count; i++) {
        const seg_point place = now->items[i];
        const int32_t label = *seg_growth_label(growth, place.x, place.y);
        SEG_TRY(seg_growth_places_need(next, 8, growth->scratch));
        NAMED(take)(growth, ranges ? &ranges[label - 1] : NULL, place, label, next);
    }
    return SEG_OK;
}

/* One region to its end; its places are the list that is worked through. */
static seg_status NAMED(spread)(const seg_growth *growth, const seg_grow_range *range,
                                seg_growth_places *taken) {
    for (size_t i = 0; i < taken->count; i++) {
        const seg_point place = taken->items[i];
        SEG_TRY(seg_growth_places_need(taken, 8, growth->scratch));
        NAMED(take)(growth, range, place, *seg_growth_label(growth, place.x, place.y), taken);
    }
    return SEG_OK;
}
