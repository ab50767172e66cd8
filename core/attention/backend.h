#pragma once

// Self-attention as the transformers see it: a backend that computes it, and an observer that may
// watch. The choice of a backend is made once, before the first step; nothing falls back silently.
// Engine thread.

#include "core/base/result.h"

#include <c10/core/Device.h>
#include <c10/core/ScalarType.h>

#include <cstdint>
#include <memory>

namespace at {
class Tensor;
}

namespace tessera::attention {

// What a backend is asked to compute; N = frames * tokensPerFrame + textTokens.
struct AttentionShape {
    std::int64_t heads = 0;
    std::int64_t headSize = 0;
    std::int64_t frames = 0;
    std::int64_t tokensPerFrame = 0;
    std::int64_t textTokens = 0;  // first in the sequence, where the model concatenates them
    c10::ScalarType dtype = c10::ScalarType::Float;
    c10::Device device = c10::Device(c10::DeviceType::CPU);
    bool wantsGradients = false;  // whether attend() is to be differentiable
    std::int64_t layers = 0;      // that attend() will be asked for; 0 = those that have masks
};

// Sees every self-attention of a run: q, k [B, H, N, D] after norm and rotation. Null costs one
// pointer test.
class AttentionObserver {
public:
    virtual ~AttentionObserver() = default;
    virtual void onAttention(int layer, int step, const at::Tensor& q, const at::Tensor& k) = 0;
};

class AttentionBackend {
public:
    virtual ~AttentionBackend() = default;
    virtual const char* name() const = 0;

    // Unsupported with the reason and the remedy when this backend cannot compute that shape.
    virtual base::Status supports(const AttentionShape& shape) const = 0;

    // softmax(q k^T / sqrt(D)) v for one layer: q, k, v [B, H, N, D] -> [B, H, N, D].
    // Differentiable where supports() says so.
    virtual at::Tensor attend(int layer,
                              const at::Tensor& q,
                              const at::Tensor& k,
                              const at::Tensor& v) const = 0;
};

// Full attention: LibTorch's kernels, and ours on processors where they are quicker.
std::unique_ptr<AttentionBackend> makeDenseAttention();

// Cross-attention, always dense: q [B, H, N, D], k and v [B, H, L, D], mask [B, 1, 1, L] bool (true
// = a real token) or undefined when all are -> [B, H, N, D]. Differentiable.
at::Tensor attendToText(const at::Tensor& q,
                        const at::Tensor& k,
                        const at::Tensor& v,
                        const at::Tensor& mask);

// What a transformer's forward is given. Plain pointers: the caller keeps both alive during the
// call.
struct AttentionContext {
    const AttentionBackend* backend = nullptr;
    AttentionObserver* observer = nullptr;
    int step = 0;
};

}  // namespace tessera::attention
