#pragma once

// What Weights keeps, shared by weights.cpp (reading) and weights_open.cpp (finding and checking).
// Private to this module. One thread.

#include "core/tensor/safetensors.h"
#include "core/tensor/weights.h"

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace tessera::tensor {

// How a parameter is stored in this component's own files.
enum class ParameterForm { Whole, Rows, WholeDelta, RowsDelta, Int4Delta };

struct StoredParameter {
    ParameterForm form = ParameterForm::Whole;
    std::string values;  // tensor names in the files
    std::string scales;  // empty when the form has none
};

struct Weights::State {
    std::filesystem::path folder;
    std::vector<WeightFile> files;
    std::map<std::string, std::size_t, std::less<>> fileOf;  // stored tensor -> index in files
    std::map<std::string, StoredParameter, std::less<>> parameters;
    std::map<std::string, std::string> metadata;
    std::unique_ptr<State> parent;  // of a delta
    std::set<std::string, std::less<>> taken;
    mutable std::optional<std::uint64_t> hash;

    const WeightFile& file(std::string_view stored) const;
    const base::StoredTensor& entry(std::string_view stored) const;
    // Null when neither this nor a parent has it.
    const std::vector<std::int64_t>* shape(std::string_view name) const;
    bool contains(std::string_view name) const;
    void collectNames(std::set<std::string>& names) const;
    // As stored, or F32 when it is quantised or a delta. The parameter exists.
    base::Result<at::Tensor> load(std::string_view name) const;
    base::Result<std::uint64_t> contentHash() const;
    std::uint64_t storedBytes() const;
};

}  // namespace tessera::tensor
