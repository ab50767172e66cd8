// A head's channels lie on a group of lanes, each with four of the first half and the four of the
// second half that turn with them. Backward writes the gradient of the packed projection whole, the
// values' part included, so that nobody has to put three tensors together afterwards.

#include "kernels/api/rotate.h"
#include "kernels/common/launched.h"
#include "kernels/common/run.cuh"

#include <type_traits>

namespace tessera::kernels {
namespace {

constexpr int kThreads = 256;
constexpr int kWarps = kThreads / 32;

using Four = Run<4>;

template <int kHeadSize>
struct Group {
    static_assert(kHeadSize % 8 == 0 && kHeadSize <= 256, "a lane has four channels of each half");
    static constexpr int kHalf = kHeadSize / 2;
    static constexpr int kBusy = kHalf / 4;
    static constexpr int kLanes = kBusy <= 8 ? 8 : kBusy <= 16 ? 16 : 32;
    static constexpr int kAtOnce = kThreads / kLanes;  // heads of a block of threads
};

struct Halves {
    Four low, high;

    __device__ static Halves load(const void* base, std::int64_t at, int half, bool busy) {
        if (!busy) {
            return {Four::filled(0.0f), Four::filled(0.0f)};
        }
        return {Four::load(base, at), Four::load(base, at + half)};
    }

