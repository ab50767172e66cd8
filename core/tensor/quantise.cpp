#include "core/tensor/quantise.h"

#include "core/base/check.h"

#include <ATen/ATen.h>

#include <utility>

namespace tessera::tensor {
namespace {

constexpr double kInt8Most = 127.0;
constexpr double kInt4Least = -8.0;
constexpr double kInt4Most = 7.0;
constexpr std::int64_t kInt4Bytes = kInt4Group / 2;

// On Gaussian groups of 64 the best ratio lies between 0.7 and 1; 0.55 leaves room for outliers.
constexpr int kClippingRatios = 10;
constexpr double kClippingStep = 0.05;

// Rows shorter than this would spend more on scales than int8 saves over BF16.
constexpr std::int64_t kShortestInt8Row = 8;

at::Tensor plainFloat(const at::Tensor& tensor) {
    at::Tensor plain = tensor.detach().to(at::kFloat).contiguous();
    CHECK(plain.isfinite().all().item<bool>(), "weights hold infinities or NaN");
    return plain;
}

// 1 where the scale is 0, so that nothing is divided by 0.
at::Tensor divisor(const at::Tensor& scales) {
    return scales.masked_fill(scales == 0, 1.0);
}

void appendStored(std::vector<NamedTensor>& out,
                  const std::string& valueName,
                  const std::string& scaleName,
                  const at::Tensor& tensor,
                  StoredForm form) {
    const bool isMatrix =
        tensor.dim() >= 2 &&
        tensor.numel() / std::max<std::int64_t>(tensor.size(0), 1) >= kShortestInt8Row;
    if (!isMatrix || form == StoredForm::Bf16) {
        out.push_back({valueName, plainFloat(tensor).to(at::kBFloat16)});
        return;
    }
    Quantised small = form == StoredForm::Int8Rows ? quantiseRows(tensor) : packInt4(tensor);
    out.push_back({valueName, std::move(small.values)});
    out.push_back({scaleName, std::move(small.scales)});
}

}  // namespace

Quantised quantiseRows(const at::Tensor& weight) {
    CHECK(weight.dim() >= 1, weight.dim());
    const at::Tensor plain = plainFloat(weight);
    const std::int64_t rows = plain.size(0);
    if (plain.numel() == 0) {
        return {plain.to(at::kChar), at::zeros({rows}, plain.options())};
    }
    const at::Tensor flat = plain.reshape({rows, -1});  // [rows, columns]
    const at::Tensor scales = flat.abs().amax({1}) / kInt8Most;
    const at::Tensor values =
        (flat / divisor(scales).unsqueeze(1)).round().clamp(-kInt8Most, kInt8Most);
    return {values.to(at::kChar).reshape(plain.sizes()), scales};
}

at::Tensor dequantiseRows(const at::Tensor& values, const at::Tensor& scales) {
    CHECK(values.dim() >= 1 && scales.dim() == 1 && scales.size(0) == values.size(0),
          values.sizes(),
          scales.sizes());
    std::vector<std::int64_t> shape(static_cast<std::size_t>(values.dim()), 1);
    shape[0] = values.size(0);
    return values.to(at::kFloat) * scales.to(at::kFloat).reshape(shape);
}

Quantised packInt4(const at::Tensor& weight) {
    const at::Tensor plain = plainFloat(weight).flatten();
    const std::int64_t groups = (plain.numel() + kInt4Group - 1) / kInt4Group;
    const at::Tensor grouped = at::constant_pad_nd(plain, {0, groups * kInt4Group - plain.numel()})
                                   .reshape({groups, kInt4Group});
    if (groups == 0) {
        return {at::zeros({0, kInt4Bytes}, plain.options().dtype(at::kByte)),
                at::zeros({0}, plain.options().dtype(at::kBFloat16))};
    }
    const at::Tensor widest = grouped.abs().amax({1}, true) / kInt4Most;  // [groups, 1]
    at::Tensor bestScales;
    at::Tensor bestCodes;
    at::Tensor bestErrors;
    for (int step = 0; step < kClippingRatios; ++step) {
        const double ratio = 1.0 - kClippingStep * step;
        // Rounded as it will be stored, so that the codes fit the scale that is read back.
        const at::Tensor scales = (widest * ratio).to(at::kBFloat16).to(at::kFloat);
        const at::Tensor codes = (grouped / divisor(scales)).round().clamp(kInt4Least, kInt4Most);
        const at::Tensor errors = (codes * scales - grouped).square().sum({1}, true);
        if (!bestScales.defined()) {
            bestScales = scales;
            bestCodes = codes;
            bestErrors = errors;
            continue;
        }
        const at::Tensor isBetter = errors < bestErrors;
        bestScales = at::where(isBetter, scales, bestScales);
        bestCodes = at::where(isBetter, codes, bestCodes);
        bestErrors = at::where(isBetter, errors, bestErrors);
    }
    const at::Tensor halves =
        (bestCodes - kInt4Least).to(at::kByte).reshape({groups, kInt4Bytes, 2});
    const at::Tensor packed = halves.select(2, 0) + halves.select(2, 1) * 16;
    return {packed.contiguous(), bestScales.flatten().to(at::kBFloat16)};
}

at::Tensor unpackInt4(const at::Tensor& values, const at::Tensor& scales, c10::IntArrayRef shape) {
    const std::int64_t count = c10::multiply_integers(shape);
    const std::int64_t groups = (count + kInt4Group - 1) / kInt4Group;
    CHECK(values.scalar_type() == at::kByte && values.dim() == 2 && values.size(0) == groups &&
              values.size(1) == kInt4Bytes && scales.dim() == 1 && scales.size(0) == groups,
          values.sizes(),
          scales.sizes(),
          shape);
    const at::Tensor codes =
        at::stack({values.bitwise_and(15), values.bitwise_right_shift(4)}, 2).to(at::kFloat) +
        kInt4Least;  // [groups, 32, 2]
    const at::Tensor plain =
        codes.reshape({groups, kInt4Group}) * scales.to(at::kFloat).unsqueeze(1);
    return plain.flatten().slice(0, 0, count).reshape(shape).contiguous();
}

std::vector<NamedTensor> storedWeights(std::span<const NamedTensor> weights, StoredForm form) {
    CHECK(form != StoredForm::Int4Groups, "int4 is for deltas");
    std::vector<NamedTensor> out;
    for (const auto& [name, tensor] : weights) {
        if (!tensor.is_floating_point()) {
            out.push_back({name, tensor});
            continue;
        }
        appendStored(out, name, name + ".scale", tensor, form);
    }
    return out;
}

std::vector<NamedTensor> storedDelta(std::span<const NamedTensor> child,
                                     const std::map<std::string, at::Tensor>& parent,
                                     StoredForm form) {
    std::vector<NamedTensor> out;
    for (const auto& [name, tensor] : child) {
        const auto found = parent.find(name);
        if (found == parent.end()) {
            out.push_back({name, tensor.is_floating_point() ? tensor.to(at::kBFloat16) : tensor});
            continue;
        }
        const at::Tensor& old = found->second;
        CHECK(old.sizes() == tensor.sizes(), name, old.sizes(), tensor.sizes());
        if (!tensor.is_floating_point()) {
            if (!tensor.equal(old)) {
                out.push_back({name, tensor});
            }
            continue;
        }
        const at::Tensor delta =
            plainFloat(tensor) - plainFloat(old).to(tensor.device(), at::kFloat);
        if (delta.count_nonzero().item<std::int64_t>() > 0) {
            appendStored(out, name + ".delta", name + ".scale", delta, form);
        }
    }
    return out;
}

}  // namespace tessera::tensor
