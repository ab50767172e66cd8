#include "core/plan/token_place.h"

#include "core/base/check.h"

namespace tessera::plan {

TokenPlace placeOf(const TokenLayout& layout, std::int64_t token) {
    CHECK(token >= 0 && token < layout.total(), token, layout.total());
    if (token < layout.text) {
        return {-1, token};
    }
    const std::int64_t seen = token - layout.text;
    return {static_cast<int>(seen / layout.tokens), seen % layout.tokens};
}

PairReason reasonFor(const FrameMask& mask, const TokenPlace& query, const TokenPlace& key) {
    if (query.isText() || key.isText()) {
        return PairReason::Text;
    }
    if (mask.isReference(query.frame) || mask.isReference(key.frame)) {
        return PairReason::Reference;
    }
    return query.frame == key.frame ? PairReason::OwnFrame : PairReason::Skipped;
}

}  // namespace tessera::plan
