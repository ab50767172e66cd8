#pragma once

// The table of contents of a safetensors file, read from untrusted bytes and fully checked before
// anybody touches a tensor. Plain C++: core/tensor turns entries into tensors, the fuzzer and the
// sanitizer builds use it without LibTorch. Values only: any thread.

#include "core/base/result.h"

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tessera::base {

// Element types that this program reads and writes.
enum class StoredType { F64, F32, F16, BF16, I64, I32, I8, U8, Bool };

std::size_t elementBytes(StoredType type);
const char* storedName(StoredType type);  // "BF16", as in the file

// One entry; its bytes are [begin, end) of the file.
struct StoredTensor {
    StoredType type = StoredType::F32;
    std::vector<std::int64_t> shape;
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
    bool operator==(const StoredTensor&) const = default;
};

struct SafetensorsLayout {
    std::map<std::string, StoredTensor, std::less<>> tensors;
    std::map<std::string, std::string> metadata;  // the file's __metadata__
    bool operator==(const SafetensorsLayout&) const = default;
};

// The first bytes of every file: the length of the JSON header, little-endian.
constexpr std::size_t kSafetensorsPrefixBytes = 8;

// Length of the JSON header that follows the prefix. BadFile when `prefix` is shorter than
// kSafetensorsPrefixBytes or the header would not fit into fileBytes. `what` names the file.
Result<std::uint64_t> safetensorsHeaderBytes(std::span<const std::uint8_t> prefix,
                                             std::uint64_t fileBytes,
                                             std::string_view what);

// Reads the header text of a file of `fileBytes` bytes. BadFile unless the tensors cover all bytes
// behind the header without gap or overlap, each as long as its shape and type say. Memory used
// is proportional to the header's own length.
Result<SafetensorsLayout> parseSafetensorsHeader(std::string_view header,
                                                 std::uint64_t fileBytes,
                                                 std::string_view what);

// Both steps on a whole file in memory.
Result<SafetensorsLayout> parseSafetensors(std::span<const std::uint8_t> file,
                                           std::string_view what);

// Prefix and header for these tensors, whose begin and end count from the first byte behind the
// header. The length is a multiple of 8; equal input gives equal bytes.
std::string safetensorsHeader(const SafetensorsLayout& layout);

}  // namespace tessera::base
