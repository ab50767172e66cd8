#include "core/base/format.h"
#include "core/tensor/quantise.h"
#include "core/tensor/safetensors.h"
#include "core/tensor/weights.h"
#include "tests/support/expect_error.h"
#include "tests/support/temporary_folder.h"

#include <ATen/ATen.h>

#include <gtest/gtest.h>

namespace tessera::tensor {
namespace {

using base::ErrorCode;
using tests::expectError;
using tests::TemporaryFolder;

at::Tensor ramp(double from, double to, c10::IntArrayRef shape) {
    return at::linspace(from, to, c10::multiply_integers(shape)).reshape(shape);
}

// A parent on disk with a matrix, a vector and whole numbers.
struct Parent {
    TemporaryFolder folder;
    at::Tensor matrix = ramp(-1, 1, {6, 40});
    at::Tensor vector = ramp(0, 1, {40});

    Parent() {
        const base::Status written = writeSafetensors(
            folder / "model.safetensors",
            std::vector<NamedTensor>{{"m.weight", matrix}, {"v", vector}, {"ids", at::arange(4)}});
        EXPECT_TRUE(written);
    }

    Weights open() const { return std::move(*Weights::openComponent(folder.path())); }

    std::map<std::string, at::Tensor> tensors() const {
        return {{"m.weight", matrix}, {"v", vector}, {"ids", at::arange(4)}};
    }

