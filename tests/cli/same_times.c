/* same_times A B TICK: the two videos have as many frames, and each its time stamp in seconds, up
 * to half a tick (0: exactly). Prints the number of frames, or what differs. */
#include <math.h>
#include <segment/media.h>
#include <segment/segment.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static seg_reader *open_video(const char *name) {
    seg_reader_options options;
    seg_reader *reader;
    seg_reader_options_init(&options);
    options.luma_only = true;
    if (seg_reader_open(&reader, name, &options, NULL) >= 0) return reader;
    printf("%s: %s\n", name, seg_error_detail());
    exit(1);
}

/* Rounding differs only where the product does not fit into a double. */
static int equal(const seg_frame *a, const seg_frame *b, double tick) {
    double x = (double)a->pts * a->time_base.num * b->time_base.den;
    double y = (double)b->pts * b->time_base.num * a->time_base.den;
    return x == y ||
           fabs(x - y) / ((double)a->time_base.den * b->time_base.den) <= tick * 0.5 + 1e-9;
}

int main(int count, char **words) {
    if (count != 4) return 2;
    seg_reader *readers[2] = {open_video(words[1]), open_video(words[2])};
    seg_frame frames[2];
    memset(frames, 0, sizeof frames);
    double tick = atof(words[3]);
    long number = 0;
    for (;; number++) {
        seg_status a = seg_reader_read(readers[0], &frames[0]);
        seg_status b = seg_reader_read(readers[1], &frames[1]);
        if (a != SEG_OK && b != SEG_OK) break;
        if (a != SEG_OK || b != SEG_OK) {
            printf("%s ends after %ld frames\n", words[a == SEG_OK ? 2 : 1], number);
            return 1;
        }
        if (equal(&frames[0], &frames[1], tick)) continue;
        printf("frame %ld is at %lld * %d/%d s and at %lld * %d/%d s\n", number,
               (long long)frames[0].pts, frames[0].time_base.num, frames[0].time_base.den,
               (long long)frames[1].pts, frames[1].time_base.num, frames[1].time_base.den);
        return 1;
    }
    for (int i = 0; i < 2; i++) {
        seg_frame_unref(&frames[i]);
        seg_reader_close(readers[i]);
    }
    printf("%ld\n", number);
    return 0;
}
