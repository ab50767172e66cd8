// The writing half of safetensors_layout.h.

#include "core/base/json.h"
#include "core/base/safetensors_layout.h"

namespace tessera::base {

std::string safetensorsHeader(const SafetensorsLayout& layout) {
    Json root = Json::object();
    if (!layout.metadata.empty()) {
        root["__metadata__"] = layout.metadata;
    }
    auto& members = static_cast<Json::object_t::Container&>(root.get_ref<Json::object_t&>());
    for (const auto& [name, tensor] : layout.tensors) {
        Json entry = Json::object();
        entry["dtype"] = storedName(tensor.type);
        entry["shape"] = tensor.shape;
        entry["data_offsets"] = {tensor.begin, tensor.end};
        members.emplace_back(name, std::move(entry));
    }
    std::string text = root.dump(-1, ' ', false, Json::error_handler_t::replace);
    // Tensor data start on 8 bytes, as the format asks of writers.
    text.append((8 - text.size() % 8) % 8, ' ');
    std::string header;
    for (std::size_t i = 0; i < kSafetensorsPrefixBytes; ++i) {
        header.push_back(static_cast<char>((std::uint64_t{text.size()} >> (8 * i)) & 0xFFu));
    }
    return header + text;
}

}  // namespace tessera::base
