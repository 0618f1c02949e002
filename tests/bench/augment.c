#include "augment.h"

#include "peer.h"

#include <stdio.h>
#include <string.h>

/* A pipeline for each text, and memory that is kept. The copy's number goes on, as in training. */
typedef struct kept {
    const char *text;
    seg_augment_pipeline *pipeline;
    seg_augment_work *work;
    seg_sample source, target;
    int64_t copy;
} kept;

static kept *find(const char *text) {
    static kept all[16];
    int i = 0;
    while (all[i].text && strcmp(all[i].text, text) != 0)
        i++;
    kept *k = &all[i];
    if (k->text) return k;
    k->text = text;
    bench_need(seg_augment_pipeline_create(&k->pipeline, text, NULL, NULL));
    bench_need(seg_augment_work_create(&k->work, NULL));
    seg_sample_init(&k->source, NULL);
    seg_sample_init(&k->target, NULL);
    k->source.name = "bench";
    return k;
}

static void augment(bench_state *s, const char *text) {
    kept *k = find(text);
    k->source.picture = s->picture->rgb;
    k->source.picture.owner = NULL; /* borrowed */
    bench_need(seg_augment_apply(k->pipeline, k->work, &k->target, &k->source, k->copy++, NULL));
}

/* Sizes follow the picture's. */
static const char *sized(const bench_state *s, double factor, const char *filter) {
    static char texts[8][100];
    const int32_t width = (int32_t)(s->picture->rgb.width * factor),
                  height = (int32_t)(s->picture->rgb.height * factor);
    char text[100];
    snprintf(text, sizeof text, "resize(width=%ld,height=%ld,filter=%s)", (long)width, (long)height,
             filter);
    int i = 0;
    while (i < 7 && *texts[i] && strcmp(texts[i], text) != 0)
        i++;
    memcpy(texts[i], text, sizeof text);
    return texts[i];
}

void bench_flip(bench_state *s) {
    augment(s, "hflip");
}
void bench_flip_peer(bench_state *s) {
    peer_flip(&s->picture->rgb);
}
void bench_shrink(bench_state *s) {
    augment(s, sized(s, 0.4, "area"));
}
void bench_shrink_peer(bench_state *s) {
    peer_resize(&s->picture->rgb, 0.4, true);
}
void bench_enlarge(bench_state *s) {
    augment(s, sized(s, 1.3, "bilinear"));
}
void bench_enlarge_peer(bench_state *s) {
    peer_resize(&s->picture->rgb, 1.3, false);
}
void bench_rotate(bench_state *s) {
    augment(s, "rotate");
}
void bench_rotate_peer(bench_state *s) {
    peer_rotate(&s->picture->rgb, 15);
}
void bench_hsv(bench_state *s) {
    augment(s, "hsv");
}
void bench_hsv_peer(bench_state *s) {
    peer_hsv(&s->picture->rgb, 7, 1.1, 0.9);
}
void bench_blur_rgb(bench_state *s) {
    augment(s, "gaussian-blur(low=1.5,high=1.5)");
}
void bench_blur_rgb_peer(bench_state *s) {
    peer_blur_sigma(&s->picture->rgb, 1.5);
}
void bench_brightness(bench_state *s) {
    augment(s, "brightness");
}
void bench_brightness_peer(bench_state *s) {
    peer_line(&s->picture->rgb, 1, 20);
}
void bench_contrast(bench_state *s) {
    augment(s, "contrast");
}
void bench_contrast_peer(bench_state *s) {
    peer_line(&s->picture->rgb, 1.15, -19);
}
void bench_noise(bench_state *s) {
    augment(s, "gaussian-noise(low=10,high=10)");
}
void bench_noise_peer(bench_state *s) {
    peer_noise(&s->picture->rgb, 10);
}
void bench_cutout(bench_state *s) {
    augment(s, "cutout(p=1)");
}
void bench_cutout_peer(bench_state *s) {
    peer_hide(&s->picture->rgb, s->picture->rgb.height / 4, s->picture->rgb.height);
}
void bench_gridmask(bench_state *s) {
    augment(s, "gridmask(p=1,smallest=64,largest=64)");
}
void bench_gridmask_peer(bench_state *s) {
    peer_hide(&s->picture->rgb, 38, 64);
}
