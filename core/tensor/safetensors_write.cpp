// The writing half of safetensors.h.

#include "core/base/file.h"
#include "core/tensor/safetensors.h"
#include "core/tensor/stored_type.h"

#include <ATen/ATen.h>

#include <algorithm>

namespace tessera::tensor {
namespace {

using base::ErrorCode;
using base::fail;

base::Status checkEntry(const NamedTensor& entry, bool isTwice) {
    if (entry.name.empty() || entry.name == "__metadata__" || isTwice) {
        return fail(ErrorCode::BadInput,
                    "The tensor name '" + entry.name + "' is " +
                        (isTwice ? "given twice" : "not allowed") +
                        "; every tensor of a file needs a name of its own.",
                    "Rename the tensor.",
                    entry.name);
    }
    if (!entry.tensor.defined() || !storedType(entry.tensor.scalar_type())) {
        return fail(ErrorCode::BadInput,
                    "The tensor '" + entry.name + "' has the type " +
                        (entry.tensor.defined() ? c10::toString(entry.tensor.scalar_type())
                                                : "of nothing") +
                        "; files hold F64, F32, F16, BF16, I64, I32, I8, U8 and BOOL.",
                    "Convert it first.",
                    entry.name);
    }
    return {};
}

}  // namespace

base::Status writeSafetensors(const std::filesystem::path& path,
                              std::span<const NamedTensor> tensors,
                              const std::map<std::string, std::string>& metadata) {
    std::vector<const NamedTensor*> order;
    base::SafetensorsLayout layout;
    layout.metadata = metadata;
    for (const NamedTensor& entry : tensors) {
        if (base::Status good = checkEntry(entry, layout.tensors.contains(entry.name)); !good) {
            return good;
        }
        const auto sizes = entry.tensor.sizes();
        base::StoredTensor& stored = layout.tensors[entry.name];
        stored.type = *storedType(entry.tensor.scalar_type());
        stored.shape.assign(sizes.begin(), sizes.end());
        order.push_back(&entry);
    }
    // Wide elements first keeps every tensor on a multiple of its element; then by name.
    std::sort(order.begin(), order.end(), [](const NamedTensor* a, const NamedTensor* b) {
        const auto bytesA = a->tensor.element_size();
        const auto bytesB = b->tensor.element_size();
        return bytesA != bytesB ? bytesA > bytesB : a->name < b->name;
    });
    std::uint64_t offset = 0;
    for (const NamedTensor* entry : order) {
        base::StoredTensor& stored = layout.tensors[entry->name];
        stored.begin = offset;
        offset += entry->tensor.nbytes();
        stored.end = offset;
    }

    base::PendingFile file(path);
    const std::string header = base::safetensorsHeader(layout);
    base::Status written =
        file.append(std::span(reinterpret_cast<const std::uint8_t*>(header.data()), header.size()));
    for (const NamedTensor* entry : order) {
        if (!written) {
            return written;
        }
        const at::Tensor plain = entry->tensor.detach().to(at::kCPU).contiguous();
        written = file.append(
            std::span(static_cast<const std::uint8_t*>(plain.const_data_ptr()), plain.nbytes()));
    }
    return written ? file.commit() : written;
}

}  // namespace tessera::tensor
