#include "media/ffmpeg/av_log.h"

#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/log.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

/* One lock for the list and the lines: errors are rare, and a line must not be torn. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static seg_av_log *attached;
static _Thread_local seg_av_log *current;

/* `opaque` of a context may be a host's own pointer: it counts only if it is in the list. */
static seg_av_log *find_attached(const void *pointer) {
    for (seg_av_log *log = attached; log; log = log->next) {
        if (log == pointer) return log;
    }
    return NULL;
}

static seg_av_log *find_owner(void *object) {
    if (current) return find_attached(current);
    const AVClass *class = object ? *(const AVClass **)object : NULL;
    if (!class || !class->class_name) return NULL;
    if (!strcmp(class->class_name, "AVCodecContext"))
        return find_attached(((const AVCodecContext *)object)->opaque);
    if (!strcmp(class->class_name, "AVFormatContext"))
        return find_attached(((const AVFormatContext *)object)->opaque);
    return NULL;
}

static void keep_line(seg_av_log *log, const char *format, va_list arguments) {
    char line[sizeof log->last];
    vsnprintf(line, sizeof line, format, arguments);
    size_t length = strcspn(line, "\r\n");
    line[length] = '\0';
    for (size_t i = 0; i < length; i++) {
        if ((unsigned char)line[i] < 0x20) line[i] = ' ';
    }
    if (!length) return;
    memcpy(log->last, line, sizeof line);
    if (!log->first[0]) memcpy(log->first, line, sizeof line);
    log->errors++;
}

static void on_log(void *object, int level, const char *format, va_list arguments) {
    pthread_mutex_lock(&lock);
    seg_av_log *log = find_owner(object);
    if (log && level <= AV_LOG_ERROR) keep_line(log, format, arguments);
    /* Error concealment speaks of itself as information. */
    if (log && level > AV_LOG_ERROR && !strncmp(format, "concealing", 10)) log->errors++;
    pthread_mutex_unlock(&lock);
    if (!log) av_log_default_callback(object, level, format, arguments);
}

static void install(void) {
    av_log_set_callback(on_log);
}

void seg_av_log_attach(seg_av_log *log) {
    pthread_once(&once, install);
    memset(log, 0, sizeof *log);
    pthread_mutex_lock(&lock);
    log->next = attached;
    attached = log;
    pthread_mutex_unlock(&lock);
}

void seg_av_log_detach(seg_av_log *log) {
    pthread_mutex_lock(&lock);
    for (seg_av_log **link = &attached; *link; link = &(*link)->next) {
        if (*link != log) continue;
        *link = log->next;
        break;
    }
    pthread_mutex_unlock(&lock);
}

seg_av_log *seg_av_log_enter(seg_av_log *log) {
    seg_av_log *previous = current;
    current = log;
    return previous;
}

void seg_av_log_leave(seg_av_log *previous) {
    current = previous;
}

char *seg_av_log_take(seg_av_log *log, int code, char *text, size_t size) {
    pthread_mutex_lock(&lock);
    snprintf(text, size, "%s", log->first);
    log->first[0] = '\0';
    pthread_mutex_unlock(&lock);
    if (!text[0] && code) av_strerror(code, text, size);
    return text;
}

int64_t seg_av_log_errors(seg_av_log *log) {
    pthread_mutex_lock(&lock);
    int64_t errors = log->errors;
    pthread_mutex_unlock(&lock);
    return errors;
}
