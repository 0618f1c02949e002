#include "augment/tar.h"
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { BLOCK = 512 };

/* POSIX.1-1988, 10.1.1 */
typedef struct tar_header {
    char name[100], mode[8], uid[8], gid[8], size[12], mtime[12], checksum[8], type, link[100];
    char magic[6], version[2], user[32], group[32], major[8], minor[8], prefix[155], rest[12];
} tar_header;

_Static_assert(sizeof(tar_header) == BLOCK, "a header is a block");

/* What does not fit into `name` is divided at a slash. */
static bool put_name(tar_header *header, const char *name) {
    const size_t length = strlen(name);
    const char *start = name;
    if (length > sizeof header->name) {
        start = strchr(name + length - sizeof header->name - 1, '/');
        if (!start || start == name || (size_t)(start - name) > sizeof header->prefix) return false;
        memcpy(header->prefix, name, (size_t)(start - name));
        start++;
    }
    memcpy(header->name, start, strlen(start));
    return true;
}

static void put_checksum(tar_header *header) {
    const unsigned char *bytes = (const unsigned char *)header;
    unsigned sum = 0;
    memset(header->checksum, ' ', sizeof header->checksum);
    for (size_t i = 0; i < BLOCK; i++)
        sum += bytes[i];
    snprintf(header->checksum, sizeof header->checksum, "%06o", sum);
}

static void pad(text_buffer *target, size_t size) {
    static const char zeros[BLOCK];
    if (size % BLOCK) text_add_bytes(target, zeros, BLOCK - size % BLOCK);
}

/* Owner and time are 0: the same pictures are the same archive. */
bool tar_add(text_buffer *target, const char *name, const void *bytes, size_t size) {
    tar_header header = {.type = '0', .magic = "ustar", .version = {'0', '0'}};
    if (!put_name(&header, name) || size > UINT32_MAX) return false;
    snprintf(header.mode, sizeof header.mode, "%07o", 0644u);
    snprintf(header.uid, sizeof header.uid, "%07o", 0u);
    snprintf(header.gid, sizeof header.gid, "%07o", 0u);
    snprintf(header.size, sizeof header.size, "%011lo", (unsigned long)size);
    snprintf(header.mtime, sizeof header.mtime, "%011o", 0u);
    put_checksum(&header);
    text_add_bytes(target, &header, sizeof header);
    text_add_bytes(target, bytes, size);
    pad(target, size);
    return true;
}

void tar_end(text_buffer *target) {
    static const char zeros[2 * BLOCK];
    text_add_bytes(target, zeros, sizeof zeros);
}
