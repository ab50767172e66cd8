// Which forward kernel a device gets. TESSERA_SM90: whether this build has the one for compute
// capability 9.0.

#include "kernels/attention/forward_config.h"
#include "kernels/attention/forward_sm90.h"

namespace tessera::kernels {
namespace {

constexpr int kHopper = 90;  // the kernel's instructions exist on this capability alone

bool isHopper(int computeCapability) {
    return TESSERA_SM90 != 0 && computeCapability == kHopper;
}

}  // namespace

TileShape forwardTileShape(std::int64_t headSize, int computeCapability) {
    if (!isHopper(computeCapability)) {
        return {};
    }
    switch (headSize) {
        case 64:
            return forwardTile90<64>();
        case 96:
            return forwardTile90<96>();
        case 128:
            return forwardTile90<128>();
        default:
            return {};
    }
}

Status launchAttentionForward(const AttentionForward& params,
                              int computeCapability,
                              StreamHandle stream) {
    if (!isHopper(computeCapability)) {
        return Status::Unsupported;
    }
#if TESSERA_SM90
    switch (params.shape.headSize) {
        case 64:
            return launchForward90<64>(params, stream);
        case 96:
            return launchForward90<96>(params, stream);
        case 128:
            return launchForward90<128>(params, stream);
        default:
            break;
    }
#endif
    return Status::Unsupported;
}

}  // namespace tessera::kernels
