#include "core/attention/head_groups.h"

#include <ATen/ATen.h>

#include <string>

namespace tessera::attention {
namespace {

using plan::HeadGroup;

std::string words(const plan::TokenLayout& layout) {
    return std::to_string(layout.frames) + " latent frames of " + std::to_string(layout.tokens) +
           " tokens and " + std::to_string(layout.text) + " of text";
}

}  // namespace

at::Tensor headsOf(const at::Tensor& x, const HeadGroup& group) {
    const std::vector<std::int64_t>& heads = group.heads;
    const std::int64_t step = heads.size() > 1 ? heads[1] - heads[0] : 1;
    bool isEven = true;
    for (std::size_t i = 1; i < heads.size(); ++i) {
        isEven = isEven && heads[i] - heads[i - 1] == step;
    }
    if (isEven) {
        return x.slice(1, heads.front(), heads.back() + 1, step);
    }
    // Not index_select(): its indices would come from the host, which a recorded step must not do.
    const std::vector<at::Tensor> all = x.unbind(1);
    std::vector<at::Tensor> chosen;
    chosen.reserve(heads.size());
    for (const std::int64_t head : heads) {
        chosen.push_back(all[static_cast<std::size_t>(head)]);
    }
    return at::stack(chosen, 1);
}

at::Tensor inPlaces(const std::vector<at::Tensor>& parts, const std::vector<HeadGroup>& groups) {
    std::size_t count = 0;
    for (const HeadGroup& group : groups) {
        count += group.heads.size();
    }
    std::vector<at::Tensor> places(count);
    for (std::size_t i = 0; i < groups.size(); ++i) {
        const std::vector<at::Tensor> heads = parts[i].unbind(1);
        for (std::size_t j = 0; j < heads.size(); ++j) {
            places[static_cast<std::size_t>(groups[i].heads[j])] = heads[j];
        }
    }
    return at::stack(places, 1);
}

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
