#pragma once

// Which of this build's attention kernels a device, a size of heads and a type get. TESSERA_SM80,
// TESSERA_SM90: whether the build has those for compute capability 8.0 and 9.0. TESSERA_FP16:
// whether it has each in fp16 too.

#include "kernels/api/element.h"
#include "kernels/api/status.h"

#include <cstdint>
#include <type_traits>

namespace tessera::kernels {

enum class DeviceKernels { None, Sm80, Sm90 };

inline DeviceKernels kernelsFor(int computeCapability) {
    switch (computeCapability) {
        case 90:  // their instructions exist on this capability alone
            return TESSERA_SM90 != 0 ? DeviceKernels::Sm90 : DeviceKernels::None;
        case 80:
        case 86:
        case 87:
        case 89:
            return TESSERA_SM80 != 0 ? DeviceKernels::Sm80 : DeviceKernels::None;
        default:
            return DeviceKernels::None;
    }
}

// What `work` makes of the size as a constant; `none` where no kernel has it.
template <typename Result, typename Work>
Result withHeadSize(std::int64_t headSize, Result none, const Work& work) {
    switch (headSize) {
        case 64:
            return work(std::integral_constant<int, 64>());
        case 96:
            return work(std::integral_constant<int, 96>());
        case 128:
            return work(std::integral_constant<int, 128>());
        default:
            return none;
    }
}

// The same of the type, where this build has it.
template <typename Work>
Status withElement(Element element, const Work& work) {
    switch (element) {
        case Element::Bf16:
            return work(std::integral_constant<Element, Element::Bf16>());
#if TESSERA_FP16
        case Element::Fp16:
            return work(std::integral_constant<Element, Element::Fp16>());
#endif
        default:
            return Status::Unsupported;
    }
}

}  // namespace tessera::kernels
