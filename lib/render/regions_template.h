/* Template of the rows of regions for one type of label: LABEL, NAMED(name), REGION(label), which
 * gives the number that a label has its colour from. Included by render.c only. */

/* edge[x] = 1 where a 4-neighbour has another label. */
static void NAMED(find_edges)(uint8_t *edge, const LABEL *up, const LABEL *here, const LABEL *down,
                              int32_t width) {
    for (int32_t x = 0; x < width; x++)
        edge[x] = (uint8_t)((here[x] != up[x]) | (here[x] != down[x]));
    for (int32_t x = 1; x < width; x++)
        edge[x] |= (uint8_t)(here[x] != here[x - 1]);
    for (int32_t x = 0; x + 1 < width; x++)
        edge[x] |= (uint8_t)(here[x] != here[x + 1]);
}

/* Label of the region that an edge pixel belongs to or touches. */
static LABEL NAMED(touched)(const LABEL *up, const LABEL *here, const LABEL *down, int32_t x,
                            int32_t width) {
    if (here[x] > 0) return here[x];
    LABEL label = up[x] > down[x] ? up[x] : down[x];
    if (x > 0 && here[x - 1] > label) label = here[x - 1];
    if (x + 1 < width && here[x + 1] > label) label = here[x + 1];
    return label;
}

static void NAMED(tint_row)(uint8_t *target, const LABEL *labels, int32_t width) {
    int32_t x = 0;
    while (x < width) {
        const LABEL label = labels[x];
        const int32_t first = x;
        while (x < width && labels[x] == label)
            x++;
        if (label <= 0) continue;
        uint8_t rgb[3];
        seg_label_rgb(rgb, REGION(label));
        tint_run(target + 3 * (size_t)first, x - first, rgb);
    }
}

/* Outlines in full colour; `outer`: on the pixels just outside as well. */
static void NAMED(outline_row)(uint8_t *target, const uint8_t *edge, const LABEL *up,
                               const LABEL *here, const LABEL *down, int32_t width, bool outer) {
    for (int32_t x = 0; x < width; x++) {
        uint64_t eight = 1;
        if (x + 8 <= width) memcpy(&eight, edge + x, 8);
        if (!eight) { /* most pixels are no edge */
            x += 7;
            continue;
        }
        if (!edge[x] || (!outer && here[x] <= 0)) continue;
        const LABEL label = NAMED(touched)(up, here, down, x, width);
        if (label > 0) seg_label_rgb(target + 3 * (size_t)x, REGION(label));
    }
}

static void NAMED(colour_row)(uint8_t *target, const LABEL *labels, int32_t width) {
    LABEL last = 0;
    uint8_t rgb[3] = {0, 0, 0};
    for (int32_t x = 0; x < width; x++) {
        if (labels[x] != last) {
            last = labels[x];
            seg_label_rgb(rgb, REGION(last));
        }
        memcpy(target + 3 * (size_t)x, rgb, 3);
    }
}

static void NAMED(cut_row)(uint8_t *target, const LABEL *labels, int32_t width) {
    for (size_t x = 0; x < (size_t)width; x++)
        if (labels[x] <= 0) target[4 * x + 3] = 0;
}

static void NAMED(paint_row)(const painting *job, const seg_image *regions, char *scratch,
                             uint8_t *target, int32_t y) {
    const int32_t width = job->picture->width, height = job->picture->height;
    const LABEL *here = seg_image_row(regions, y);
    const LABEL *up = y > 0 ? seg_image_row(regions, y - 1) : here;
    const LABEL *down = y + 1 < height ? seg_image_row(regions, y + 1) : here;
    if (job->kind == SEG_RENDER_COLORS) {
        NAMED(colour_row)(target, here, width);
        return;
    }
    uint8_t *samples = (uint8_t *)scratch, *edge = samples + job->row_size;
    if (job->kind == SEG_RENDER_CUTOUT) {
        seg_canvas_row(job->canvas, target, samples, 4, y);
        NAMED(cut_row)(target, here, width);
        return;
    }
    seg_canvas_row(job->canvas, target, samples, 3, y);
    if (job->kind == SEG_RENDER_OVERLAY) NAMED(tint_row)(target, here, width);
    NAMED(find_edges)(edge, up, here, down, width);
    NAMED(outline_row)(target, edge, up, here, down, width, job->kind == SEG_RENDER_CONTOURS);
}