    __device__ void store(void* base, std::int64_t at, int half) const {
        low.store(base, at);
        high.store(base, at + half);
    }
};

// 1 / RMS of a head.
template <int kHeadSize>
__device__ float inverseRms(const Halves& y, double epsilon) {
    float squares = 0.0f;
#pragma unroll
    for (int i = 0; i < 4; ++i) {
        squares += y.low.v[i] * y.low.v[i] + y.high.v[i] * y.high.v[i];
    }
    squares = sumOfLanes<Group<kHeadSize>::kLanes>(squares);
    return rsqrtf(squares / kHeadSize + static_cast<float>(epsilon));
}

template <int kHeadSize>
__global__ void __launch_bounds__(kThreads) forwardKernel(const RotateForward p) {
    using G = Group<kHeadSize>;
    const std::int64_t heads = p.shape.heads;
    const int lane = static_cast<int>(threadIdx.x) % G::kLanes;
    const bool busy = lane < G::kBusy;
    const std::int64_t channel = 4 * lane;
    const std::int64_t total = p.shape.batch * p.shape.tokens * 2 * heads;
    const std::int64_t which = static_cast<std::int64_t>(blockIdx.x) * G::kAtOnce +
                               static_cast<std::int64_t>(threadIdx.x) / G::kLanes;
    const std::int64_t item = min(which, total - 1);  // all lanes take part in the sums
    const std::int64_t row = item / (2 * heads), place = item % (2 * heads);
    const bool isKey = place >= heads;
    const Halves y =
        Halves::load(p.packed, (row * 3 * heads + place) * kHeadSize + channel, G::kHalf, busy);
    const float rms = inverseRms<kHeadSize>(y, p.shape.epsilon);
    if (!busy || which >= total) {
        return;
    }
    const Halves weight =
        Halves::load(isKey ? p.keyWeight : p.queryWeight, channel, G::kHalf, true);
    const std::int64_t turn = row % p.shape.tokens * kHeadSize + channel;
    const Halves cosine = Halves::load(p.cosine, turn, G::kHalf, true);
    const Halves sine = Halves::load(p.sine, turn, G::kHalf, true);
    Halves out;
#pragma unroll
    for (int i = 0; i < 4; ++i) {
        const float low = y.low.v[i] * rms * weight.low.v[i];
        const float high = y.high.v[i] * rms * weight.high.v[i];
        out.low.v[i] = low * cosine.low.v[i] + high * sine.low.v[i];
        out.high.v[i] = high * cosine.high.v[i] + low * sine.high.v[i];
    }
    const std::int64_t head = isKey ? place - heads : place;
    out.store(isKey ? p.key : p.query, (row * heads + head) * kHeadSize + channel, G::kHalf);
}

__device__ std::int64_t offsetOf(const HeadStrides& strides,
                                 std::int64_t batch,
                                 std::int64_t token,
                                 std::int64_t head) {
    return batch * strides.batch + token * strides.token + head * strides.head;
}

template <int kHeadSize>
__global__ void __launch_bounds__(kThreads) backwardKernel(const RotateBackward p) {
    using G = Group<kHeadSize>;
    __shared__ float sums[kWarps][2][kHeadSize];
    const std::int64_t heads = p.shape.heads;
    const int lane = static_cast<int>(threadIdx.x) % G::kLanes;
    const bool busy = lane < G::kBusy;
    const std::int64_t channel = 4 * lane;
    const std::int64_t rows = p.shape.batch * p.shape.tokens;
    const std::int64_t begin = static_cast<std::int64_t>(blockIdx.x) * kRotateRun;
    const std::int64_t items = min(kRotateRun, rows - begin) * 3 * heads;
    const Halves ofQueries = Halves::load(p.queryWeight, channel, G::kHalf, busy);
    const Halves ofKeys = Halves::load(p.keyWeight, channel, G::kHalf, busy);
    const Halves none{Four::filled(0.0f), Four::filled(0.0f)};
    Halves gathered[2] = {none, none};
    // As many turns for every lane: all of them take part in the sums.
    for (std::int64_t base = 0; base < items; base += G::kAtOnce) {
        const std::int64_t which = base + static_cast<std::int64_t>(threadIdx.x) / G::kLanes;
        const std::int64_t item = min(which, items - 1);
        const std::int64_t row = begin + item / (3 * heads);
        const std::int64_t place = item % (3 * heads), head = place % heads;
        const std::int64_t batch = row / p.shape.tokens, token = row % p.shape.tokens;
        const int part = static_cast<int>(place / heads);  // 0 query, 1 key, 2 value
        const bool isMine = busy && which < items;
        const Halves gradient =
            Halves::load(part == 0   ? p.gradQuery
                         : part == 1 ? p.gradKey
                                     : p.gradValue,
                         (part == 0   ? offsetOf(p.queryStrides, batch, token, head)
                          : part == 1 ? offsetOf(p.keyStrides, batch, token, head)
                                      : offsetOf(p.valueStrides, batch, token, head)) +
                             channel,
                         G::kHalf,
                         busy);
        const std::int64_t at = (row * 3 * heads + place) * kHeadSize + channel;
        const bool turns = part != 2;
        const Halves y = Halves::load(p.packed, at, G::kHalf, busy && turns);
        const float rms = inverseRms<kHeadSize>(y, p.shape.epsilon);
        const std::int64_t turn = token * kHeadSize + channel;
        const Halves cosine = Halves::load(p.cosine, turn, G::kHalf, busy && turns);
        const Halves sine = Halves::load(p.sine, turn, G::kHalf, busy && turns);
        Halves normed, inner;
        float along = 0.0f;
#pragma unroll
        for (int i = 0; i < 4; ++i) {
            const float low =
                gradient.low.v[i] * cosine.low.v[i] + gradient.high.v[i] * sine.high.v[i];
            const float high =
                gradient.high.v[i] * cosine.high.v[i] + gradient.low.v[i] * sine.low.v[i];
            normed.low.v[i] = y.low.v[i] * rms;
            normed.high.v[i] = y.high.v[i] * rms;
            if (isMine && part == 0) {
                gathered[0].low.v[i] += low * normed.low.v[i];
                gathered[0].high.v[i] += high * normed.high.v[i];
            } else if (isMine && part == 1) {
                gathered[1].low.v[i] += low * normed.low.v[i];
                gathered[1].high.v[i] += high * normed.high.v[i];
            }
            inner.low.v[i] = low * (part == 1 ? ofKeys.low.v[i] : ofQueries.low.v[i]);
            inner.high.v[i] = high * (part == 1 ? ofKeys.high.v[i] : ofQueries.high.v[i]);
            along += inner.low.v[i] * normed.low.v[i] + inner.high.v[i] * normed.high.v[i];
        }
        along = sumOfLanes<G::kLanes>(along) / kHeadSize;
        if (isMine) {
            Halves out = gradient;
            if (turns) {
#pragma unroll
                for (int i = 0; i < 4; ++i) {
                    out.low.v[i] = rms * (inner.low.v[i] - along * normed.low.v[i]);
                    out.high.v[i] = rms * (inner.high.v[i] - along * normed.high.v[i]);
                }
            }
            out.store(p.gradPacked, at, G::kHalf);
        }
    }
    // Over the groups of a warp, then over the warps, always in the same order.
    const int warp = static_cast<int>(threadIdx.x) / 32;
#pragma unroll
    for (int part = 0; part < 2; ++part) {
#pragma unroll
        for (int i = 0; i < 4; ++i) {
            float low = gathered[part].low.v[i], high = gathered[part].high.v[i];
#pragma unroll
            for (int apart = 16; apart >= G::kLanes; apart /= 2) {
                low += __shfl_xor_sync(0xffffffffu, low, apart);
                high += __shfl_xor_sync(0xffffffffu, high, apart);
            }
            if (threadIdx.x % 32 < G::kBusy) {
                sums[warp][part][channel + i] = low;
                sums[warp][part][channel + i + G::kHalf] = high;
            }
        }
    }
    __syncthreads();
    for (int i = static_cast<int>(threadIdx.x); i < 2 * kHeadSize; i += kThreads) {
        float total = 0.0f;
        for (int from = 0; from < kWarps; ++from) {
            total += sums[from][i / kHeadSize][i % kHeadSize];
        }
        p.partial[static_cast<std::int64_t>(blockIdx.x) * 2 * kHeadSize + i] = total;
    }
}

template <typename Work>
Status withHeadSize(std::int64_t headSize, const Work& work) {
    switch (headSize) {
        case 64:
            work(std::integral_constant<int, 64>());
            break;
        case 96:
            work(std::integral_constant<int, 96>());
            break;
        case 128:
            work(std::integral_constant<int, 128>());
            break;
        default:
            return Status::Unsupported;
    }
    return launched();
}

}  // namespace

bool supports(const RotateShape& shape) {
    return shape.batch > 0 && shape.tokens > 0 && shape.heads > 0 &&
           (shape.headSize == 64 || shape.headSize == 96 || shape.headSize == 128);
}

Status launchRotateForward(const RotateForward& p, StreamHandle stream) {
    return withHeadSize(p.shape.headSize, [&](auto size) {
        constexpr int kHeadSize = decltype(size)::value;
        constexpr std::int64_t kAtOnce = Group<kHeadSize>::kAtOnce;
        const std::int64_t items = p.shape.batch * p.shape.tokens * 2 * p.shape.heads;
        const auto blocks = static_cast<unsigned>((items + kAtOnce - 1) / kAtOnce);
        forwardKernel<kHeadSize><<<blocks, kThreads, 0, static_cast<cudaStream_t>(stream)>>>(p);
    });
}

Status launchRotateBackward(const RotateBackward& p, StreamHandle stream) {
    return withHeadSize(p.shape.headSize, [&](auto size) {
        constexpr int kHeadSize = decltype(size)::value;
        const auto blocks = static_cast<unsigned>(rotateRuns(p.shape));
        backwardKernel<kHeadSize><<<blocks, kThreads, 0, static_cast<cudaStream_t>(stream)>>>(p);
    });
}

}  // namespace tessera::kernels
