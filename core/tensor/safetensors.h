#pragma once

// Tensors in safetensors files: a reader that trusts nothing in the file, and a deterministic
// writer. Weights (weights.h), checkpoints and captures are made of these. An open WeightFile may
// be read by several threads.

#include "core/base/result.h"
#include "core/base/safetensors_layout.h"

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tessera::tensor {

struct NamedTensor {
    std::string name;
    at::Tensor tensor;
};

// One open safetensors file. Opening reads and checks the header alone; each tensor() call reads
// that tensor's bytes.
class WeightFile {
public:
    // NotFound; BadFile with the reason; BadFile with the converting command for a pickle.
    static base::Result<WeightFile> open(const std::filesystem::path& path);

    WeightFile(WeightFile&&) noexcept;
    WeightFile& operator=(WeightFile&&) noexcept;
    ~WeightFile();

    const std::filesystem::path& path() const;
    std::vector<std::string> names() const;  // sorted
    bool contains(std::string_view name) const;
    const std::map<std::string, std::string>& metadata() const;
    const base::SafetensorsLayout& layout() const;

    // A new contiguous CPU tensor, as stored. BadModel when there is no such name, BadFile when the
    // file was cut since it was opened.
    base::Result<at::Tensor> tensor(std::string_view name) const;

    // The stored bytes in pieces of a few megabytes (a multiple of 8 bytes but the last), for
    // hashing. Stops at the first error.
    base::Status eachPiece(std::string_view name,
                           const std::function<void(std::span<const std::uint8_t>)>& use) const;

private:
    struct State;
    explicit WeightFile(std::unique_ptr<State> state);
    std::unique_ptr<State> m_state;
};

// Writes the file atomically: equal tensors and metadata give equal bytes. Tensors may live on any
// device and in any layout; their types are those of base::StoredType. NoSpace, NotWritable;
// BadInput for a name that is empty or given twice and for a type that the format lacks.
base::Status writeSafetensors(const std::filesystem::path& path,
                              std::span<const NamedTensor> tensors,
                              const std::map<std::string, std::string>& metadata = {});

}  // namespace tessera::tensor
