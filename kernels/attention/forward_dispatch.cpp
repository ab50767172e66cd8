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

template <Element kElement>
Status launchOf(const AttentionForward& params, int computeCapability, StreamHandle stream) {
    const DeviceKernels kernels = kernelsFor(computeCapability);
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

}  // namespace

bool hasFp16Kernels() {
    return TESSERA_FP16 != 0;
}

TileShape forwardTileShape(std::int64_t headSize, int computeCapability) {
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

Status launchAttentionForward(const AttentionForward& params,
                              int computeCapability,
                              StreamHandle stream) {
    switch (params.element) {
        case Element::Bf16:
            return launchOf<Element::Bf16>(params, computeCapability, stream);
#if TESSERA_FP16
        case Element::Fp16:
            return launchOf<Element::Fp16>(params, computeCapability, stream);
#endif
        default:
            return Status::Unsupported;
    }
}

}  // namespace tessera::kernels
