#pragma once

// Clips as training sees them: rendered by threads, encoded on the device (to latents, or left as
// bytes), kept there and replaced by new ones as training goes on. What the pool holds at a step is
// a pure function of (seed, step), so that a resumed run sees what an unbroken one would. Engine
// thread.

#include "core/base/result.h"
#include "core/train/ordered_producer.h"
#include "core/world/scene.h"

#include <ATen/core/Tensor.h>
#include <c10/core/Device.h>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

namespace tessera::train {

struct PoolOptions {
    std::int64_t height = 128;      // of the clips; 3:2
    std::int64_t capacity = 40000;  // clips kept
    std::int64_t initial = 2048;    // clips there before the first step
    double clipsPerStep = 12.0;     // new ones rendered for each step of training
    std::int64_t encodeBatch = 32;
    bool heldOut = false;               // draw held-out compositions too
    double singleLargeShare = 0.0;      // of the first clips, falling to 0 ...
    std::int64_t singleLargeUntil = 1;  // ... at this clip
    double pairShare = 0.0;             // clips with two objects beyond the usual mixture
};

class ClipPool {
public:
    // What is kept of clips [n, 29, H, W, 3] bytes on the device: [n, ...]; a pure function of its
    // input.
    using Encode = std::function<at::Tensor(const at::Tensor& rgb)>;

    ClipPool(const PoolOptions& options,
             Encode encode,
             std::uint64_t seed,
             c10::Device device,
             int renderThreads);

    // Brings the pool to what it holds at `step`: encodes the clips that are due. On the first call
    // of a resumed run that is the whole pool.
    void advance(std::int64_t step);

    // [capacity, ...] as encoded; rows 0..filled()-1 are in use. Made by the first advance(), and
    // stays in its place.
    const at::Tensor& clips() const { return m_clips; }

    // Labels of each token [capacity, F * h/2 * w/2, 2] bytes: class + 1 and colour + 1 of the
    // object that covers it, 0 where there is none.
    const at::Tensor& labels() const { return m_labels; }

    const world::Scene& scene(std::int64_t row) const {
        return m_scenes[static_cast<std::size_t>(row)];
    }

    std::int64_t filled() const { return std::min(m_inserted, m_options.capacity); }

    const PoolOptions& options() const { return m_options; }

private:
    struct Rendered {
        world::Scene scene;
        std::vector<std::uint8_t> rgb;
        std::vector<std::uint8_t> labels;
    };

    static Rendered renderOne(const PoolOptions& options, std::uint64_t seed, std::uint64_t index);
    std::int64_t due(std::int64_t step) const;

    PoolOptions m_options;
    Encode m_encode;
    std::uint64_t m_seed;
    c10::Device m_device;
    int m_renderThreads;
    std::unique_ptr<OrderedProducer<Rendered>> m_producer;
    at::Tensor m_clips, m_labels;
    std::vector<world::Scene> m_scenes;
    std::int64_t m_inserted = 0;
};

}  // namespace tessera::train
