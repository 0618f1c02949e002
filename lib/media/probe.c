/* What an input is: by its content, never by its name alone. */
#include "media/codec.h"

#include "media/names.h"
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEAD_BYTES (32 * 1024)

/* ---- animations among the still formats ---- */

/* An acTL chunk before the pixels, with more than one frame. */
static bool is_animated_png(const uint8_t *bytes, size_t size) {
    size_t position = 8;
    while (position + 16 <= size) {
        const uint8_t *chunk = bytes + position;
        uint32_t length = (uint32_t)chunk[0] << 24 | (uint32_t)chunk[1] << 16 |
                          (uint32_t)chunk[2] << 8 | chunk[3];
        if (!memcmp(chunk + 4, "IDAT", 4)) return false;
        if (!memcmp(chunk + 4, "acTL", 4))
            return chunk[8] || chunk[9] || chunk[10] || chunk[11] > 1;
        if (length > size - position) return false;
        position += 12 + (size_t)length;
    }
    return false;
}

static bool skip(FILE *file, long bytes) {
    return fseek(file, bytes, SEEK_CUR) == 0;
}

/* Runs over blocks of up to 255 bytes until an empty one. */
static bool skip_gif_blocks(FILE *file) {
    int length;
    while ((length = getc(file)) > 0)
        if (!skip(file, length)) return false;
    return length == 0;
}

/* True if a second picture begins. */
static bool is_animated_gif(FILE *file) {
    uint8_t header[13];
    rewind(file);
    if (fread(header, 1, sizeof header, file) != sizeof header) return false;
    if (header[10] & 0x80 && !skip(file, 3L << ((header[10] & 7) + 1))) return false;
    for (int pictures = 0;;) {
        int block = getc(file);
        if (block == 0x21) { /* an extension: its label, then data */
            if (getc(file) < 0 || !skip_gif_blocks(file)) return false;
        } else if (block == 0x2c) {
            uint8_t picture[9];
            if (++pictures == 2) return true;
            if (fread(picture, 1, sizeof picture, file) != sizeof picture) return false;
            if (picture[8] & 0x80 && !skip(file, 3L << ((picture[8] & 7) + 1))) return false;
            if (getc(file) < 0 || !skip_gif_blocks(file)) return false;
        } else {
            return false;
        }
    }
}

static const char *extension_of(const char *path) {
    const char *slash = strrchr(path, '/');
    const char *dot = strrchr(slash ? slash : path, '.');
    return dot ? dot + 1 : "";
}

/* ---- files ---- */

/* A JPEG followed by another is a video or a camera's preview: only the name can tell. */
static bool is_named_motion_jpeg(const char *name) {
    const char *extension = extension_of(name);
    return !strcasecmp(extension, "mjpeg") || !strcasecmp(extension, "mjpg");
}

static seg_source_kind probe_bytes(const char *name, FILE *file, const uint8_t *head, size_t size,
                                   int64_t file_size) {
    seg_picture_decoder decoder = seg_picture_decoder_find(head, size);
    bool several = false;
    if (decoder == seg_png_decode) several = is_animated_png(head, size);
    if (decoder == seg_jpeg_decode) several = is_named_motion_jpeg(name);
    if (decoder == seg_pnm_decode) several = seg_pnm_has_more(head, size, file_size);
    if (decoder == seg_ffmpeg_decode) {
        if (size >= 6 && (!memcmp(head, "GIF87a", 6) || !memcmp(head, "GIF89a", 6)))
            several = is_animated_gif(file);
        else
            return seg_ffmpeg_probe(head, size);
    }
    return several ? SEG_SOURCE_VIDEO : SEG_SOURCE_PICTURE;
}

static seg_source_kind probe_file(const char *name, int64_t file_size) {
    FILE *file = fopen(name, "rb");
    if (!file) return SEG_SOURCE_NONE;
    uint8_t head[HEAD_BYTES];
    size_t size = fread(head, 1, sizeof head, file);
    seg_source_kind kind = size ? probe_bytes(name, file, head, size, file_size) : SEG_SOURCE_NONE;
    fclose(file);
    return kind;
}

seg_source_kind seg_source_probe(const char *name) {
    if (!name || !*name) return SEG_SOURCE_NONE;
    if (!strcmp(name, "-")) return SEG_SOURCE_STREAM;
    struct stat status;
    if (stat(name, &status) == 0) {
        if (S_ISDIR(status.st_mode)) return SEG_SOURCE_DIRECTORY;
        if (!S_ISREG(status.st_mode)) return SEG_SOURCE_STREAM;
        return probe_file(name, status.st_size);
    }
    if (!seg_is_printf_pattern(name) && !seg_is_glob(name)) return SEG_SOURCE_NONE;
    seg_names names;
    if (seg_names_list(&names, name, NULL) < 0) return SEG_SOURCE_NONE;
    seg_source_kind kind = names.count > 0 ? SEG_SOURCE_SEQUENCE : SEG_SOURCE_NONE;
    seg_names_free(&names, NULL);
    return kind;
}
