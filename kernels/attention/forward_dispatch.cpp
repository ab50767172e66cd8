// Which forward kernel a device gets.

#include "kernels/attention/device_kernels.h"
#include "kernels/attention/forward_config.h"
#include "kernels/attention/forward_sm80.h"
#include "kernels/attention/forward_sm90.h"

namespace tessera::kernels {
namespace {

template <int kHeadSize>
TileShape tileOf(DeviceKernels kernels) {
    switch (kernels) {
        case DeviceKernels::Sm80:
            return forwardTile80<kHeadSize>();
        case DeviceKernels::Sm90:
            return forwardTile90<kHeadSize>();
        default:
            return {};
    }
}

template <int kHeadSize, Element kElement>
Status launchOn(DeviceKernels kernels,
                [[maybe_unused]] const AttentionForward& params,
                [[maybe_unused]] StreamHandle stream) {
    switch (kernels) {
#if TESSERA_SM80
        case DeviceKernels::Sm80:
            return launchForward80<kHeadSize, kElement>(params, stream);
#endif
#if TESSERA_SM90
        case DeviceKernels::Sm90:
            return launchForward90<kHeadSize, kElement>(params, stream);
#endif
        default:
            return Status::Unsupported;
    }
}

}  // namespace

bool hasFp16Kernels() {
    return TESSERA_FP16 != 0;
}

TileShape forwardTileShape(std::int64_t headSize, int computeCapability) {
    return withHeadSize(headSize, TileShape(), [&](auto size) {
        return tileOf<size()>(kernelsFor(computeCapability));
    });
}

Status launchAttentionForward(const AttentionForward& params,
                              int computeCapability,
                              StreamHandle stream) {
    return withElement(params.element, [&](auto element) {
        return withHeadSize(params.shape.headSize, Status::Unsupported, [&](auto size) {
            return launchOn<size(), element()>(kernelsFor(computeCapability), params, stream);
        });
    });
}

}  // namespace tessera::kernels
