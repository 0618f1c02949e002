/* FFmpeg's log lines: kept for messages instead of going to stderr. */
#ifndef SEG_MEDIA_AV_LOG_H
#define SEG_MEDIA_AV_LOG_H

#include <stddef.h>
#include <stdint.h>

/**
 * Collects what FFmpeg reports about one reader or writer. Lines reach it in two ways: from the
 * calling thread between seg_av_log_enter and seg_av_log_leave, and from FFmpeg's own threads
 * through `opaque` of AVCodecContext and AVFormatContext, which point to it. Everything else that
 * the process does with FFmpeg keeps FFmpeg's default log. Never moved while attached.
 */
typedef struct seg_av_log {
    char first[200]; /**< the first error line since the last take */
    char last[200];  /**< the latest one */
    int64_t errors;  /**< lines that tell of errors, since attach */
    struct seg_av_log *next;
} seg_av_log;

/** Makes it known; the first call of the process installs the log callback. */
void seg_av_log_attach(seg_av_log *log);
/** Call it after the contexts that point to it are gone. Detaching twice is allowed. */
void seg_av_log_detach(seg_av_log *log);

/** Directs this thread's lines to `log`; returns what was there before, for leave. */
seg_av_log *seg_av_log_enter(seg_av_log *log);
void seg_av_log_leave(seg_av_log *previous);

/** The reason for a failure: the first error line since the last call, without its line end, or
 *  FFmpeg's words for `code` (0 = none) if there is none. Written to `text`, which is returned. */
char *seg_av_log_take(seg_av_log *log, int code, char *text, size_t size);

/** Lines so far that tell of errors, also of concealed ones. Decoding threads run ahead of the
 *  frames that they give, so whatever a frame rests on is counted before it comes. */
int64_t seg_av_log_errors(seg_av_log *log);

#endif
