#include "tests/core/schedulers/fixture.h"

#include "core/base/json.h"
#include "core/tensor/safetensors.h"

#include <ATen/ATen.h>

#include <cmath>
#include <sstream>
#include <stdexcept>

namespace tessera::schedulers::test {

std::filesystem::path fixtureFolder() {
    const std::filesystem::path source = TESSERA_SOURCE_DIR;
    const std::filesystem::path shared = source / "../shared/fixtures/schedulers";
    return std::filesystem::exists(shared / "manifest.json") ? shared
                                                             : source / "tests/data/schedulers";
}

struct Fixture::State {
    tensor::WeightFile file;
    base::Json manifest;
};

Fixture::Fixture(const std::string& stem) {
    const std::string name = stem + ".ref.safetensors";
    auto file = tensor::WeightFile::open(fixtureFolder() / name);
    auto manifest = base::readJsonFile(fixtureFolder() / "manifest.json");
    if (!file || !manifest) {
        throw std::runtime_error(base::describe(file ? manifest.error() : file.error()));
    }
    m_state = std::make_unique<State>(State{std::move(*file), manifest->at("files").at(name)});
}

Fixture::~Fixture() = default;

at::Tensor Fixture::tensor(const std::string& name) const {
    auto value = m_state->file.tensor(name);
    if (!value) {
        throw std::runtime_error(base::describe(value.error()));
    }
    return *value;
}

std::vector<std::string> Fixture::names() const {
    return m_state->file.names();
}

std::string Fixture::difference(const std::string& name, const at::Tensor& actual) const {
    const base::Json& entry = m_state->manifest.at(name);
    const at::Tensor expected = tensor(name).to(at::kDouble);
    std::ostringstream text;
    if (expected.sizes() != actual.sizes()) {
        text << name << ": shape " << actual.sizes() << ", expected " << expected.sizes();
        return text.str();
    }
    const at::Tensor error = (actual.to(at::kDouble) - expected).abs();
    at::Tensor allowed;
    if (entry.contains("tol")) {
        allowed = at::full_like(expected, entry.at("tol").get<double>());
    } else if (entry.contains("rtol")) {
        allowed = expected.abs() * entry.at("rtol").get<double>();
    } else {
        // Largest difference in a state over the largest magnitude in that state.
        std::vector<std::int64_t> shape(static_cast<std::size_t>(expected.dim()), 1);
        shape[0] = expected.size(0);
        allowed =
            expected.abs().flatten(1).amax(1).view(shape) * entry.at("state_rtol").get<double>();
    }
    if ((error <= allowed).all().item<bool>()) {
        return {};
    }
    text << name << ": off by " << error.max().item<double>() << ", allowed "
         << allowed.max().item<double>();
    return text.str();
}

at::Tensor toyModel(bool epsilon, const at::Tensor& x, float timestep) {
    const auto wave = 0.1F * std::sin(timestep / 1000.0F);
    return x * (epsilon ? 0.9F : 0.3F) + wave;
}

}  // namespace tessera::schedulers::test
