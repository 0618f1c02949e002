#include "media/ffmpeg/av_io.h"

#include "media/ffmpeg/av_compat.h"
#include <errno.h>
#include <libavutil/error.h>
#include <libavutil/mem.h>
#include <unistd.h>

/* A read(2) of a pipe gives what is there, so a large buffer adds no delay. */
enum { IO_BUFFER = 64 * 1024 };

/* ---- for demuxers ---- */

static int read_packet(void *opaque, uint8_t *bytes, int size) {
    seg_input *input = opaque;
    int64_t got = seg_input_read(input, bytes, (size_t)size);
    if (got > 0) return (int)got;
    if (got == 0) return AVERROR_EOF;
    return input->cancelled ? AVERROR_EXIT : AVERROR(input->failed);
}

static int64_t seek_input(void *opaque, int64_t offset, int whence) {
    seg_input *input = opaque;
    if (whence & AVSEEK_SIZE) return input->size;
    switch (whence & ~AVSEEK_FORCE) {
    case SEEK_SET:
        break;
    case SEEK_CUR:
        offset += input->position;
        break;
    case SEEK_END:
        offset += input->size;
        break;
    default:
        return AVERROR(EINVAL);
    }
    int failed = seg_input_seek(input, offset);
    return failed ? AVERROR(failed) : offset;
}

AVIOContext *seg_input_make_io(seg_input *input) {
    uint8_t *buffer = av_malloc(IO_BUFFER);
    if (!buffer) return NULL;
    AVIOContext *io = avio_alloc_context(buffer, IO_BUFFER, 0, input, read_packet, NULL,
                                         input->seekable ? seek_input : NULL);
    if (!io) av_free(buffer);
    return io;
}

void seg_input_free_io(AVIOContext **io) {
    if (!*io) return;
    av_freep(&(*io)->buffer);
    avio_context_free(io);
}

/* ---- for muxers ---- */

static int write_packet(void *opaque, seg_av_write_byte *bytes, int size) {
    return seg_output_write(opaque, bytes, (size_t)size) < 0 ? AVERROR(EIO) : size;
}

static int64_t seek_output(void *opaque, int64_t offset, int whence) {
    seg_output *output = opaque;
    int descriptor = output->file.descriptor;
    if (whence & AVSEEK_SIZE) {
        off_t here = lseek(descriptor, 0, SEEK_CUR);
        off_t end = lseek(descriptor, 0, SEEK_END);
        return here < 0 || end < 0 || lseek(descriptor, here, SEEK_SET) < 0 ? AVERROR(EIO) : end;
    }
    off_t position = lseek(descriptor, offset, whence & ~AVSEEK_FORCE);
    return position < 0 ? AVERROR(errno) : position;
}

AVIOContext *seg_output_make_io(seg_output *output) {
    uint8_t *buffer = av_malloc(IO_BUFFER);
    if (!buffer) return NULL;
    bool seekable = !seg_output_is_live(output) && output->file.seekable;
    AVIOContext *io = avio_alloc_context(buffer, IO_BUFFER, 1, output, NULL, write_packet,
                                         seekable ? seek_output : NULL);
    if (!io) av_free(buffer);
    return io;
}

void seg_output_free_io(AVIOContext **io) {
    if (!*io) return;
    avio_flush(*io);
    av_freep(&(*io)->buffer);
    avio_context_free(io);
}
