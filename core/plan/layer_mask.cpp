#include "core/plan/layer_mask.h"

#include "core/base/check.h"

#include <algorithm>

namespace tessera::plan {

const FrameMask& LayerMask::of(std::int64_t head) const {
    return heads.size() == 1 ? heads.front() : heads.at(static_cast<std::size_t>(head));
}

bool LayerMask::isFull() const {
    return std::ranges::all_of(heads, &FrameMask::isFull);
}

bool LayerMask::isUniform() const {
    return std::ranges::all_of(heads, [&](const FrameMask& mask) { return mask == heads.front(); });
}

LayerMask LayerMask::simplified() const {
    return isUniform() ? LayerMask{{heads.front()}} : *this;
}

std::string LayerMask::name() const {
    if (isUniform()) {
        return heads.front().name();
    }
    std::string names;
    for (const FrameMask& mask : heads) {
        names += (names.empty() ? "" : "/") + mask.name();
    }
    return names;
}

base::Result<LayerMask> parseLayerMask(std::string_view text, int frames) {
    LayerMask layer;
    layer.heads.clear();
    std::size_t begin = 0;
    for (std::size_t end = 0; end != std::string_view::npos; begin = end + 1) {
        end = text.find('/', begin);
        if (layer.heads.size() == kMaxHeads) {
            return base::fail(
                base::ErrorCode::BadInput,
                "The mask of a layer names more than " + std::to_string(kMaxHeads) + " heads.",
                "Give one mask for all heads, or one for each head of the model.",
                "mask");
        }
        const auto mask = parseFrameMask(text.substr(begin, end - begin), frames);
        if (!mask) {
            return base::fail(mask.error());
        }
        layer.heads.push_back(*mask);
    }
    return layer;
}

std::vector<HeadGroup> headGroups(const LayerMask& mask, std::int64_t heads) {
    const auto named = static_cast<std::int64_t>(mask.heads.size());
    CHECK(named == 1 || named == heads, named, heads);
    std::vector<HeadGroup> groups;
    for (std::int64_t head = 0; head < heads; ++head) {
        auto group = std::ranges::find(groups, mask.of(head), &HeadGroup::mask);
        if (group == groups.end()) {
            group = groups.insert(groups.end(), HeadGroup{mask.of(head), {}});
        }
        group->heads.push_back(head);
    }
    return groups;
}

double elementSparsity(const LayerMask& mask, const TokenLayout& layout) {
    double sum = 0.0;
    for (const FrameMask& head : mask.heads) {
        sum += elementSparsity(head, layout);
    }
    return sum / static_cast<double>(mask.heads.size());
}

}  // namespace tessera::plan
