/* Versions of the libraries that pictures and video are read and written with. */
#include <segment/media.h>

#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libswscale/swscale.h>
#include <stdio.h>

#include <jpeglib.h>
#include <png.h>

#define TEXT(x) #x
#define NUMBER(x) TEXT(x)
#ifdef LIBJPEG_TURBO_VERSION
#define JPEG_NAME "libjpeg-turbo " NUMBER(LIBJPEG_TURBO_VERSION)
#else
#define JPEG_NAME "libjpeg " NUMBER(JPEG_LIB_VERSION)
#endif

const char *seg_media_versions(void) {
    return "libpng " PNG_LIBPNG_VER_STRING "\n" JPEG_NAME "\n" LIBAVFORMAT_IDENT
           "\n" LIBAVCODEC_IDENT "\n" LIBSWSCALE_IDENT "\n";
}
