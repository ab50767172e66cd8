#pragma once

// Small forms of weights for files: int8 with one scale a row, and int4 in groups of 64 with one
// scale a group (embedded-model.md, 2.6). The exporter quantises, weights.h dequantises. Tensors on
// any device; any thread.

#include "core/tensor/safetensors.h"

#include <ATen/core/Tensor.h>
#include <c10/util/ArrayRef.h>

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace tessera::tensor {

constexpr std::int64_t kInt4Group = 64;

struct Quantised {
    at::Tensor values;
    at::Tensor scales;
};

// Symmetric int8: values I8 of the same shape, scales F32 [rows]. `weight` has at least one
// dimension; rows is the first.
Quantised quantiseRows(const at::Tensor& weight);

// values times the scale of their row, F32.
at::Tensor dequantiseRows(const at::Tensor& values, const at::Tensor& scales);

// Symmetric int4 over the flattened tensor, 64 to a group, the last one filled up with zeros:
// values U8 [groups, 32] (element 2i in the low half of byte i, offset 8), scales BF16 [groups]. Of
// ten clipping ratios each group takes the one of least squared error.
Quantised packInt4(const at::Tensor& weight);

// The inverse, F32 of `shape`; the product of `shape` lies within the last group.
at::Tensor unpackInt4(const at::Tensor& values, const at::Tensor& scales, c10::IntArrayRef shape);

enum class StoredForm { Bf16, Int8Rows, Int4Groups };

// Tensors ready for writeSafetensors(): matrices (two dimensions or more) in `form`, everything
// else in BF16; whole-number tensors as they are. Int4Groups is for deltas only.
std::vector<NamedTensor> storedWeights(std::span<const NamedTensor> weights, StoredForm form);

// The same for child minus parent, as `x.delta` (+ `x.scale`). Parameters that the parent lacks are
// stored whole, those equal to the parent's not at all.
std::vector<NamedTensor> storedDelta(std::span<const NamedTensor> child,
                                     const std::map<std::string, at::Tensor>& parent,
                                     StoredForm form);

}  // namespace tessera::tensor