    // Writes the delta beside the parent and opens it.
    base::Result<Weights> openDelta(const std::vector<NamedTensor>& delta,
                                    const std::map<std::string, std::string>& metadata = {}) const {
        const auto path = folder / "delta.safetensors";
        EXPECT_TRUE(writeSafetensors(path, delta, metadata));
        Weights parent = std::move(*Weights::openComponent(folder / "model.safetensors"));
        return Weights::openDelta(path, std::move(parent));
    }
};

TEST(WeightsDelta, APlainDeltaIsAddedAndTheRestIsTheParents) {
    const Parent parent;
    auto weights = parent.openDelta({{"m.weight.delta", at::full({6, 40}, 0.5)}});
    ASSERT_TRUE(weights) << base::describe(weights.error());
    EXPECT_EQ(weights->names(), (std::vector<std::string>{"ids", "m.weight", "v"}));
    EXPECT_TRUE(weights->take("m.weight", {6, 40}, at::kFloat)->equal(parent.matrix + 0.5));
    EXPECT_TRUE(weights->take("v", {40}, at::kFloat)->equal(parent.vector));
    EXPECT_TRUE(weights->take("ids", {4}, at::kLong)->equal(at::arange(4)));
    EXPECT_TRUE(weights->expectAllTaken());
}

TEST(WeightsDelta, ATensorOfItsOwnReplacesTheParents) {
    const Parent parent;
    auto weights = parent.openDelta({{"v", at::zeros({7})}, {"more", at::ones({2})}});
    ASSERT_TRUE(weights);
    EXPECT_TRUE(weights->take("v", {7}, at::kFloat)->equal(at::zeros({7})));
    EXPECT_TRUE(weights->take("more", {2}, at::kFloat)->equal(at::ones({2})));
    EXPECT_EQ(weights->names().size(), 4u);
}

TEST(WeightsDelta, Int8AndInt4DeltasComeBackWithinTheirSteps) {
    const Parent parent;
    const at::Tensor change = ramp(-0.03, 0.02, {6, 40}).flip({1});
    const std::vector<NamedTensor> child{
        {"m.weight", parent.matrix + change}, {"v", parent.vector + 0.25}, {"ids", at::arange(4)}};
    for (const auto& [form, step] : std::vector<std::pair<StoredForm, double>>{
             {StoredForm::Int8Rows, 0.03 / 127}, {StoredForm::Int4Groups, 0.03 / 7}}) {
        const auto stored = storedDelta(child, parent.tensors(), form);
        ASSERT_EQ(stored.size(), 3u);
        auto weights = parent.openDelta(stored);
        ASSERT_TRUE(weights) << base::describe(weights.error());
        const auto matrix = weights->take("m.weight", {6, 40}, at::kFloat);
        ASSERT_TRUE(matrix) << base::describe(matrix.error());
        EXPECT_TRUE(matrix->allclose(parent.matrix + change, 0, step * 0.8));
        EXPECT_FALSE(matrix->equal(parent.matrix));
        EXPECT_TRUE(weights->take("v", {40}, at::kFloat)->allclose(parent.vector + 0.25));
        EXPECT_EQ(weights->take("m.weight", {6, 40}, at::kBFloat16)->scalar_type(), at::kBFloat16);
    }
}

TEST(WeightsDelta, WhatDidNotChangeIsNotStored) {
    const Parent parent;
    std::vector<NamedTensor> child;
    for (const auto& [name, tensor] : parent.tensors()) {
        child.push_back({name, tensor.clone()});
    }
    EXPECT_TRUE(storedDelta(child, parent.tensors(), StoredForm::Int8Rows).empty());
    child.push_back({"more", at::ones({2, 8})});
    const auto stored = storedDelta(child, parent.tensors(), StoredForm::Int8Rows);
    ASSERT_EQ(stored.size(), 1u);
    EXPECT_EQ(stored[0].name, "more");
}

TEST(WeightsDelta, ADeltaOfADeltaAddsBoth) {
    const Parent parent;
    auto first = parent.openDelta({{"m.weight.delta", at::full({6, 40}, 0.5)}});
    ASSERT_TRUE(first);
    const auto path = parent.folder / "second.safetensors";
    const Quantised small = packInt4(at::full({6, 40}, 0.25));
    ASSERT_TRUE(writeSafetensors(path,
                                 std::vector<NamedTensor>{{"m.weight.delta", small.values},
                                                          {"m.weight.scale", small.scales}}));
    auto second = Weights::openDelta(path, std::move(*first));
    ASSERT_TRUE(second) << base::describe(second.error());
    EXPECT_TRUE(
        second->take("m.weight", {6, 40}, at::kFloat)->allclose(parent.matrix + 0.75, 0, 0.002));
    EXPECT_EQ(*second->shape("m.weight"), (std::vector<std::int64_t>{6, 40}));
}

TEST(WeightsDelta, TheParentItNamesMustBeTheOneGiven) {
    const Parent parent;
    const std::vector<NamedTensor> delta{{"m.weight.delta", at::ones({6, 40})}};
    const std::string hash = base::hex64(*parent.open().hash());
    const auto good = parent.openDelta(delta, {{"parent_hash", hash}});
    EXPECT_TRUE(good) << base::describe(good.error());
    expectError(parent.openDelta(delta, {{"parent_hash", "41ce00ff12347b02"}}),
                ErrorCode::BadModel,
                "41ce00ff12347b02");
}

TEST(WeightsDelta, ItsHashCoversTheParent) {
    const Parent parent;
    const std::vector<NamedTensor> delta{{"v.delta", at::ones({40})}};
    const std::uint64_t first = *parent.openDelta(delta)->hash();
    EXPECT_EQ(*parent.openDelta(delta)->hash(), first);
    EXPECT_NE(*parent.openDelta({{"v.delta", at::zeros({40})}})->hash(), first);
    ASSERT_TRUE(writeSafetensors(
        parent.folder / "model.safetensors",
        std::vector<NamedTensor>{{"m.weight", parent.matrix}, {"v", parent.vector * 2}}));
    EXPECT_NE(*parent.openDelta(delta)->hash(), first);
    EXPECT_EQ(parent.openDelta(delta)->storedBytes(), (240u + 40u + 40u) * 4u);
}

TEST(WeightsDelta, ADeltaAloneIsRefused) {
    const Parent parent;
    ASSERT_TRUE(writeSafetensors(parent.folder / "delta.safetensors",
                                 std::vector<NamedTensor>{{"v.delta", at::ones({40})}}));
    expectError(Weights::openComponent(parent.folder / "delta.safetensors"),
                ErrorCode::BadModel,
                "changes to another model");
}

TEST(WeightsDelta, RefusesChangesThatDoNotFitTheParent) {
    const Parent parent;
    const Quantised rows = quantiseRows(at::ones({6, 40}));
    const Quantised groups = packInt4(at::ones({6, 40}));
    const auto refused = [&parent](const std::vector<NamedTensor>& delta, const std::string& part) {
        expectError(parent.openDelta(delta), ErrorCode::BadModel, part);
    };
    refused({{"x.delta", at::ones({2})}}, "'x'");
    refused({{"v.delta", at::ones({41})}}, "[41], the parent's tensor is [40]");
    refused({{"v.delta", at::ones({40}, at::kInt)}}, "I32");
    refused({{"v.delta", at::ones({40})}, {"v", at::ones({40})}}, "'v' whole and as a delta");
    refused({{"m.weight.delta", rows.values}}, "without its scales 'm.weight.scale'");
    refused({{"m.weight.delta", groups.values}}, "without its scales");
    refused({{"m.weight.delta", rows.values}, {"m.weight.scale", at::ones({5})}},
            "'m.weight.scale'");
    refused({{"m.weight.delta", groups.values.slice(0, 0, 3)},
             {"m.weight.scale", groups.scales.slice(0, 0, 3)}},
            "[3, 32]");
    refused({{"m.weight.delta", at::ones({4, 31}, at::kByte)}, {"m.weight.scale", groups.scales}},
            "groups of 32 bytes");
    refused({{"m.weight.delta", rows.values.t()}, {"m.weight.scale", at::ones({40})}}, "[40, 6]");
}

}  // namespace
}  // namespace tessera::tensor
