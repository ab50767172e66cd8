#pragma once

// Which of this build's attention kernels a device gets. TESSERA_SM80, TESSERA_SM90: whether the
// build has those for compute capability 8.0 and 9.0. TESSERA_FP16: whether it has each in fp16
// too.

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

}  // namespace tessera::kernels
