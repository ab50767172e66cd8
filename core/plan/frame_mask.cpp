#include "core/plan/frame_mask.h"

#include "core/base/check.h"
#include "core/base/format.h"

#include <charconv>

namespace tessera::plan {
namespace {

// -1 when it is none.
int wholeNumber(std::string_view text) {
    int value = -1;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc() && end == text.data() + text.size() ? value : -1;
}

// Pairs of frames that are skipped: different ones, neither of them a reference.
std::int64_t skippedTiles(const FrameMask& mask) {
    const std::int64_t local = mask.frames - mask.referenceCount();
    return local * (local - 1);
}

// What to write instead.
std::string familyHint(int frames) {
    std::string names;
    for (const FrameMask& mask : maskFamily(frames)) {
        names += mask.name() + ", ";
    }
    return "Masks of " + std::to_string(frames) + " frames: " + names + "full.";
}

}  // namespace

std::vector<int> FrameMask::referenceFrames() const {
    std::vector<int> references;
    for (int frame = 0; frame < frames; frame += stride) {
        references.push_back(frame);
    }
    return references;
}

std::string FrameMask::name() const {
    return isFull()
               ? "full"
               : std::to_string(referenceCount()) + ":" + std::to_string(frames - referenceCount());
}

FrameMask maskWithReferences(int frames, int k) {
    CHECK(k >= 1 && k <= frames, k, frames);
    return {frames, (frames + k - 1) / k};
}

std::vector<FrameMask> maskFamily(int frames) {
    std::vector<FrameMask> family;
    for (int k = 1; k < frames; ++k) {
        const FrameMask mask = maskWithReferences(frames, k);
        if (!mask.isFull() && (family.empty() || !(family.back() == mask))) {
            family.push_back(mask);
        }
    }
    return family;
}

base::Result<FrameMask> parseFrameMask(std::string_view text, int frames) {
    CHECK(frames >= 1, frames);
    if (text == "full") {
        return FrameMask{frames, 1};
    }
    constexpr std::size_t kShownBytes = 40;
    const std::string shown = base::printable(text, kShownBytes);
    const std::size_t colon = text.find(':');
    const int k = wholeNumber(text.substr(0, colon));
    const int rest = colon == std::string_view::npos ? -1 : wholeNumber(text.substr(colon + 1));
    if (k < 1 || rest < 0) {
        return base::fail(
            base::ErrorCode::BadInput,
            "\"" + shown + "\" is no mask; expected reference frames : other frames, as in 2:6.",
            familyHint(frames),
            "mask");
    }
    if (k > frames || rest != frames - k) {
        return base::fail(base::ErrorCode::BadInput,
                          "The mask " + shown + " is for other clips: this one has " +
                              std::to_string(frames) + " latent frames.",
                          familyHint(frames),
                          "mask");
    }
    const FrameMask mask = maskWithReferences(frames, k);
    if (mask.referenceCount() != k) {
        return base::fail(base::ErrorCode::BadInput,
                          "There is no mask " + shown + ": evenly spaced reference frames give " +
                              mask.name() + " instead.",
                          familyHint(frames),
                          "mask");
    }
    return mask;
}

double tileSparsity(const FrameMask& mask) {
    const double frames = mask.frames;
    return static_cast<double>(skippedTiles(mask)) / (frames * frames);
}

double elementSparsity(const FrameMask& mask, const TokenLayout& layout) {
    CHECK(layout.frames == mask.frames, layout.frames, mask.frames);
    const auto tokens = static_cast<double>(layout.tokens);
    const auto total = static_cast<double>(layout.total());
    return static_cast<double>(skippedTiles(mask)) * tokens * tokens / (total * total);
}

}  // namespace tessera::plan
