// Fuzzes parseSafetensors(): every tensor it reports lies inside the file, none overlaps another,
// and a header written from the layout reads back as the same layout.

#include "core/base/safetensors_layout.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <string>

using tessera::base::SafetensorsLayout;

namespace {

void require(bool condition) {
    if (!condition) {
        std::abort();
    }
}

// Places counted from the first byte behind the header.
void shift(SafetensorsLayout& layout, std::uint64_t dataStart) {
    for (auto& [name, tensor] : layout.tensors) {
        tensor.begin -= dataStart;
        tensor.end -= dataStart;
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::span<const std::uint8_t> file(data, size);
    auto layout = tessera::base::parseSafetensors(file, "input");
    if (!layout) {
        require(!layout.error().message.empty() && !layout.error().hint.empty());
        return 0;
    }
    std::uint64_t covered = 0;
    for (const auto& [name, tensor] : layout->tensors) {
        require(tensor.begin <= tensor.end && tensor.end <= size);
        std::uint64_t bytes = tessera::base::elementBytes(tensor.type);
        for (const std::int64_t dimension : tensor.shape) {
            require(dimension >= 0);
            bytes *= static_cast<std::uint64_t>(dimension);
        }
        require(bytes == tensor.end - tensor.begin);
        covered += bytes;
    }
    const std::uint64_t headerBytes =
        *tessera::base::safetensorsHeaderBytes(file, file.size(), "input");
    const std::uint64_t dataStart = tessera::base::kSafetensorsPrefixBytes + headerBytes;
    require(covered == size - dataStart);

    shift(*layout, dataStart);
    const std::string header = tessera::base::safetensorsHeader(*layout);
    auto again = tessera::base::parseSafetensorsHeader(
        std::string_view(header).substr(tessera::base::kSafetensorsPrefixBytes),
        header.size() + covered,
        "output");
    require(again.has_value());
    shift(*again, header.size());
    require(*again == *layout);
    return 0;
}
