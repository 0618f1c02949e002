/* Pictures of one set brought to one kind. */
#ifndef TOOLS_AUGMENT_FIT_H
#define TOOLS_AUGMENT_FIT_H

#include <segment/image.h>

/** Another number of channels: grey and colour (BT.601 one way, three equal channels the other),
 *  alpha dropped or added as opaque. The picture is replaced. Errors: SEG_ERROR_MEMORY, _LIMIT. */
SEG_NODISCARD seg_status fit_channels(seg_image *picture, int32_t channels, const seg_env *env);

/** 16 bits of pictures of fewer in 16, as they come from PNM. Errors: as before. */
SEG_NODISCARD seg_status fit_depth(seg_image *picture, const seg_env *env);

/** The format and channels of `like`. Errors: as before. */
SEG_NODISCARD seg_status fit_like(seg_image *picture, const seg_image *like, const seg_env *env);

#endif
