/* Any bytes as COCO's JSON: truth or results. */
#include "fuzz_dataset.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    fuzz_dataset(bytes, size, SEG_DATASET_COCO, "instances");
    return 0;
}
