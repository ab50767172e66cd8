#include "core/models/parameter.h"

#include "core/base/check.h"
#include "core/tensor/weights.h"

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>

#include <cmath>

namespace tessera::models {
namespace {

// FNV-1a: a name's own random stream.
std::uint64_t nameHash(const std::string& name) {
    std::uint64_t hash = 14695981039346656037ull;
    for (const char c : name) {
        hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ull;
    }
    return hash;
}

std::int64_t count(const std::vector<std::int64_t>& shape) {
    std::int64_t product = 1;
    for (const std::int64_t size : shape) {
        product *= size;
    }
    return product;
}

}  // namespace

std::int64_t parameterCount(const ParameterList& parameters) {
    std::int64_t total = 0;
    for (const Parameter& parameter : parameters) {
        total += count(parameter.shape);
    }
    return total;
}

void initialise(const ParameterList& parameters, std::uint64_t seed, c10::Device device) {
    for (const Parameter& p : parameters) {
        at::Tensor values = at::empty(p.shape, at::kFloat);
        auto generator =
            at::detail::createCPUGenerator(nameHash(p.name) ^ (seed * 0x9E3779B97F4A7C15ull));
        switch (p.initial) {
            case Initial::Zero:
                values.zero_();
                break;
            case Initial::One:
                values.fill_(1.0);
                break;
            case Initial::Constant:
                values.fill_(p.scale);
                break;
            case Initial::Normal:
                values.normal_(0.0, p.scale, generator);
                break;
            case Initial::FanIn: {
                CHECK(p.shape.size() >= 2, p.name);
                const std::int64_t fanIn = count(p.shape) / p.shape[0];
                const double bound = p.scale / std::sqrt(static_cast<double>(fanIn));
                values.uniform_(-bound, bound, generator);
                break;
            }
        }
        *p.slot = values.to(device);
    }
}

base::Status load(const ParameterList& parameters,
                  tensor::Weights& weights,
                  c10::ScalarType dtype,
                  c10::Device device) {
    for (const Parameter& p : parameters) {
        auto value = weights.take(p.name, p.shape, c10::ScalarType::Float);
        if (!value) {
            return base::fail(value.error());
        }
        *p.slot = value->to(device, dtype);
    }
    return {};
}

void appendLinear(ParameterList& list,
                  const std::string& prefix,
                  at::Tensor& weight,
                  at::Tensor& bias,
                  std::int64_t in,
                  std::int64_t out,
                  Initial initial,
                  double scale) {
    list.push_back({prefix + ".weight", &weight, {out, in}, initial, scale});
    list.push_back({prefix + ".bias", &bias, {out}, Initial::Zero, 0.0});
}

}  // namespace tessera::models
