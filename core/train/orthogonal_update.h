#pragma once

// The Muon update for the matrices inside a network's blocks: the momentum of the gradient, with
// all its singular values brought near 1, so that every direction of a matrix learns at one speed
// (Jordan et al., "Muon: An optimizer for hidden layers in neural networks", 2024). Scaled to the
// root mean square of an AdamW update, so that one learning rate and weight decay serve both (Liu
// et al., "Muon is scalable for LLM training", arXiv 2502.16982, section 2.2). Works on flat fp32
// buffers as ParameterStore keeps them; recordable; engine thread.

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

namespace tessera::train {

// A row-major matrix inside a flat buffer.
struct FlatMatrix {
    std::int64_t offset = 0;
    std::int64_t rows = 0;
    std::int64_t columns = 0;
};

// The nearest matrices to `matrices` [n, r, c] whose singular values are all about 1 (0.7 to 1.2),
// by five Newton-Schulz iterations; r <= c. In bf16 on CUDA, else in fp32; the result is fp32.
at::Tensor orthogonalised(const at::Tensor& matrices);

class OrthogonalUpdate {
public:
    explicit OrthogonalUpdate(const std::vector<FlatMatrix>& matrices);

    // momentum <- 0.95 momentum + 0.05 gradient, then one step of the matrices in `master`. All
    // three are flat and of one length; numbers of `master` outside the matrices keep their values.
    // `learningRate` is an fp32 scalar on the device.
    void apply(const at::Tensor& master,
               const at::Tensor& gradient,
               const at::Tensor& momentum,
               const at::Tensor& learningRate,
               double weightDecay) const;

private:
    // Matrices of one shape, which are worked on together.
    struct Group {
        std::int64_t shorter = 0;
        std::int64_t longer = 0;
        std::vector<FlatMatrix> matrices;
    };

    std::vector<Group> m_groups;
};

}  // namespace tessera::train
