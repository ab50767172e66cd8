#include "tests/core/attention/against_double.h"

#include "tests/core/attention/reference.h"

#include <ATen/ATen.h>

#include <gtest/gtest.h>

namespace tessera::attention {
namespace {

struct Seen {
    Tensors results, gradients;
};

// Runs `work` on copies of the inputs that ask for gradients, and sends the same gradients back
// through its results.
Seen look(const Tensors& inputs,
          c10::Device device,
          at::ScalarType type,
          const TensorFunction& work) {
    Tensors leaves;
    for (const at::Tensor& input : inputs) {
        leaves.push_back(input.defined() ? input.to(device, type, false, true).requires_grad_()
                                         : input);
    }
    Seen seen{work(leaves), {}};
    at::manual_seed(11);
    at::Tensor loss = at::zeros({}, at::TensorOptions().dtype(at::kDouble).device(device));
    for (const at::Tensor& result : seen.results) {
        const at::Tensor weight = numbers(result.sizes(), 1.0).to(device, at::kDouble);
        loss = loss + (result.to(at::kDouble) * weight).sum();
    }
    loss.backward();
    for (const at::Tensor& leaf : leaves) {
        seen.gradients.push_back(leaf.defined() ? leaf.grad() : leaf);
    }
    return seen;
}

}  // namespace

at::Tensor numbers(c10::IntArrayRef shape, double scale, double offset) {
    return (at::randn(shape) * scale + offset).to(at::kBFloat16);
}

void compareWithDouble(const Tensors& inputs,
                       const TensorFunction& ours,
                       const TensorFunction& plain) {
    const Seen wanted = look(inputs, c10::kCPU, at::kDouble, plain);
    for (const c10::Device device : devices()) {
        SCOPED_TRACE(device.str());
        const Seen got = look(inputs, device, at::kBFloat16, ours);
        ASSERT_EQ(got.results.size(), wanted.results.size());
        for (std::size_t i = 0; i < got.results.size(); ++i) {
            EXPECT_LT(relativeError(got.results[i], wanted.results[i]), 3e-3) << "result " << i;
        }
        for (std::size_t i = 0; i < inputs.size(); ++i) {
            if (inputs[i].defined()) {
                EXPECT_LT(relativeError(got.gradients[i], wanted.gradients[i]), 6e-3)
                    << "gradient " << i;
            }
        }
    }
}

}  // namespace tessera::attention
