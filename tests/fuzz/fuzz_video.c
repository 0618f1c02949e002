/* Any bytes as a video or a stream of pictures: sniffed, demuxed, decoded, fitted. */
#include "media/source.h"

/* Small pictures and few frames keep a run short; the code paths are the same. */
enum { MAX_PIXELS = 1 << 20, MAX_FRAMES = 12 };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* The first byte chooses the options, the rest is the file. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    if (size < 2) return 0;
    const seg_limits limits = {.max_pixels = MAX_PIXELS};
    const seg_env env = {.limits = &limits};
    seg_reader_options options;
    seg_reader_options_init(&options);
    options.limit = MAX_FRAMES;
    options.luma_only = bytes[0] & 1;
    if (bytes[0] & 2) options.start = 0.5;
    if (bytes[0] & 4) options.step = 2;
    if (bytes[0] & 8) options.width = 20;
    if (bytes[0] & 16) options.on_resize = SEG_RESIZE_RESTART;
    if (bytes[0] & 32) options.threads = 2;
    seg_reader *reader;
    if (seg_reader_open_memory(&reader, bytes + 1, size - 1, &options, &env) < 0) return 0;
    seg_frame frame = {0};
    while (seg_reader_read(reader, &frame) == SEG_OK)
        continue;
    seg_frame_unref(&frame);
    seg_reader_close(reader);
    return 0;
}
