#pragma once

// How the host halves of the elementwise kernels hand tensors over. Engine thread.

#include "core/base/check.h"
#include "core/tensor/device.h"
#include "kernels/api/status.h"

#include <ATen/core/Tensor.h>
#include <c10/core/DeviceGuard.h>

namespace tessera::attention {

// Null for an undefined tensor.
inline const void* readFrom(const at::Tensor& tensor) {
    return tensor.defined() ? tensor.const_data_ptr() : nullptr;
}

inline void* writeTo(const at::Tensor& tensor) {
    return tensor.defined() ? tensor.mutable_data_ptr() : nullptr;
}

// Launches on the device of `like`, or calls the reference on the CPU.
template <typename Params>
void call(const at::Tensor& like,
          kernels::Status (*launch)(const Params&, kernels::StreamHandle),
          kernels::Status (*reference)(const Params&),
          const Params& params) {
    const c10::DeviceGuard guard(like.device());
    const kernels::Status status =
        like.is_cpu() ? reference(params) : launch(params, tensor::currentStream(like.device()));
    CHECK(status == kernels::Status::Ok, static_cast<int>(status), like.sizes());
}

}  // namespace tessera::attention
