#include "core/plan/block_count.h"

#include "core/plan/block_map.h"

namespace tessera::plan {

BlockCount countBlocks(const FrameMask& mask, const TokenLayout& layout, std::int64_t block) {
    return BlockMap(mask, layout, block).count();
}

}  // namespace tessera::plan
