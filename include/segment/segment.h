/* segment: classical image and video segmentation. Includes everything but media.h, data.h
 * and labels.h. */
#ifndef SEGMENT_SEGMENT_H
#define SEGMENT_SEGMENT_H

#include <segment/augment.h>
#include <segment/edge.h>
#include <segment/env.h>
#include <segment/evaluate.h>
#include <segment/frame.h>
#include <segment/geometry.h>
#include <segment/image.h>
#include <segment/imgproc.h>
#include <segment/method.h>
#include <segment/morphology.h>
#include <segment/motion.h>
#include <segment/motion_model.h>
#include <segment/objects.h>
#include <segment/params.h>
#include <segment/pipeline.h>
#include <segment/region.h>
#include <segment/render.h>
#include <segment/result.h>
#include <segment/status.h>
#include <segment/temporal.h>
#include <segment/threshold.h>
#include <segment/transform.h>
#include <segment/version.h>

#endif
