#pragma once

// The weights of a network as a list: one entry a tensor, with the name it has on disk, its shape,
// and how training starts it. Networks are plain structs of tensors; this list is the only thing
// that loading, saving, initialising and the optimiser need to know about them. Engine thread.

#include "core/base/result.h"

#include <c10/core/Device.h>
#include <c10/core/ScalarType.h>

#include <cstdint>
#include <string>
#include <vector>

namespace at {
class Tensor;
}

namespace tessera::tensor {
class Weights;
}

namespace tessera::models {

enum class Initial {
    Zero,
    One,
    Constant,  // `scale`
    Normal,    // standard deviation `scale`
    FanIn,     // uniform in +-scale / sqrt(numbers that enter one output), the default of linear
               // layers
};

struct Parameter {
    std::string name;
    at::Tensor* slot = nullptr;  // where the network keeps it; owned by the network
    std::vector<std::int64_t> shape;
    Initial initial = Initial::FanIn;
    double scale = 1.0;
};

using ParameterList = std::vector<Parameter>;

// Numbers in all of them.
std::int64_t parameterCount(const ParameterList& parameters);

// Fills every slot with a fresh fp32 tensor; a pure function of (name, shape, seed), whatever the
// order.
void initialise(const ParameterList& parameters, std::uint64_t seed, c10::Device device);

// Takes every slot from `weights`, converted to dtype and device. BadModel that names the first
// tensor that is missing or has another shape.
base::Status load(const ParameterList& parameters,
                  tensor::Weights& weights,
                  c10::ScalarType dtype,
                  c10::Device device);

// Appends a weight and a bias called prefix.weight [out, in] and prefix.bias [out].
void appendLinear(ParameterList& list,
                  const std::string& prefix,
                  at::Tensor& weight,
                  at::Tensor& bias,
                  std::int64_t in,
                  std::int64_t out,
                  Initial initial = Initial::FanIn,
                  double scale = 1.0);

}  // namespace tessera::models
