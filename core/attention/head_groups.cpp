#include "core/attention/head_groups.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <string>

namespace tessera::attention {
namespace {

using plan::HeadGroup;

// The heads of a group, [B, H, N, D] -> [B, heads of the group, N, D]: a view where they are evenly
// spaced, else a copy.
at::Tensor headsOf(const at::Tensor& x, const HeadGroup& group) {
    const std::vector<std::int64_t>& heads = group.heads;
    const std::int64_t step = heads.size() > 1 ? heads[1] - heads[0] : 1;
    bool isEven = true;
    for (std::size_t i = 1; i < heads.size(); ++i) {
        isEven = isEven && heads[i] - heads[i - 1] == step;
    }
    return isEven ? x.slice(1, heads.front(), heads.back() + 1, step)
                  : x.index_select(1, at::tensor(heads, x.options().dtype(at::kLong)));
}

// Outputs of groups after one another -> [B, H, N, D], each head at its place.
at::Tensor inPlaces(const std::vector<at::Tensor>& parts, const std::vector<HeadGroup>& groups) {
    std::vector<std::int64_t> order;  // head of each place in the joined parts
    for (const HeadGroup& group : groups) {
        order.insert(order.end(), group.heads.begin(), group.heads.end());
    }
    at::Tensor joined = at::cat(parts, 1);
    if (std::ranges::is_sorted(order)) {
        return joined;
    }
    std::vector<std::int64_t> places(order.size());
    for (std::size_t place = 0; place < order.size(); ++place) {
        places[static_cast<std::size_t>(order[place])] = static_cast<std::int64_t>(place);
    }
    return joined.index_select(1, at::tensor(places, joined.options().dtype(at::kLong)));
}

std::string words(const plan::TokenLayout& layout) {
    return std::to_string(layout.frames) + " latent frames of " + std::to_string(layout.tokens) +
           " tokens and " + std::to_string(layout.text) + " of text";
}

}  // namespace

at::Tensor byHeadGroups(const at::Tensor& q,
                        const at::Tensor& k,
                        const at::Tensor& v,
                        const plan::LayerMask& mask,
                        const AttendHeads& attend) {
    const std::vector<HeadGroup> groups = plan::headGroups(mask, q.size(1));
    if (groups.size() == 1) {
        return attend(q, k, v, groups.front().mask);
    }
    std::vector<at::Tensor> parts;
    parts.reserve(groups.size());
    for (const HeadGroup& group : groups) {
        parts.push_back(
            attend(headsOf(q, group), headsOf(k, group), headsOf(v, group), group.mask));
    }
    return inPlaces(parts, groups);
}

base::Status masksFit(const std::vector<plan::LayerMask>& masks,
                      const plan::TokenLayout& layout,
                      const AttentionShape& shape) {
    const plan::TokenLayout asked{shape.frames, shape.tokensPerFrame, shape.textTokens};
    if (!(asked == layout)) {
        return base::fail(
            base::ErrorCode::Unsupported,
            "The masks are for " + words(layout) + ", the clip has " + words(asked) + ".",
            "Take masks for this clip.");
    }
    for (const plan::LayerMask& mask : masks) {
        if (mask.frames() != layout.frames) {
            return base::fail(base::ErrorCode::Unsupported,
                              "A mask is for " + std::to_string(mask.frames()) +
                                  " latent frames, the clip has " + std::to_string(layout.frames) +
                                  ".",
                              "Take masks for this clip.");
        }
        const auto named = static_cast<std::int64_t>(mask.heads.size());
        if (named != 1 && named != shape.heads) {
            return base::fail(base::ErrorCode::Unsupported,
                              "The masks are for " + std::to_string(named) +
                                  " heads, the model has " + std::to_string(shape.heads) + ".",
                              "Take masks for this model, or one for all of its heads.");
        }
    }
    return {};
}

}  // namespace tessera::attention
