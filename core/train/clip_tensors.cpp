#include "core/train/clip_tensors.h"

#include "core/base/picture.h"
#include "core/train/ordered_producer.h"
#include "core/world/render.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cstring>

namespace tessera::train {
namespace {

at::Tensor bytesTensor(const std::vector<std::uint8_t>& bytes, at::IntArrayRef shape) {
    at::Tensor tensor = at::empty(shape, at::kByte);
    std::memcpy(tensor.data_ptr(), bytes.data(), bytes.size());
    return tensor;
}

}  // namespace

at::Tensor stagingTensor(at::IntArrayRef shape, c10::ScalarType type, c10::Device device) {
    return at::empty(shape, at::TensorOptions().dtype(type).pinned_memory(device.is_cuda()));
}

at::Tensor onDevice(const at::Tensor& host, c10::Device device) {
    return (device.is_cuda() ? host.pin_memory() : host).to(device, /*non_blocking=*/true);
}

void send(const at::Tensor& host, const at::Tensor& to) {
    to.copy_(to.is_cuda() ? host.pin_memory() : host, /*non_blocking=*/true);
}

at::Tensor toVideo(const at::Tensor& rgb) {
    return rgb.permute({0, 4, 1, 2, 3}).to(at::kFloat).mul(1.0 / 127.5).sub(1.0);
}

base::FrameSequence toFrames(const at::Tensor& video, std::initializer_list<std::int64_t> frames) {
    std::vector<at::Tensor> chosen;
    for (const std::int64_t frame : frames) {
        chosen.push_back(video.select(1, std::min(frame, video.size(1) - 1)));
    }
    const at::Tensor bytes =
        ((at::stack(chosen).permute({0, 2, 3, 1}).to(at::kFloat) + 1.0) * 127.5)
            .round()
            .clamp(0, 255)
            .to(at::kByte)
            .cpu()
            .contiguous();
    base::FrameSequence result = base::FrameSequence::black(static_cast<int>(bytes.size(2)),
                                                            static_cast<int>(bytes.size(1)),
                                                            static_cast<int>(bytes.size(0)),
                                                            world::kClipFps);
    std::memcpy(result.rgb.data(), bytes.data_ptr(), result.rgb.size());
    return result;
}

at::Tensor LabelledClip::rgbTensor() const {
    return bytesTensor(rgb, {world::kClipFrames, height, width, 3});
}

at::Tensor LabelledClip::idsTensor() const {
    return bytesTensor(ids, {world::kClipFrames, height, width});
}

std::vector<LabelledClip> renderClips(std::uint64_t seed, int count, int height, int threads) {
    OrderedProducer<LabelledClip> producer(
        threads, static_cast<std::size_t>(count), seed, [height](std::uint64_t index) {
            LabelledClip clip;
            clip.scene = world::makeScene(index);
            clip.height = height;
            clip.width = height * 3 / 2;
            const auto pixels = static_cast<std::size_t>(world::kClipFrames) *
                                static_cast<std::size_t>(clip.height) *
                                static_cast<std::size_t>(clip.width);
            clip.rgb.resize(pixels * 3);
            clip.ids.resize(pixels);
            world::render(
                clip.scene, world::View::whole(clip.width, clip.height), clip.rgb, clip.ids);
            return clip;
        });
    std::vector<LabelledClip> clips;
    clips.reserve(static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i) {
        clips.push_back(producer.take());
    }
    return clips;
}

base::Status writeSheet(const std::filesystem::path& path,
                        std::span<const base::FrameSequence> sequences,
                        int columns) {
    std::vector<base::FrameSequence> strips;
    for (const base::FrameSequence& sequence : sequences) {
        std::vector<base::FrameSequence> frames;
        for (int i = 0; i < sequence.frames; ++i) {
            base::FrameSequence frame =
                base::FrameSequence::black(sequence.width, sequence.height, 1, sequence.fps);
            const auto source = sequence.frame(i);
            std::copy(source.begin(), source.end(), frame.rgb.begin());
            frames.push_back(std::move(frame));
        }
        strips.push_back(base::contactSheet(frames, sequence.frames, 0));
    }
    return base::writePng(path, base::contactSheet(strips, columns, 4), 0);
}

}  // namespace tessera::train
