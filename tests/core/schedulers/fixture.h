#pragma once

// The reference tensors of the schedulers and how close a result has to come to each.

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace tessera::schedulers::test {

// The shared fixtures where they are present, else the copy in tests/data.
std::filesystem::path fixtureFolder();

// One file of reference tensors with its part of the manifest.
class Fixture {
public:
    // `stem` is "ddim" for ddim.ref.safetensors.
    explicit Fixture(const std::string& stem);
    ~Fixture();

    at::Tensor tensor(const std::string& name) const;
    std::vector<std::string> names() const;

    // An empty text when `actual` agrees with the tensor within the manifest's tolerance, else what
    // differs.
    std::string difference(const std::string& name, const at::Tensor& actual) const;

private:
    struct State;
    std::unique_ptr<State> m_state;
};

// Step counts of the fixtures.
inline constexpr int kStepCounts[] = {1, 2, 3, 5, 10, 20, 50, 100};

// The toy networks of the fixtures, in float32.
at::Tensor toyModel(bool epsilon, const at::Tensor& x, float timestep);

}  // namespace tessera::schedulers::test
