/* Parts of growth_mean.c for one type of samples: SAMPLE and NAMED are set. */

static const SAMPLE *NAMED(pixel)(const seg_growth *growth, int32_t x, int32_t y) {
    const SAMPLE *row = seg_image_row(&growth->picture, y);
    return row + (size_t)x * growth->picture.channels;
}

static void NAMED(add)(const seg_growth *growth, seg_growth_region *region, int32_t x, int32_t y) {
    const SAMPLE *here = NAMED(pixel)(growth, x, y);
    region->count++;
    for (int32_t c = 0; c < growth->colours; c++)
        region->sum[c] += here[c];
}

/* |g(x) - mean| times the region's pixels, the largest over the colours. */
static uint64_t NAMED(difference)(const seg_growth *growth, const seg_growth_region *region,
                                  const SAMPLE *here) {
    int64_t largest = 0;
    for (int32_t c = 0; c < growth->colours; c++) {
        const int64_t signed_one = here[c] * region->count - region->sum[c];
        const int64_t absolute = signed_one < 0 ? -signed_one : signed_one;
        largest = absolute > largest ? absolute : largest;
    }
    return (uint64_t)largest;
}

/* Free neighbours of a labelled pixel that its region may want begin to wait. */
static seg_status NAMED(wait_around)(const seg_growth *growth, seg_growth_queue *queue,
                                     const seg_growth_region *regions, int32_t x, int32_t y) {
    const seg_growth_region *region = &regions[*seg_growth_label(growth, x, y) - 1];
    SEG_TRY(seg_growth_places_need(&queue->refused, 8, growth->scratch));
    for (int32_t d = 0; d < growth->connectivity; d++) {
        const int32_t u = x + seg_growth_steps[d][0], v = y + seg_growth_steps[d][1];
        if (u < 0 || v < 0 || u >= growth->labels.width || v >= growth->labels.height) continue;
        int32_t *there = seg_growth_label(growth, u, v);
        if (*there != SEG_GROWTH_FREE) continue;
        const uint64_t difference = NAMED(difference)(growth, region, NAMED(pixel)(growth, u, v));
        if (!tolerable(growth, region, difference)) {
            queue->refused.items[queue->refused.count++] = (seg_point){u, v};
            continue;
        }
        *there = SEG_GROWTH_QUEUED;
        push(queue, (uint32_t)v * (uint32_t)growth->labels.width + (uint32_t)u,
             fine(growth, region, difference) / PER_BUCKET);
    }
    return SEG_OK;
}

/* Index of the region next to the pixel whose mean is nearest and within the tolerance, or -1;
 * `only` names the one region that counts, -1 for all. */
static int32_t NAMED(choose)(const seg_growth *growth, const seg_growth_region *regions, int32_t x,
                             int32_t y, int32_t only, uint64_t *distance_of) {
    const SAMPLE *here = NAMED(pixel)(growth, x, y);
    uint64_t least = UINT64_MAX;
    int32_t chosen = -1, seen = -1;
    for (int32_t d = 0; d < growth->connectivity; d++) {
        const int32_t u = x + seg_growth_steps[d][0], v = y + seg_growth_steps[d][1];
        if (u < 0 || v < 0 || u >= growth->labels.width || v >= growth->labels.height) continue;
        const int32_t index = *seg_growth_label(growth, u, v) - 1;
        if (index < 0 || index == seen || (only >= 0 && index != only)) continue;
        seen = index;
        const uint64_t difference = NAMED(difference)(growth, &regions[index], here);
        if (!tolerable(growth, &regions[index], difference)) continue;
        const uint64_t distance = fine(growth, &regions[index], difference);
        if (distance < least || (distance == least && index < chosen)) {
            least = distance;
            chosen = index;
        }
    }
    *distance_of = least;
    return chosen;
}

/* Those refused ask again, each once; true if somebody waits then. */
static bool NAMED(ask_again)(const seg_growth *growth, seg_growth_queue *queue,
                             const seg_growth_region *regions, int32_t only) {
    seg_growth_places *refused = &queue->refused;
    size_t kept = 0;
    for (size_t i = 0; i < refused->count; i++) {
        const seg_point place = refused->items[i];
        int32_t *label = seg_growth_label(growth, place.x, place.y);
        uint64_t distance;
        if (*label != SEG_GROWTH_FREE) continue; /* taken by now, waiting, or listed twice */
        if (NAMED(choose)(growth, regions, place.x, place.y, only, &distance) < 0) {
            *label = SEG_GROWTH_REFUSED;
            refused->items[kept++] = place;
            continue;
        }
        *label = SEG_GROWTH_QUEUED;
        push(queue, (uint32_t)place.y * (uint32_t)growth->labels.width + (uint32_t)place.x,
             distance / PER_BUCKET);
    }
    refused->count = kept;
    for (size_t i = 0; i < kept; i++)
        *seg_growth_label(growth, refused->items[i].x, refused->items[i].y) = SEG_GROWTH_FREE;
    return queue->used_words != 0;
}

/* The pixel goes to the region that is best now, or is let go. */
static seg_status NAMED(settle)(const seg_growth *growth, seg_growth_queue *queue,
                                seg_growth_region *regions, seg_point place, int32_t only,
                                seg_growth_places *taken) {
    uint64_t distance;
    const int32_t index = NAMED(choose)(growth, regions, place.x, place.y, only, &distance);
    *seg_growth_label(growth, place.x, place.y) = index < 0 ? SEG_GROWTH_FREE : index + 1;
    if (index < 0) {
        SEG_TRY(seg_growth_places_need(&queue->refused, 1, growth->scratch));
        queue->refused.items[queue->refused.count++] = place;
        return SEG_OK;
    }
    NAMED(add)(growth, &regions[index], place.x, place.y);
    if (taken && taken->count < taken->room) taken->items[taken->count++] = place;
    return NAMED(wait_around)(growth, queue, regions, place.x, place.y);
}

/* Until nobody waits and nobody is refused in error. `taken` (or NULL) gets the pixels that it has
 * room for. */
static seg_status NAMED(run)(const seg_growth *growth, seg_growth_queue *queue,
                             seg_growth_region *regions, int32_t only, seg_growth_places *taken) {
    const uint32_t width = (uint32_t)growth->labels.width;
    uint32_t waiting;
    do {
        while (pop(queue, &waiting)) {
            const seg_point place = {(int32_t)(waiting % width), (int32_t)(waiting / width)};
            if (++queue->settled % PER_REPORT == 0) SEG_TRY(tell_progress(growth, queue));
            SEG_TRY(NAMED(settle)(growth, queue, regions, place, only, taken));
        }
    } while (NAMED(ask_again)(growth, queue, regions, only));
    queue->refused.count = 0;
    return SEG_OK;
}
