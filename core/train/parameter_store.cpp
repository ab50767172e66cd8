#include "core/train/parameter_store.h"

#include "core/base/check.h"
#include "core/tensor/safetensors.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <utility>

namespace tessera::train {
namespace {

// Views start at multiples of 64 numbers, so that every weight is aligned for vector loads and
// tensor cores.
constexpr std::int64_t kAlignment = 64;

bool decays(const models::Parameter& parameter) {
    return parameter.shape.size() >= 2 && parameter.name.ends_with(".weight");
}

// Matrices that lie on top of each other in this one.
std::int64_t stacked(const models::Parameter& parameter) {
    if (parameter.name.ends_with(".to_qkv.weight")) {
        return 3;
    }
    return parameter.name.ends_with(".to_kv.weight") ? 2 : 1;
}

std::int64_t count(const models::Parameter& parameter) {
    std::int64_t product = 1;
    for (const std::int64_t size : parameter.shape) {
        product *= size;
    }
    return product;
}

}  // namespace

ParameterStore::ParameterStore(models::ParameterList parameters,
                               c10::Device device,
                               c10::ScalarType computeType,
                               OptimizerOptions options)
    : m_parameters(std::move(parameters)), m_options(std::move(options)) {
    const auto rest = std::stable_partition(m_parameters.begin(), m_parameters.end(), decays);
    std::stable_partition(
        m_parameters.begin(), rest, [this](const models::Parameter& p) { return isOrthogonal(p); });
    std::int64_t total = 0;
    std::vector<FlatMatrix> matrices;
    for (const models::Parameter& parameter : m_parameters) {
        m_offsets.push_back(total);
        if (isOrthogonal(parameter)) {
            const std::int64_t parts = stacked(parameter), columns = parameter.shape[1];
            const std::int64_t rows = parameter.shape[0] / parts;
            for (std::int64_t i = 0; i < parts; ++i) {
                matrices.push_back({total + i * rows * columns, rows, columns});
            }
        }
        total += (count(parameter) + kAlignment - 1) / kAlignment * kAlignment;
        m_orthogonal = isOrthogonal(parameter) ? total : m_orthogonal;
        m_decayed = decays(parameter) ? total : m_decayed;
    }
    if (!matrices.empty()) {
        m_orthogonalUpdate = std::make_unique<OrthogonalUpdate>(matrices);
    }
    const auto full = at::TensorOptions().dtype(at::kFloat).device(device);
    m_master = at::zeros({total}, full);
    for (std::size_t i = 0; i < m_parameters.size(); ++i) {
        view(m_master, i).copy_(*m_parameters[i].slot);
    }
    m_compute = m_master.to(computeType, false, true);
    m_gradient = at::zeros_like(m_compute);
    m_moment1 = at::zeros_like(m_master);
    m_moment2 = at::zeros_like(m_master);
    m_average = m_master.clone();
    m_steps = at::zeros({}, full);
    for (std::size_t i = 0; i < m_parameters.size(); ++i) {
        at::Tensor& slot = *m_parameters[i].slot;
        slot = view(m_compute, i).detach();
        slot.requires_grad_(true);
        slot.mutable_grad() = view(m_gradient, i);
    }
}

bool ParameterStore::isOrthogonal(const models::Parameter& parameter) const {
    return parameter.shape.size() == 2 && decays(parameter) &&
           std::ranges::any_of(m_options.orthogonal, [&](const std::string& part) {
               return parameter.name.find(part) != std::string::npos;
           });
}

at::Tensor ParameterStore::view(const at::Tensor& flat, std::size_t index) const {
    const models::Parameter& parameter = m_parameters[index];
    return flat.narrow(0, m_offsets[index], count(parameter)).view(parameter.shape);
}

void ParameterStore::clearGradients() {
    m_gradient.zero_();
}

void ParameterStore::averageGradients(std::span<const ParameterStore* const> others) {
    if (others.empty()) {
        return;
    }
    const at::NoGradGuard noGrad;
    for (const ParameterStore* other : others) {
        m_gradient.add_(other->m_gradient.to(m_gradient.device(), /*non_blocking=*/true));
    }
    m_gradient.mul_(1.0 / static_cast<double>(others.size() + 1));
}

void ParameterStore::follow(const ParameterStore& leader) {
    const at::NoGradGuard noGrad;
    m_compute.copy_(leader.m_compute, /*non_blocking=*/true);
}

at::Tensor ParameterStore::update(const at::Tensor& learningRate, const at::Tensor& averageRate) {
    const at::NoGradGuard noGrad;
    const at::Tensor gradient = m_gradient.to(at::kFloat);
    at::Tensor norm = gradient.norm();
    const at::Tensor divisor = (norm / m_options.clipNorm).clamp_min(1.0);
    m_steps.add_(1.0);
    const auto segment = [&](std::int64_t begin, std::int64_t length, double decay) {
        if (length == 0) {
            return;
        }
        const auto part = [&](const at::Tensor& flat) {
            return std::vector<at::Tensor>{flat.narrow(0, begin, length)};
        };
        // The fused operator divides gradients by its "scale", which is how clipping costs no extra
        // pass.
        at::_fused_adamw_(part(m_master),
                          part(gradient),
                          part(m_moment1),
                          part(m_moment2),
                          {},
                          {m_steps},
                          learningRate,
                          m_options.beta1,
                          m_options.beta2,
                          decay,
                          m_options.epsilon,
                          false,
                          false,
                          divisor,
                          {});
    };
    if (m_orthogonalUpdate) {
        const auto part = [&](const at::Tensor& flat) { return flat.narrow(0, 0, m_orthogonal); };
        m_orthogonalUpdate->apply(part(m_master),
                                  part(gradient) / divisor,
                                  part(m_moment1),
                                  learningRate,
                                  m_options.weightDecay);
    }
    segment(m_orthogonal, m_decayed - m_orthogonal, m_options.weightDecay);
    segment(m_decayed, m_master.numel() - m_decayed, 0.0);
    m_compute.copy_(m_master);
    m_average.lerp_(m_master, averageRate);
    return norm;
}

void ParameterStore::useAverage() {
    const at::NoGradGuard noGrad;
    m_compute.copy_(m_average);
}

void ParameterStore::useTrained() {
    const at::NoGradGuard noGrad;
    m_compute.copy_(m_master);
}

void ParameterStore::resetAverage() {
    m_average.copy_(m_master);
}

std::vector<std::pair<std::string, at::Tensor>> ParameterStore::averagedWeights() const {
    const at::Tensor all = m_average.cpu();
    std::vector<std::pair<std::string, at::Tensor>> weights;
    for (std::size_t i = 0; i < m_parameters.size(); ++i) {
        weights.emplace_back(m_parameters[i].name, view(all, i).clone());
    }
    return weights;
}

std::vector<std::pair<const char*, at::Tensor>> ParameterStore::state() const {
    return {{"optimizer.moment1", m_moment1},
            {"optimizer.moment2", m_moment2},
            {"optimizer.steps", m_steps},
            {"weights.average", m_average},
            {"weights.master", m_master}};
}

ParameterStore::Snapshot ParameterStore::snapshot() const {
    Snapshot copy;
    for (const auto& [name, buffer] : state()) {
        copy.buffers.push_back(buffer.clone());
    }
    return copy;
}

void ParameterStore::restore(const Snapshot& snapshot) {
    const at::NoGradGuard noGrad;
    const auto buffers = state();
    for (std::size_t i = 0; i < buffers.size(); ++i) {
        buffers[i].second.copy_(snapshot.buffers[i]);
    }
    m_compute.copy_(m_master);
}

base::Status ParameterStore::save(const std::filesystem::path& file,
                                  const std::map<std::string, std::string>& metadata) const {
    std::vector<tensor::NamedTensor> tensors;
    for (const auto& [name, buffer] : state()) {
        tensors.push_back({name, buffer.cpu()});
    }
    return tensor::writeSafetensors(file, tensors, metadata);
}

base::Result<std::map<std::string, std::string>> ParameterStore::load(
    const std::filesystem::path& file) {
    auto weights = tensor::WeightFile::open(file);
    if (!weights) {
        return base::fail(weights.error());
    }
    Snapshot saved;
    for (const auto& [name, buffer] : state()) {
        auto value = weights->tensor(name);
        if (!value) {
            return base::fail(value.error());
        }
        if (value->sizes() != buffer.sizes()) {
            return base::fail(
                base::ErrorCode::BadFile,
                "The checkpoint " + file.string() + " holds " + std::to_string(value->numel()) +
                    " numbers in " + name + "; this network has " + std::to_string(buffer.numel()) +
                    ".",
                "Use the configuration the run was started with, or start a new run folder.",
                name);
        }
        saved.buffers.push_back(*value);
    }
    restore(saved);
    return weights->metadata();
}

}  // namespace tessera::train
