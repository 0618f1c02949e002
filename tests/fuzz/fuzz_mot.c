/* Any bytes as rows of MOTChallenge or MOTS. */
#include "fuzz_dataset.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    const int32_t format = size && bytes[0] & 32 ? SEG_DATASET_MOTS : SEG_DATASET_MOT;
    fuzz_dataset(bytes, size, format, "tracks");
    return 0;
}
