/* Any bytes as rows of MOTChallenge, MOTS or KITTI. */
#include "fuzz_dataset.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    const int32_t choice = size ? bytes[0] : 0;
    const int32_t format = choice & 64   ? SEG_DATASET_KITTI
                           : choice & 32 ? SEG_DATASET_MOTS
                                         : SEG_DATASET_MOT;
    fuzz_dataset(bytes, size, format, "tracks");
    return 0;
}
