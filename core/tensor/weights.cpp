#include "core/tensor/weights.h"

#include "core/base/check.h"
#include "core/base/format.h"
#include "core/base/hash.h"
#include "core/tensor/quantise.h"
#include "core/tensor/weights_state.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <utility>

namespace tessera::tensor {
namespace {

using base::ErrorCode;
using base::fail;

constexpr const char* kOtherModelHint =
    "Use the weights that belong to this model's config.json, or the config.json that belongs to "
    "them.";

}  // namespace

const WeightFile& Weights::State::file(std::string_view stored) const {
    const auto found = fileOf.find(stored);
    CHECK(found != fileOf.end(), stored);
    return files[found->second];
}

const base::StoredTensor& Weights::State::entry(std::string_view stored) const {
    return file(stored).layout().tensors.find(stored)->second;
}

const std::vector<std::int64_t>* Weights::State::shape(std::string_view name) const {
    const auto found = parameters.find(name);
    const bool isOwn = found != parameters.end();
    // Packed int4 has lost its shape; any other form has the parameter's own.
    if (isOwn && found->second.form != ParameterForm::Int4Delta) {
        return &entry(found->second.values).shape;
    }
    return parent ? parent->shape(name) : nullptr;
}

bool Weights::State::contains(std::string_view name) const {
    return parameters.contains(name) || (parent && parent->contains(name));
}

void Weights::State::collectNames(std::set<std::string>& names) const {
    for (const auto& [name, parameter] : parameters) {
        names.insert(name);
    }
    if (parent) {
        parent->collectNames(names);
    }
}

base::Result<at::Tensor> Weights::State::load(std::string_view name) const {
    const auto found = parameters.find(name);
    if (found == parameters.end()) {
        CHECK(parent != nullptr, name);
        return parent->load(name);
    }
    const StoredParameter& parameter = found->second;
    base::Result<at::Tensor> values = file(parameter.values).tensor(parameter.values);
    if (!values || parameter.form == ParameterForm::Whole) {
        return values;
    }
    at::Tensor plain = *values;
    if (!parameter.scales.empty()) {
        const base::Result<at::Tensor> scales = file(parameter.scales).tensor(parameter.scales);
        if (!scales) {
            return fail(scales.error());
        }
        plain = parameter.form == ParameterForm::Int4Delta
                    ? unpackInt4(plain, *scales, *shape(name))
                    : dequantiseRows(plain, *scales);
    }
    if (parameter.form == ParameterForm::Rows) {
        return plain;
    }
    const base::Result<at::Tensor> old = parent->load(name);
    if (!old) {
        return fail(old.error());
    }
    return at::Tensor(old->to(at::kFloat) + plain.to(at::kFloat));
}

base::Result<std::uint64_t> Weights::State::contentHash() const {
    if (hash) {
        return *hash;
    }
    base::ContentHash sum;
    if (parent) {
        const base::Result<std::uint64_t> old = parent->contentHash();
        if (!old) {
            return fail(old.error());
        }
        sum.add(*old);
    }
    for (const auto& [name, index] : fileOf) {
        const base::StoredTensor& stored = entry(name);
        sum.add(name);
        sum.add(std::string_view(base::storedName(stored.type)));
        sum.add(std::uint64_t{stored.shape.size()});
        for (const std::int64_t size : stored.shape) {
            sum.add(static_cast<std::uint64_t>(size));
        }
        sum.beginField(stored.end - stored.begin);
        const base::Status read = files[index].eachPiece(
            name, [&sum](std::span<const std::uint8_t> piece) { sum.addPiece(piece); });
        if (!read) {
            return fail(read.error());
        }
    }
    hash = sum.value();
    return *hash;
}

std::uint64_t Weights::State::storedBytes() const {
    std::uint64_t bytes = parent ? parent->storedBytes() : 0;
    for (const auto& [name, index] : fileOf) {
        const base::StoredTensor& stored = entry(name);
        bytes += stored.end - stored.begin;
    }
    return bytes;
}

Weights::Weights(std::unique_ptr<State> state) : m_state(std::move(state)) {}

Weights::Weights(Weights&&) noexcept = default;
Weights& Weights::operator=(Weights&&) noexcept = default;
Weights::~Weights() = default;

std::vector<std::string> Weights::names() const {
    std::set<std::string> names;
    m_state->collectNames(names);
    return {names.begin(), names.end()};
}

bool Weights::contains(std::string_view name) const {
    return m_state->contains(name);
}

base::Result<std::vector<std::int64_t>> Weights::shape(std::string_view name) const {
    const std::vector<std::int64_t>* found = m_state->shape(name);
    if (found == nullptr) {
        return fail(ErrorCode::BadModel,
                    "Tensor '" + base::printable(name) + "' is missing from '" +
                        m_state->folder.string() + "'; the model expects it.",
                    kOtherModelHint,
                    std::string(name));
    }
    return *found;
}

base::Result<at::Tensor> Weights::take(std::string_view name,
                                       c10::IntArrayRef expected,
                                       c10::ScalarType type) {
    const auto stored = shape(name);
    if (!stored) {
        return fail(stored.error());
    }
    if (c10::IntArrayRef(*stored) != expected) {
        return fail(ErrorCode::BadModel,
                    "Tensor '" + base::printable(name) + "' is " + base::shapeText(*stored) +
                        ", the model expects " +
                        base::shapeText(std::span(expected.data(), expected.size())) + ".",
                    kOtherModelHint,
                    m_state->folder.string());
    }
    base::Result<at::Tensor> loaded = m_state->load(name);
    if (!loaded) {
        return loaded;
    }
    m_state->taken.emplace(name);
    if (loaded->scalar_type() == type) {
        return loaded;
    }
    if (!loaded->is_floating_point() || !c10::isFloatingType(type)) {
        return fail(ErrorCode::BadModel,
                    "Tensor '" + base::printable(name) + "' holds " +
                        c10::toString(loaded->scalar_type()) + ", the model expects " +
                        c10::toString(type) + ".",
                    kOtherModelHint,
                    m_state->folder.string());
    }
    return loaded->to(type);
}

std::vector<std::string> Weights::unused() const {
    std::vector<std::string> left;
    for (std::string& name : names()) {
        if (!m_state->taken.contains(name)) {
            left.push_back(std::move(name));
        }
    }
    return left;
}

base::Status Weights::expectAllTaken() const {
    constexpr std::size_t kShown = 3;
    const std::vector<std::string> left = unused();
    if (left.empty()) {
        return {};
    }
    std::string shown;
    for (std::size_t i = 0; i < std::min(kShown, left.size()); ++i) {
        shown.append(i == 0 ? "'" : ", '").append(base::printable(left[i], 100)).append("'");
    }
    return fail(ErrorCode::BadModel,
                "The weights in '" + m_state->folder.string() + "' hold " +
                    std::to_string(left.size()) + " tensors that the model does not have: " +
                    shown + (left.size() > kShown ? ", ..." : "") + ".",
                kOtherModelHint,
                m_state->folder.string());
}

const std::map<std::string, std::string>& Weights::metadata() const {
    return m_state->metadata;
}

base::Result<std::uint64_t> Weights::hash() const {
    return m_state->contentHash();
}

std::uint64_t Weights::storedBytes() const {
    return m_state->storedBytes();
}

}  // namespace tessera::tensor
