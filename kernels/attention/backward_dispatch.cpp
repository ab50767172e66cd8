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

// The kernel proper, between the products and gradQ.
template <Element kElement>
Status launchMain(DeviceKernels kernels, const AttentionBackward& params, StreamHandle stream) {
    switch (params.shape.headSize) {
        case 64:
            return launchOn<64, kElement>(kernels, params, stream);
        case 96:
            return launchOn<96, kElement>(kernels, params, stream);
        case 128:
            return launchOn<128, kElement>(kernels, params, stream);
        default:
            return Status::Unsupported;
    }
}

template <Element kElement>
Status launchAll(DeviceKernels kernels, const AttentionBackward& params, StreamHandle stream) {
    Status status = launchBackwardProducts(params, stream);
    if (status == Status::Ok) {
        status = launchMain<kElement>(kernels, params, stream);
    }
    return status == Status::Ok ? launchGradQ(params, stream) : status;
}

}  // namespace

BackwardTileShape backwardTileShape(std::int64_t headSize, int computeCapability) {
    const DeviceKernels kernels = kernelsFor(computeCapability);
    switch (headSize) {
        case 64:
            return tileOf<64>(kernels);
        case 96:
            return tileOf<96>(kernels);
        case 128:
            return tileOf<128>(kernels);
        default:
            return {};
    }
}

Status launchAttentionBackward(const AttentionBackward& params,
                               int computeCapability,
                               StreamHandle stream) {
    if (backwardTileShape(params.shape.headSize, computeCapability).keys == 0) {
        return Status::Unsupported;
    }
    const DeviceKernels kernels = kernelsFor(computeCapability);
    switch (params.element) {
        case Element::Bf16:
            return launchAll<Element::Bf16>(kernels, params, stream);
#if TESSERA_FP16
        case Element::Fp16:
            return launchAll<Element::Fp16>(kernels, params, stream);
#endif
        default:
            return Status::Unsupported;
    }
}

}  // namespace tessera::kernels
