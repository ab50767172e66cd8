#include "core/base/frames.h"

#include "core/base/check.h"

namespace tessera::base {

FrameSequence FrameSequence::black(int width, int height, int frames, double fps) {
    CHECK(width >= 0 && height >= 0 && frames >= 0, width, height, frames);
    FrameSequence sequence{width, height, frames, fps, {}};
    sequence.rgb.assign(sequence.frameBytes() * static_cast<std::size_t>(frames), 0);
    return sequence;
}

}  // namespace tessera::base
