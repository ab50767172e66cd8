#include "core/train/clip_pool.h"

#include "core/train/clip_tensors.h"
#include "core/world/render.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

namespace tessera::train {
namespace {

constexpr int kTokenPixels = 16;    // a token's side: 8 of the VAE times 2 of the patch
constexpr double kCoverage = 0.35;  // of a token's pixels that an object must hold to label it
constexpr std::int64_t kLatentFrames = 8;

// Labels of the tokens of latent frame f, which stands for frames 4 f - 3 .. 4 f, from the ids of
// frame 4 f - 1.
void labelTokens(const world::Scene& scene,
                 const world::View& view,
                 const std::uint8_t* ids,
                 std::uint8_t* labels) {
    std::array<int, 256> counts{};
    for (int row = 0; row < view.height / kTokenPixels; ++row) {
        for (int column = 0; column < view.width / kTokenPixels; ++column) {
            counts.fill(0);
            for (int y = row * kTokenPixels; y < (row + 1) * kTokenPixels; ++y) {
                const std::ptrdiff_t first = y * view.width + column * kTokenPixels;
                const std::uint8_t* line = ids + first;
                for (int x = 0; x < kTokenPixels; ++x) {
                    ++counts[line[x]];
                }
            }
            const auto best = std::max_element(counts.begin() + 1, counts.end());
            if (*best >= kCoverage * kTokenPixels * kTokenPixels) {
                const world::Object& object =
                    scene.objects[static_cast<std::size_t>(best - counts.begin() - 1)];
                labels[0] = static_cast<std::uint8_t>(object.shapeClass + 1);
                labels[1] = static_cast<std::uint8_t>(object.colour + 1);
            }
            labels += 2;
        }
    }
}

}  // namespace

ClipPool::ClipPool(const PoolOptions& options,
                   Encode encode,
                   std::uint64_t seed,
                   c10::Device device,
                   int renderThreads)
    : m_options(options),
      m_encode(std::move(encode)),
      m_seed(seed),
      m_device(device),
      m_renderThreads(renderThreads) {
    const std::int64_t rows = options.height / kTokenPixels;
    const std::int64_t columns = options.height * 3 / 2 / kTokenPixels;
    m_labels = at::zeros({options.capacity, kLatentFrames * rows * columns, 2},
                         at::TensorOptions().dtype(at::kByte).device(device));
    m_scenes.resize(static_cast<std::size_t>(options.capacity));
}

ClipPool::Rendered ClipPool::renderOne(const PoolOptions& options,
                                       std::uint64_t seed,
                                       std::uint64_t index) {
    world::SceneOptions sceneOptions;
    sceneOptions.heldOut =
        options.heldOut ? world::SceneOptions::HeldOut::Any : world::SceneOptions::HeldOut::Never;
    sceneOptions.pairShare = options.pairShare;
    sceneOptions.singleLargeShare =
        options.singleLargeShare *
        std::max(0.0,
                 1.0 - static_cast<double>(index) / static_cast<double>(options.singleLargeUntil));
    Rendered clip;
    clip.scene = world::makeScene((seed << 40) + index, sceneOptions);
    const int height = static_cast<int>(options.height);
    const world::View view = world::View::whole(height * 3 / 2, height);
    const auto pixels =
        static_cast<std::size_t>(view.width) * static_cast<std::size_t>(view.height);
    clip.rgb.resize(pixels * 3 * world::kClipFrames);
    std::vector<std::uint8_t> ids(pixels * world::kClipFrames);
    world::render(clip.scene, view, clip.rgb, ids);
    const auto tokens = static_cast<std::size_t>(height / kTokenPixels) *
                        static_cast<std::size_t>(view.width / kTokenPixels);
    clip.labels.resize(kLatentFrames * tokens * 2, 0);
    for (std::int64_t f = 0; f < kLatentFrames; ++f) {
        const auto frame = static_cast<std::size_t>(std::max<std::int64_t>(0, 4 * f - 1));
        labelTokens(clip.scene,
                    view,
                    ids.data() + frame * pixels,
                    clip.labels.data() + static_cast<std::size_t>(f) * tokens * 2);
    }
    return clip;
}

// Clips inserted before `step` runs, in whole encode batches.
std::int64_t ClipPool::due(std::int64_t step) const {
    const auto rendered =
        m_options.initial +
        static_cast<std::int64_t>(std::floor(static_cast<double>(step) * m_options.clipsPerStep));
    return rendered / m_options.encodeBatch * m_options.encodeBatch;
}

void ClipPool::advance(std::int64_t step) {
    const std::int64_t target = due(step);
    if (!m_producer) {
        const std::int64_t held =
            m_options.capacity / m_options.encodeBatch * m_options.encodeBatch;
        m_inserted = std::max<std::int64_t>(0, target - held);
        m_producer = std::make_unique<OrderedProducer<Rendered>>(
            m_renderThreads,
            static_cast<std::size_t>(8 * m_options.encodeBatch),
            static_cast<std::uint64_t>(m_inserted),
            [options = m_options, seed = m_seed](std::uint64_t index) {
                return renderOne(options, seed, index);
            });
    }
    const at::NoGradGuard noGrad;
    const std::int64_t width = m_options.height * 3 / 2;
    while (m_inserted < target) {
        const std::int64_t count = m_options.encodeBatch;
        std::vector<Rendered> rendered;
        std::vector<std::int64_t> rows;
        for (std::int64_t i = 0; i < count; ++i) {
            rows.push_back((m_inserted + i) % m_options.capacity);
            rendered.push_back(m_producer->take());
            m_scenes[static_cast<std::size_t>(rows.back())] = std::move(rendered.back().scene);
        }
        const at::Tensor rgb = stagingTensor(
            {count, world::kClipFrames, m_options.height, width, 3}, at::kByte, m_device);
        const at::Tensor labels = stagingTensor({count, m_labels.size(1), 2}, at::kByte, m_device);
        // Hundreds of megabytes for a batch of large clips: one thread would keep the GPU waiting.
        at::parallel_for(0, count, 1, [&](std::int64_t begin, std::int64_t end) {
            for (std::int64_t i = begin; i < end; ++i) {
                const Rendered& clip = rendered[static_cast<std::size_t>(i)];
                const auto place = static_cast<std::size_t>(i);
                std::memcpy(rgb.mutable_data_ptr<std::uint8_t>() + place * clip.rgb.size(),
                            clip.rgb.data(),
                            clip.rgb.size());
                std::memcpy(labels.mutable_data_ptr<std::uint8_t>() + place * clip.labels.size(),
                            clip.labels.data(),
                            clip.labels.size());
            }
        });
        const at::Tensor index = onDevice(at::tensor(rows, at::kLong), m_device);
        const at::Tensor encoded = m_encode(onDevice(rgb, m_device));
        if (!m_clips.defined()) {
            std::vector<std::int64_t> shape = encoded.sizes().vec();
            shape[0] = m_options.capacity;
            m_clips = at::zeros(shape, encoded.options());
        }
        m_clips.index_copy_(0, index, encoded);
        m_labels.index_copy_(0, index, onDevice(labels, m_device));
        m_inserted += count;
    }
}

}  // namespace tessera::train
