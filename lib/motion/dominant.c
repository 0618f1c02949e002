/*
 * A robust fit to all samples finds the motion that most of them follow. Where none has a majority
 * (everything moves, one half against the other) it ends between them, with a large deviation. Then
 * the motions of patches are tried instead, as J. Wang and E. Adelson, "Representing moving images
 * with layers", IEEE Trans. Image Processing 3(5), 1994, begin: if two of them explain most of the
 * samples, that which more follow is the dominant one. Water, where no motion explains much, is
 * left to the fit and its deviation.
 */
#include "motion/dominant.h"

#include "core/math.h"
#include "geometry/motion_fit.h"

#define PATCHES 4   /* along either side of the picture */
#define POOR 2.0    /* least deviations: the fit may be a compromise */
#define FOLLOWS 3.0 /* deviations of what follows a motion */
#define REFITS 2    /* of a patch's motion, to all that follow it */
#define EXPLAINED                                                                                  \
    0.7 /* share of the samples that two motions must explain to the least deviation */

static size_t fit_room(int32_t count) {
    return (seg_motion_fit_room(count) + 7) / 8 * 8;
}

size_t seg_dominant_room(int32_t count) {
    return fit_room(count) + 2 * (size_t)count * sizeof(seg_motion_sample);
}

static bool follows(const seg_motion *motion, const seg_motion_sample *s, double tolerance) {
    double of[2];
    seg_motion_at(of, motion, (double)s->x, (double)s->y);
    const double du = (double)s->u - of[0], dv = (double)s->v - of[1];
    return du * du + dv * dv < tolerance * tolerance;
}

/* Weight of the samples that follow the motion to the least deviation, and how many they are. */
static double support(int32_t *own, const seg_motion *motion, const seg_motion_sample *samples,
                      int32_t count) {
    double sum = 0;
    *own = 0;
    for (int32_t i = 0; i < count; i++) {
        if (!(samples[i].weight > 0) || !follows(motion, &samples[i], SEG_LEAST_DEVIATION))
            continue;
        sum += (double)samples[i].weight;
        ++*own;
    }
    return sum;
}

/* Copies the samples that follow the motion to a tolerance, or those that do not. */
static int32_t sift(seg_motion_sample *out, const seg_motion *motion, bool own, double tolerance,
                    const seg_motion_sample *samples, int32_t count) {
    int32_t n = 0;
    for (int32_t i = 0; i < count; i++)
        if (samples[i].weight > 0 && follows(motion, &samples[i], tolerance) == own)
            out[n++] = samples[i];
    return n;
}

static void fit(void *room, seg_dominant *dominant, int32_t model, const seg_motion_sample *samples,
                int32_t count) {
    if (model < 0) {
        seg_motion_choose_in(room, &dominant->motion, &dominant->model, &dominant->deviation,
                             SEG_LEAST_DEVIATION, samples, count);
        return;
    }
    dominant->model = (seg_motion_model)model;
    seg_motion_fit_in(room, &dominant->motion, &dominant->deviation, dominant->model, samples,
                      count);
}

typedef struct picture {
    int32_t width, height;
    seg_motion_sample *some; /* room for the samples of a patch */
    void *room;              /* to fit in */
} picture;

/* The motion of a patch that most samples follow, by their weight; `own` gets how many do. */
static seg_motion best_of_patches(int32_t *own, const picture *p, const seg_motion_sample *samples,
                                  int32_t count) {
    seg_motion best = {{0}};
    double most = -1;
    *own = 0;
    for (int32_t patch = 0; patch < PATCHES * PATCHES; patch++) {
        int32_t n = 0, followers;
        for (int32_t i = 0; i < count; i++) {
            const int32_t across = (int32_t)samples[i].x * PATCHES / p->width;
            const int32_t down = (int32_t)samples[i].y * PATCHES / p->height;
            if (down * PATCHES + across == patch) p->some[n++] = samples[i];
        }
        if (n == 0) continue;
        seg_motion motion;
        seg_motion_fit_in(p->room, &motion, NULL, SEG_MOTION_AFFINE, p->some, n);
        const double weight = support(&followers, &motion, samples, count);
        if (!(weight > most)) continue;
        most = weight;
        best = motion;
        *own = followers;
    }
    return best;
}

static void try_patches(seg_dominant *dominant, int32_t model, const picture *p,
                        seg_motion_sample *rest, const seg_motion_sample *samples, int32_t count) {
    const double tolerance = FOLLOWS * SEG_LEAST_DEVIATION;
    int32_t all = 0, first, second;
    for (int32_t i = 0; i < count; i++)
        all += samples[i].weight > 0;
    seg_dominant other = {.motion = best_of_patches(&first, p, samples, count)};
    for (int round = 0; round < REFITS; round++) {
        const int32_t n = sift(p->some, &other.motion, true, tolerance, samples, count);
        if (n == 0) return;
        fit(p->room, &other, model, p->some, n);
    }
    support(&first, &other.motion, samples, count);
    const int32_t left = sift(rest, &other.motion, false, tolerance, samples, count);
    best_of_patches(&second, p, rest, left);
    if (first + second >= EXPLAINED * all) *dominant = other;
}

/* Share of the samples that follow the motion. */
static double share_of(const seg_dominant *dominant, const seg_motion_sample *samples,
                       int32_t count) {
    const double tolerance = FOLLOWS * seg_larger(dominant->deviation, SEG_LEAST_DEVIATION);
    int32_t all = 0, own = 0;
    for (int32_t i = 0; i < count; i++) {
        if (!(samples[i].weight > 0)) continue;
        all++;
        own += follows(&dominant->motion, &samples[i], tolerance);
    }
    return all ? (double)own / all : 0;
}

void seg_dominant_find(void *room, seg_dominant *dominant, int32_t model,
                       const seg_motion_sample *samples, int32_t count, int32_t width,
                       int32_t height) {
    fit(room, dominant, model, samples, count);
    if (dominant->deviation > POOR * SEG_LEAST_DEVIATION) {
        seg_motion_sample *copies = (seg_motion_sample *)((char *)room + fit_room(count));
        const picture p = {width, height, copies, room};
        try_patches(dominant, model, &p, copies + count, samples, count);
    }
    dominant->share = share_of(dominant, samples, count);
}
