// A block of threads has one token: its tables stay in the first-level cache for all its heads. A
// thread turns eight channels with the eight that lie half a span behind them.

#include "kernels/api/turn.h"
#include "kernels/common/launched.h"
#include "kernels/common/run.cuh"

namespace tessera::kernels {
namespace {

constexpr int kChannels = 8;   // of a thread, and as many half a span behind
constexpr int kThreads = 288;  // a token of 24 heads of 96 channels is one turn for each

using Eight = Run<kChannels>;

__global__ void __launch_bounds__(kThreads) turnKernel(const Turn p) {
    const auto half = static_cast<unsigned>(p.shape.span / 2);
    const auto pairs = static_cast<unsigned>(p.shape.headSize / 2);
    const auto heads = static_cast<unsigned>(p.shape.heads);
    const unsigned parts = pairs / kChannels;  // threads that a head takes
    const std::int64_t row = blockIdx.x;
    const std::int64_t table = row % p.shape.tokens * pairs;
    for (unsigned item = threadIdx.x; item < 2 * heads * parts; item += kThreads) {
        const unsigned place = item / parts, pair = item % parts * kChannels;
        const bool isKey = place >= heads;
        const std::int64_t low = (row * heads + (isKey ? place - heads : place)) * 2 * pairs +
                                 pair / half * (2 * half) + pair % half;
        const void* from = isKey ? p.key : p.query;
        void* to = isKey ? p.outKey : p.outQuery;
        const Eight x = Eight::load(from, low), y = Eight::load(from, low + half);
        const Eight cosine = Eight::load(p.cosine, table + pair);
        const Eight sine = Eight::load(p.sine, table + pair);
        Eight first, second;
#pragma unroll
        for (int i = 0; i < kChannels; ++i) {
            const float s = p.isBack ? -sine.v[i] : sine.v[i];
            first.v[i] = x.v[i] * cosine.v[i] - y.v[i] * s;
            second.v[i] = y.v[i] * cosine.v[i] + x.v[i] * s;
        }
        first.store(to, low);
        second.store(to, low + half);
    }
}

}  // namespace

bool supports(const TurnShape& shape) {
    constexpr std::int64_t kMostBlocks = 2147483647;
    constexpr std::int64_t kMostChannels = 1 << 24;  // of a token
    return shape.batch > 0 && shape.tokens > 0 && shape.batch * shape.tokens <= kMostBlocks &&
           shape.heads > 0 && shape.span > 0 && shape.span % (2 * kChannels) == 0 &&
           shape.headSize > 0 && shape.headSize % shape.span == 0 &&
           shape.heads * shape.headSize <= kMostChannels;
}

Status launchTurn(const Turn& p, StreamHandle stream) {
    if (!supports(p.shape)) {
        return Status::Unsupported;
    }
    const auto blocks = static_cast<unsigned>(p.shape.batch * p.shape.tokens);
    turnKernel<<<blocks, kThreads, 0, static_cast<cudaStream_t>(stream)>>>(p);
    return launched();
}

}  // namespace tessera::kernels
