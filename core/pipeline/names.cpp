#include "core/pipeline/result.h"

namespace tessera::pipeline {

const char* name(Phase phase) {
    switch (phase) {
        case Phase::Load:
            return "load";
        case Phase::Encode:
            return "encode";
        case Phase::Denoise:
            return "denoise";
        case Phase::Decode:
            return "decode";
        case Phase::Write:
            return "write";
    }
    return "";
}

std::string name(const DeviceChoice& device) {
    switch (device.kind) {
        case DeviceChoice::Kind::Auto:
            return "auto";
        case DeviceChoice::Kind::Cpu:
            return "cpu";
        case DeviceChoice::Kind::Cuda:
            return "cuda:" + std::to_string(device.index);
    }
    return "";
}

}  // namespace tessera::pipeline
