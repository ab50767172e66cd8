#pragma once

// The request's words as what is to be measured. Any thread.

#include "core/base/result.h"
#include "core/bench/request.h"
#include "core/plan/frame_mask.h"

#include <cstdint>
#include <string>
#include <vector>

namespace tessera::bench {

// One shape under one mask.
struct Case {
    std::string shape;  // as it was asked for
    plan::TokenLayout layout;
    std::int64_t heads = 1;
    std::int64_t headSize = 64;
    plan::FrameMask mask;

    double allPairs() const;
    double keptPairs() const;  // of one head
};

// Every shape, or the shape of every step, under each mask that fits it, in the order of the
// request; each pair once. BadInput
// for a word that is no shape, a mask that fits none of the shapes and a shape that no mask fits.
base::Result<std::vector<Case>> readCases(const BenchRequest& request);

// Bytes that one case needs at most, inputs, results and exact rows together; an estimate.
double memoryNeed(const Case& one, std::int64_t bytesOfValue, bool backward, std::size_t kernels);

}  // namespace tessera::bench
