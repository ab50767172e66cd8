// Which backward kernel a device gets.

#include "kernels/attention/backward_config.h"
#include "kernels/attention/backward_rows.h"
#include "kernels/attention/backward_sm80.h"
#include "kernels/attention/backward_sm90.h"
#include "kernels/attention/device_kernels.h"

namespace tessera::kernels {
namespace {

template <int kHeadSize>
BackwardTileShape tileOf(DeviceKernels kernels) {
    switch (kernels) {
        case DeviceKernels::Sm80:
            return backwardTile80<kHeadSize>();
        case DeviceKernels::Sm90:
            return backwardTile90<kHeadSize>();
        default:
            return {};
    }
}

template <int kHeadSize, Element kElement>
Status launchOn(DeviceKernels kernels,
                [[maybe_unused]] const AttentionBackward& params,
                [[maybe_unused]] StreamHandle stream) {
    switch (kernels) {
#if TESSERA_SM80
        case DeviceKernels::Sm80:
            return launchBackward80<kHeadSize, kElement>(params, stream);
#endif
#if TESSERA_SM90
        case DeviceKernels::Sm90:
            return launchBackward90<kHeadSize, kElement>(params, stream);
#endif
        default:
            return Status::Unsupported;
    }
}

}  // namespace

BackwardTileShape backwardTileShape(std::int64_t headSize, int computeCapability) {
    return withHeadSize(headSize, BackwardTileShape(), [&](auto size) {
        return tileOf<size()>(kernelsFor(computeCapability));
    });
}

Status launchAttentionBackward(const AttentionBackward& params,
                               int computeCapability,
                               StreamHandle stream) {
    if (backwardTileShape(params.shape.headSize, computeCapability).keys == 0) {
        return Status::Unsupported;
    }
    return withElement(params.element, [&](auto element) {
        Status status = launchBackwardProducts(params, stream);
        if (status == Status::Ok) {
            status = withHeadSize(params.shape.headSize, Status::Unsupported, [&](auto size) {
                return launchOn<size(), element()>(kernelsFor(computeCapability), params, stream);
            });
        }
        return status == Status::Ok ? launchGradQ(params, stream) : status;
    });
}

}  // namespace tessera::kernels
