#pragma once

// The weights of one component of a model: found in its folder, checked against what the model
// expects, dequantised, and with deltas added to their parent (embedded-model.md, 2.6). Models call
// take() once for each parameter while they are built. One thread.
//
// Stored forms of a parameter x:
//   x                       as it is, F32 F16 BF16 F64 or whole numbers
//   x (I8), x.scale         each row (first dimension) times its scale
//   x.delta                 the parent's x plus this
//   x.delta (I8), x.scale   the parent's x plus rows times scales
//   x.delta (U8), x.scale   the parent's x plus int4 in groups of 64 (quantise.h)

#include "core/base/result.h"

#include <c10/core/ScalarType.h>
#include <c10/util/ArrayRef.h>

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace at {
class Tensor;
}

namespace tessera::tensor {

class Weights {
public:
    // Opens `diffusion_pytorch_model.safetensors`, `model.safetensors`, their shards by
    // `*.safetensors.index.json`, or the only safetensors file of the folder. A path of one file is
    // accepted too. NotFound, BadFile, BadModel; BadModel as well when the folder holds deltas,
    // which need openDelta(). Pickles are refused with the command that converts them.
    static base::Result<Weights> openComponent(const std::filesystem::path& folder);

    // Opens a folder or file of deltas to `parent`. BadModel when its metadata name another
    // `parent_hash` than the parent's.
    static base::Result<Weights> openDelta(const std::filesystem::path& folder, Weights parent);

    Weights(Weights&&) noexcept;
    Weights& operator=(Weights&&) noexcept;
    ~Weights();

    // Names of the parameters, sorted; companions (.scale, .delta) are not listed.
    std::vector<std::string> names() const;
    bool contains(std::string_view name) const;

    // Shape of a parameter as stored; for an int4 delta the parent's. BadModel when it is not
    // there.
    base::Result<std::vector<std::int64_t>> shape(std::string_view name) const;

    // The parameter as a contiguous CPU tensor of `type`, computed in F32 when it is quantised or a
    // delta. BadModel when it is missing, its shape differs, or a whole-number parameter would have
    // to change its type; BadFile when the file cannot be read.
    base::Result<at::Tensor> take(std::string_view name,
                                  c10::IntArrayRef shape,
                                  c10::ScalarType type);

    // Parameters that take() was never asked for: not empty means weights of another architecture.
    std::vector<std::string> unused() const;

    // BadModel that names the first parameters of unused(), or success.
    base::Status expectAllTaken() const;

    // The `__metadata__` of the files (of the delta, not of its parent).
    const std::map<std::string, std::string>& metadata() const;

    // Hash of names, types, shapes and bytes, the same for shards and for one file; for a delta it
    // covers the parent too. Reads everything on the first call.
    base::Result<std::uint64_t> hash() const;

    // Bytes of all stored tensors, the parent's included.
    std::uint64_t storedBytes() const;

private:
    friend class WeightsOpener;
    struct State;
    explicit Weights(std::unique_ptr<State> state);
    std::unique_ptr<State> m_state;
};

}  // namespace tessera::tensor
