// A block of threads takes one run of tokens of one batch and walks over its rows; a thread owns
// eight columns, so the modulation is loaded once a run and its gradients gather in registers.
// Nothing is read or written twice: the pass is bound by memory alone.

#include "kernels/api/modulate.h"
#include "kernels/common/launched.h"
#include "kernels/common/run.cuh"

#include <type_traits>

namespace tessera::kernels {
namespace {

constexpr int kColumns = 8;  // of a thread
constexpr int kWarpWidth = 32 * kColumns;
constexpr int kMaxWidth = 4096;
constexpr int kMaxWarps = kMaxWidth / kWarpWidth;
constexpr int kRowsAtOnce = 4;  // where a warp has a whole row

using Eight = Run<kColumns>;

// Where a thread stands: its columns, and its rows first, first + step, ... < end.
template <bool kWide>
struct Place {
    std::int64_t batch, column, first, end, step;

    __device__ explicit Place(const ModulateShape& shape) {
        batch = blockIdx.y;
        const auto begin = static_cast<std::int64_t>(blockIdx.x) * kModulateRun;
        end = min(begin + kModulateRun, shape.tokens);
        column = kColumns * static_cast<std::int64_t>(kWide ? threadIdx.x : threadIdx.x % 32);
        first = begin + (kWide ? 0 : threadIdx.x / 32);
        step = kWide ? 1 : kRowsAtOnce;
    }
};

// The sums over a row of two numbers a thread. Every thread of the block calls it where kWide.
template <bool kWide>
__device__ float2 sumOfRow(float2 value, float2* warps) {
    value.x = sumOfLanes<32>(value.x);
    value.y = sumOfLanes<32>(value.y);
    if constexpr (kWide) {
        if (threadIdx.x % 32 == 0) {
            warps[threadIdx.x / 32] = value;
        }
        __syncthreads();
        value = make_float2(0.0f, 0.0f);
        for (int i = 0; i < static_cast<int>(blockDim.x / 32); ++i) {
            value.x += warps[i].x;
            value.y += warps[i].y;
        }
        __syncthreads();
    }
    return value;
}

template <bool kNorm, bool kBranch, bool kGate, bool kWide>
__global__ void __launch_bounds__(512) forwardKernel(const ModulateForward p) {
    __shared__ float2 warps[kMaxWarps];
    const Place<kWide> place(p.shape);
    const std::int64_t width = p.shape.width;
    const std::int64_t ofGate = place.batch * p.shape.gateStride + place.column;
    const std::int64_t ofNorm = place.batch * p.shape.normStride + place.column;
    Eight gate, scale, shift;
    if constexpr (kGate) {
        gate = Eight::load(p.gate, ofGate);
    }
    if constexpr (kNorm) {
        scale = Eight::load(p.scale, ofNorm);
        shift = Eight::load(p.shift, ofNorm);
    }
    for (std::int64_t token = place.first; token < place.end; token += place.step) {
        const std::int64_t row = place.batch * p.shape.tokens + token;
        const std::int64_t at = row * width + place.column;
        Eight x = Eight::load(p.x, at);
        if constexpr (kBranch) {
            const Eight branch = Eight::load(p.branch, at);
#pragma unroll
            for (int i = 0; i < kColumns; ++i) {
                const float added = x.v[i] + (kGate ? gate.v[i] * branch.v[i] : branch.v[i]);
                // The norm reads what backward will read: the rounded sum.
                x.v[i] = __bfloat162float(__float2bfloat16_rn(added));
            }
            x.store(p.sum, at);
        }
        if constexpr (kNorm) {
            float sum = 0.0f;
#pragma unroll
            for (int i = 0; i < kColumns; ++i) {
                sum += x.v[i];
            }
            const float mean = sumOfRow<kWide>(make_float2(sum, 0.0f), warps).x / width;
            float squares = 0.0f;
#pragma unroll
            for (int i = 0; i < kColumns; ++i) {
                squares += (x.v[i] - mean) * (x.v[i] - mean);
            }
            const float variance = sumOfRow<kWide>(make_float2(squares, 0.0f), warps).x / width;
            const float rstd = rsqrtf(variance + static_cast<float>(p.shape.epsilon));
#pragma unroll
            for (int i = 0; i < kColumns; ++i) {
                x.v[i] = (x.v[i] - mean) * rstd * (1.0f + scale.v[i]) + shift.v[i];
            }
            x.store(p.out, at);
            if (place.column == 0) {
                p.mean[row] = mean;
                p.rstd[row] = rstd;
            }
        }
    }
}

// Adds up what the rows at once gathered, always in the same order, and writes it.
template <bool kWide>
__device__ void writePartial(const Place<kWide>& place,
                             const ModulateShape& shape,
                             const Eight (&gathered)[3],
                             float* partial) {
    __shared__ float others[kWide ? 1 : (kRowsAtOnce - 1) * 3 * kWarpWidth];
    const int slot = kWide ? 0 : static_cast<int>(threadIdx.x / 32);
    if constexpr (!kWide) {
        if (slot > 0) {
#pragma unroll
            for (int which = 0; which < 3; ++which) {
#pragma unroll
                for (int i = 0; i < kColumns; ++i) {
                    others[((slot - 1) * 3 + which) * kWarpWidth + place.column + i] =
                        gathered[which].v[i];
                }
            }
        }
        __syncthreads();
    }
    if (slot > 0) {
        return;
    }
    const std::int64_t run = place.batch * gridDim.x + blockIdx.x;
#pragma unroll
    for (int which = 0; which < 3; ++which) {
        float* to = partial + (run * 3 + which) * shape.width + place.column;
#pragma unroll
        for (int i = 0; i < kColumns; ++i) {
            float total = gathered[which].v[i];
            if constexpr (!kWide) {
                for (int other = 0; other < kRowsAtOnce - 1; ++other) {
                    total += others[(other * 3 + which) * kWarpWidth + place.column + i];
                }
            }
            to[i] = total;
        }
    }
}

template <bool kNorm, bool kGate, bool kWide>
__global__ void __launch_bounds__(512) backwardKernel(const ModulateBackward p) {
    __shared__ float2 warps[kMaxWarps];
    const Place<kWide> place(p.shape);
    const std::int64_t width = p.shape.width;
    const std::int64_t ofGate = place.batch * p.shape.gateStride + place.column;
    const std::int64_t ofNorm = place.batch * p.shape.normStride + place.column;
    Eight gate, scale;
    if constexpr (kGate) {
        gate = Eight::load(p.gate, ofGate);
    }
    if constexpr (kNorm) {
        scale = Eight::load(p.scale, ofNorm);
    }
    Eight gathered[3] = {Eight::filled(0.0f), Eight::filled(0.0f), Eight::filled(0.0f)};
    for (std::int64_t token = place.first; token < place.end; token += place.step) {
        const std::int64_t row = place.batch * p.shape.tokens + token;
        const std::int64_t at = row * width + place.column;
        Eight gradient = p.gradSum != nullptr ? Eight::load(p.gradSum, at) : Eight::filled(0.0f);
        if constexpr (kNorm) {
            const Eight out = Eight::load(p.gradOut, at);
            Eight normed = Eight::load(p.sum, at);
            const float mean = p.mean[row], rstd = p.rstd[row];
            float2 sums = make_float2(0.0f, 0.0f);
#pragma unroll
            for (int i = 0; i < kColumns; ++i) {
                normed.v[i] = (normed.v[i] - mean) * rstd;
                const float scaled = out.v[i] * (1.0f + scale.v[i]);
                sums.x += scaled;
                sums.y += scaled * normed.v[i];
                gathered[0].v[i] += out.v[i];
                gathered[1].v[i] += out.v[i] * normed.v[i];
            }
            sums = sumOfRow<kWide>(sums, warps);
#pragma unroll
            for (int i = 0; i < kColumns; ++i) {
                const float scaled = out.v[i] * (1.0f + scale.v[i]);
                gradient.v[i] += rstd * (scaled - sums.x / width - normed.v[i] * (sums.y / width));
            }
        }
        if constexpr (kNorm) {
            gradient.store(p.gradX, at);
        }
        if constexpr (kGate) {
            const Eight branch = Eight::load(p.branch, at);
#pragma unroll
            for (int i = 0; i < kColumns; ++i) {
                gathered[2].v[i] += gradient.v[i] * branch.v[i];
                gradient.v[i] *= gate.v[i];
            }
            gradient.store(p.gradBranch, at);
        }
    }
    writePartial<kWide>(place, p.shape, gathered, p.partial);
}

// The boolean as a type: turns what is known at run time into an instance.
template <typename Work>
void withFlag(bool flag, const Work& work) {
    if (flag) {
        work(std::true_type());
    } else {
        work(std::false_type());
    }
}

dim3 blocksOf(const ModulateShape& shape) {
    return {static_cast<unsigned>(modulateRuns(shape)), static_cast<unsigned>(shape.batch)};
}

unsigned threadsOf(const ModulateShape& shape) {
    const auto row = static_cast<unsigned>(shape.width / kColumns);
    return row == 32 ? 32 * kRowsAtOnce : row;
}

}  // namespace

bool supports(const ModulateShape& shape) {
    return shape.batch > 0 && shape.batch <= 65535 && shape.tokens > 0 && shape.width > 0 &&
           shape.width % kWarpWidth == 0 && shape.width <= kMaxWidth &&
           shape.gateStride % kColumns == 0 && shape.normStride % kColumns == 0;
}

Status launchModulateForward(const ModulateForward& p, StreamHandle stream) {
    const bool norm = p.scale != nullptr, branch = p.branch != nullptr, gate = p.gate != nullptr;
    if (!supports(p.shape) || (!norm && !gate) || (gate && !branch)) {
        return Status::Unsupported;
    }
    const auto on = static_cast<cudaStream_t>(stream);
    withFlag(p.shape.width > kWarpWidth, [&](auto wide) {
        const dim3 blocks = blocksOf(p.shape);
        const unsigned threads = threadsOf(p.shape);
        constexpr bool kWide = decltype(wide)::value;
        if (norm && gate) {
            forwardKernel<true, true, true, kWide><<<blocks, threads, 0, on>>>(p);
        } else if (norm && branch) {
            forwardKernel<true, true, false, kWide><<<blocks, threads, 0, on>>>(p);
        } else if (norm) {
            forwardKernel<true, false, false, kWide><<<blocks, threads, 0, on>>>(p);
        } else {
            forwardKernel<false, true, true, kWide><<<blocks, threads, 0, on>>>(p);
        }
    });
    return launched();
}

Status launchModulateBackward(const ModulateBackward& p, StreamHandle stream) {
    const bool norm = p.gradOut != nullptr, gate = p.gate != nullptr;
    if (!supports(p.shape) || (!norm && !gate)) {
        return Status::Unsupported;
    }
    const auto on = static_cast<cudaStream_t>(stream);
    withFlag(p.shape.width > kWarpWidth, [&](auto wide) {
        const dim3 blocks = blocksOf(p.shape);
        const unsigned threads = threadsOf(p.shape);
        constexpr bool kWide = decltype(wide)::value;
        if (norm && gate) {
            backwardKernel<true, true, kWide><<<blocks, threads, 0, on>>>(p);
        } else if (norm) {
            backwardKernel<true, false, kWide><<<blocks, threads, 0, on>>>(p);
        } else {
            backwardKernel<false, true, kWide><<<blocks, threads, 0, on>>>(p);
        }
    });
    return launched();
}

}  // namespace tessera::kernels
