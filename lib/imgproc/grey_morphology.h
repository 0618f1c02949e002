/* Grey morphology with checked arguments and kept memory. */
#ifndef SEG_IMGPROC_GREY_MORPHOLOGY_H
#define SEG_IMGPROC_GREY_MORPHOLOGY_H

#include "imgproc/structure.h"

/** seg_morphology_picture with checked arguments, `target` ensured, memory from `scratch`. */
SEG_NODISCARD seg_status seg_morphology_picture_with(seg_image *target, const seg_image *source,
                                                     seg_morphology operation,
                                                     const seg_structure *structure,
                                                     seg_scratch *scratch);

#endif
