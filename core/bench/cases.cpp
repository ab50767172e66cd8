#include "core/bench/cases.h"

#include "core/plan/shape_preset.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <string_view>

namespace tessera::bench {

namespace {

using base::ErrorCode;

constexpr const char* kDefaultShape = "bundled-192x288";
constexpr const char* kFamily = "family";
constexpr std::string_view kReferences = "k=";

// F, P, T, H, D: smallest and largest.
constexpr std::array<std::pair<std::int64_t, std::int64_t>, 5> kRanges{
    {{1, 4096}, {1, 1'000'000}, {0, 1'000'000}, {1, 1024}, {1, 1024}}};

// The numbers of "8,3600,0,24,96", each in its range; empty for other texts.
std::optional<std::array<std::int64_t, 5>> fiveNumbers(const std::string& text) {
    std::array<std::int64_t, 5> numbers{};
    const char* at = text.data();
    const char* const end = at + text.size();
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        const auto [next, error] = std::from_chars(at, end, numbers[i]);
        const bool isLast = i + 1 == numbers.size();
        if (error != std::errc() || numbers[i] < kRanges[i].first ||
            numbers[i] > kRanges[i].second || (isLast ? next != end : next == end) ||
            (!isLast && *next != ',')) {
            return std::nullopt;
        }
        at = isLast ? next : next + 1;
    }
    return numbers;
}

// The shape without a mask.
base::Result<Case> readShape(const std::string& text) {
    Case one;
    one.shape = text;
    if (text.find(',') != std::string::npos) {
        const auto numbers = fiveNumbers(text);
        if (!numbers) {
            return base::fail(ErrorCode::BadInput,
                              "\"" + text +
                                  "\" is no shape; expected latent frames (to 4096), tokens of "
                                  "one, text tokens (to 1000000), heads and head size (to 1024).",
                              "Write it as in 8,3600,0,24,96.",
                              "--shape");
        }
        one.layout = {(*numbers)[0], (*numbers)[1], (*numbers)[2]};
        one.heads = (*numbers)[3];
        one.headSize = (*numbers)[4];
        return one;
    }
    const auto preset = plan::shapePreset(text);
    if (!preset) {
        return base::fail(preset.error());
    }
    one.layout = preset->layout;
    one.heads = preset->heads;
    one.headSize = preset->headSize;
    return one;
}

// The 2 of "k=2"; empty for other texts.
std::optional<int> referencesOf(const std::string& text) {
    if (!text.starts_with(kReferences)) {
        return std::nullopt;
    }
    int k = 0;
    const char* const end = text.data() + text.size();
    const auto [next, error] = std::from_chars(text.data() + kReferences.size(), end, k);
    return error == std::errc() && next == end ? std::optional(k) : std::nullopt;
}

// The masks of that text for clips of `frames` latent frames; the error of other words is
// parseFrameMask()'s.
base::Result<std::vector<plan::FrameMask>> readMask(const std::string& text, int frames) {
    if (const auto k = referencesOf(text); k) {
        if (*k < 1 || *k > frames) {
            return base::fail(ErrorCode::BadInput,
                              "\"" + text + "\" asks for " + std::to_string(*k) +
                                  " reference frames of " + std::to_string(frames) +
                                  "; expected 1 to " + std::to_string(frames) + ".",
                              "Ask for fewer, or for clips of more latent frames.",
                              "--mask");
        }
        return std::vector<plan::FrameMask>{plan::maskWithReferences(frames, *k)};
    }
    if (text == kFamily) {
        std::vector<plan::FrameMask> family = plan::maskFamily(frames);
        family.push_back({frames, 1});
        return family;
    }
    const auto mask = plan::parseFrameMask(text, frames);
    if (!mask) {
        base::Error error = mask.error();
        error.where = "--mask";
        return base::fail(std::move(error));
    }
    return std::vector<plan::FrameMask>{*mask};
}

}  // namespace

double Case::allPairs() const {
    const auto total = static_cast<double>(layout.total());
    return total * total;
}

double Case::keptPairs() const {
    return allPairs() * (1.0 - plan::elementSparsity(mask, layout));
}

base::Result<std::vector<Case>> readCases(const BenchRequest& request) {
    const std::vector<std::string> shapes = !request.steps.empty() ? request.steps
                                            : !request.shapes.empty()
                                                ? request.shapes
                                                : std::vector<std::string>{kDefaultShape};
    const std::vector<std::string> masks =
        request.masks.empty() ? std::vector<std::string>{kFamily} : request.masks;
    std::vector<Case> cases;
    std::vector<bool> isUsed(masks.size());
    base::Error misfit;  // of the last mask that did not fit
    for (const std::string& text : shapes) {
        const auto shape = readShape(text);
        if (!shape) {
            return base::fail(shape.error());
        }
        const std::size_t before = cases.size();
        for (std::size_t i = 0; i < masks.size(); ++i) {
            const auto read = readMask(masks[i], static_cast<int>(shape->layout.frames));
            if (!read) {
                misfit = read.error();
                continue;
            }
            isUsed[i] = true;
            for (const plan::FrameMask& mask : *read) {
                const auto isThere = [&](const Case& other) {
                    return other.shape == text && other.mask == mask;
                };
                if (std::ranges::none_of(cases, isThere)) {
                    cases.push_back(*shape);
                    cases.back().mask = mask;
                }
            }
        }
        const bool wasThere = std::ranges::any_of(
            cases.begin(), cases.begin() + static_cast<std::ptrdiff_t>(before), [&](const Case& c) {
                return c.shape == text;
            });
        if (cases.size() == before && !wasThere) {
            return base::fail(std::move(misfit));
        }
    }
    for (std::size_t i = 0; i < masks.size(); ++i) {
        if (!isUsed[i]) {
            return base::fail(
                readMask(masks[i], static_cast<int>(cases.front().layout.frames)).error());
        }
    }
    return cases;
}

double memoryNeed(const Case& one, std::int64_t bytesOfValue, bool backward, std::size_t kernels) {
    const auto total = static_cast<double>(one.layout.total());
    const double values = total * static_cast<double>(one.heads * one.headSize);
    const double tensor = values * static_cast<double>(bytesOfValue);
    constexpr double kInputs = 3.0;
    // Of the kernel that needs most, the composed one: gathered queries, keys and values, the two
    // parts and the merged result, of which some are fp32 beside a half-precision result.
    constexpr double kWork = 10.0;
    // Of each kernel: its output with what it keeps for the backward pass. Then the gradients.
    constexpr double kKept = 3.0;
    constexpr double kGradients = 8.0;
    double tensors = kInputs + kWork;
    if (backward) {
        tensors += kKept * static_cast<double>(kernels) + kGradients;
    }
    // The exact rows work on one head in fp64 and on pieces of the map.
    constexpr double kPieces = 1.2e9;
    constexpr double kHeadCopies = 6.0;
    return tensors * tensor + kPieces +
           kHeadCopies * total * static_cast<double>(one.headSize) * sizeof(double);
}

}  // namespace tessera::bench
