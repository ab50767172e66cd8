#include "core/tensor/weights.h"

#include "core/base/file.h"
#include "core/tensor/quantise.h"
#include "core/tensor/safetensors.h"
#include "tests/support/expect_error.h"
#include "tests/support/temporary_folder.h"

#include <ATen/ATen.h>

#include <set>

#include <gtest/gtest.h>

namespace tessera::tensor {
namespace {

using base::ErrorCode;
using tests::expectError;
using tests::TemporaryFolder;

std::vector<NamedTensor> someWeights() {
    return {{"proj.weight", at::arange(12, at::kFloat).reshape({3, 4})},
            {"proj.bias", at::arange(3, at::kFloat).to(at::kBFloat16)},
            {"norm.scale", at::ones({4})},
            {"ids", at::arange(5)}};
}

void write(const std::filesystem::path& path, const std::vector<NamedTensor>& tensors) {
    ASSERT_TRUE(writeSafetensors(path, tensors, {{"arch", "test"}}));
}

void writeText(const std::filesystem::path& path, std::string_view text) {
    ASSERT_TRUE(base::writeFileAtomically(path, text));
}

TEST(Weights, AreFoundUnderTheNamesOfDiffusersAndTransformers) {
    for (const char* name : {"diffusion_pytorch_model.safetensors",
                             "model.safetensors",
                             "whatever-else.safetensors"}) {
        const TemporaryFolder folder;
        write(folder / name, someWeights());
        const auto weights = Weights::openComponent(folder.path());
        ASSERT_TRUE(weights) << base::describe(weights.error());
        EXPECT_EQ(weights->names(),
                  (std::vector<std::string>{"ids", "norm.scale", "proj.bias", "proj.weight"}));
        EXPECT_EQ(weights->metadata().at("arch"), "test");
        EXPECT_TRUE(Weights::openComponent(folder / name));
    }
}

TEST(Weights, TakeGivesTheTypeThatTheModelWants) {
    const TemporaryFolder folder;
    write(folder / "model.safetensors", someWeights());
    auto weights = Weights::openComponent(folder.path());
    ASSERT_TRUE(weights);
    const auto bias = weights->take("proj.bias", {3}, at::kFloat);
    ASSERT_TRUE(bias);
    EXPECT_TRUE(bias->equal(at::arange(3, at::kFloat)));
    const auto weight = weights->take("proj.weight", {3, 4}, at::kBFloat16);
    ASSERT_TRUE(weight);
    EXPECT_EQ(weight->scalar_type(), at::kBFloat16);
    EXPECT_TRUE(weights->take("ids", {5}, at::kLong));
}

TEST(Weights, AWrongShapeTypeOrNameIsASentenceWithBoth) {
    const TemporaryFolder folder;
    write(folder / "model.safetensors", someWeights());
    auto weights = Weights::openComponent(folder.path());
    ASSERT_TRUE(weights);
    expectError(weights->take("proj.weight", {4, 3}, at::kFloat),
                ErrorCode::BadModel,
                "Tensor 'proj.weight' is [3, 4], the model expects [4, 3].");
    expectError(weights->take("proj.weight", {12}, at::kFloat), ErrorCode::BadModel, "[12]");
    expectError(weights->take("proj", {3}, at::kFloat), ErrorCode::BadModel, "'proj' is missing");
    expectError(weights->take("ids", {5}, at::kFloat), ErrorCode::BadModel, "Long");
    expectError(weights->take("proj.bias", {3}, at::kLong), ErrorCode::BadModel, "BFloat16");
    expectError(weights->shape("proj"), ErrorCode::BadModel, "'proj' is missing");
    EXPECT_TRUE(weights->contains("ids"));
    EXPECT_FALSE(weights->contains("proj"));
}

TEST(Weights, TellsWhatNobodyTook) {
    const TemporaryFolder folder;
    write(folder / "model.safetensors", someWeights());
    auto weights = Weights::openComponent(folder.path());
    ASSERT_TRUE(weights);
    ASSERT_TRUE(weights->take("ids", {5}, at::kLong));
    EXPECT_EQ(weights->unused(),
              (std::vector<std::string>{"norm.scale", "proj.bias", "proj.weight"}));
    expectError(weights->expectAllTaken(), ErrorCode::BadModel, "3 tensors");
    ASSERT_TRUE(weights->take("norm.scale", {4}, at::kFloat));
    ASSERT_TRUE(weights->take("proj.bias", {3}, at::kFloat));
    ASSERT_TRUE(weights->take("proj.weight", {3, 4}, at::kFloat));
    EXPECT_TRUE(weights->expectAllTaken());
}

TEST(Weights, Int8RowsComeBackMultiplied) {
    const TemporaryFolder folder;
    const auto original = someWeights();
    write(folder / "model.safetensors",
          {{"proj.weight", at::arange(-6, 6).reshape({3, 4}).to(at::kChar)},
           {"proj.weight.scale", at::tensor({1.0f, 0.5f, 0.25f})},
           {"plain", at::ones({4}, at::kChar)}});
    auto weights = Weights::openComponent(folder.path());
    ASSERT_TRUE(weights) << base::describe(weights.error());
    EXPECT_EQ(weights->names(), (std::vector<std::string>{"plain", "proj.weight"}));
    const auto weight = weights->take("proj.weight", {3, 4}, at::kFloat);
    ASSERT_TRUE(weight);
    EXPECT_TRUE(weight->equal(at::arange(-6, 6, at::kFloat).reshape({3, 4}) *
                              at::tensor({1.0f, 0.5f, 0.25f}).unsqueeze(1)));
    EXPECT_TRUE(weights->take("plain", {4}, at::kChar));
}

TEST(Weights, ExportedInt8IsReadBackWithinItsStep) {
    const TemporaryFolder folder;
    const at::Tensor matrix = at::linspace(-1, 1, 64).reshape({4, 16});
    const auto stored = storedWeights(
        std::vector<NamedTensor>{{"m", matrix}, {"v", at::ones({16})}, {"n", at::arange(3)}},
        StoredForm::Int8Rows);
    write(folder / "model.safetensors", stored);
    auto weights = Weights::openComponent(folder.path());
    ASSERT_TRUE(weights);
    EXPECT_EQ(weights->names(), (std::vector<std::string>{"m", "n", "v"}));
    const auto read = weights->take("m", {4, 16}, at::kFloat);
    ASSERT_TRUE(read);
    EXPECT_TRUE(read->allclose(matrix, 0, 0.5 / 127 + 1e-6));
    EXPECT_TRUE(weights->take("v", {16}, at::kFloat)->equal(at::ones({16})));
    EXPECT_TRUE(weights->take("n", {3}, at::kLong));
    EXPECT_TRUE(weights->expectAllTaken());
}

TEST(Weights, RefusesScalesThatDoNotFitTheirRows) {
    const at::Tensor values = at::ones({3, 4}, at::kChar);
    for (const at::Tensor& scales :
         {at::ones({4}), at::ones({3, 1}), at::ones({3}, at::kInt), at::scalar_tensor(1.0f)}) {
        const TemporaryFolder folder;
        write(folder / "model.safetensors", {{"w", values}, {"w.scale", scales}});
        expectError(Weights::openComponent(folder.path()), ErrorCode::BadModel, "'w.scale'");
    }
}

TEST(Weights, ShardsGiveTheSameWeightsAndHashAsOneFile) {
    const TemporaryFolder one;
    write(one / "diffusion_pytorch_model.safetensors", someWeights());
    const TemporaryFolder many;
    const auto all = someWeights();
    write(many / "part-1.safetensors", {all[0], all[2]});
    write(many / "part-2.safetensors", {all[1], all[3]});
    writeText(many / "diffusion_pytorch_model.safetensors.index.json",
              R"({"metadata": {"total_size": 1}, "weight_map": {
                  "proj.weight": "part-1.safetensors", "norm.scale": "part-1.safetensors",
                  "proj.bias": "part-2.safetensors", "ids": "part-2.safetensors"}})");
    auto whole = Weights::openComponent(one.path());
    auto shards = Weights::openComponent(many.path());
    ASSERT_TRUE(whole);
    ASSERT_TRUE(shards) << base::describe(shards.error());
    EXPECT_EQ(shards->names(), whole->names());
    EXPECT_EQ(*shards->hash(), *whole->hash());
    EXPECT_EQ(shards->storedBytes(), 48u + 6u + 16u + 40u);
    EXPECT_TRUE(shards->take("proj.weight", {3, 4}, at::kFloat)
                    ->equal(*whole->take("proj.weight", {3, 4}, at::kFloat)));
}

TEST(Weights, TheHashCoversNamesTypesShapesAndEveryByte) {
    const auto hashOf = [](const std::vector<NamedTensor>& tensors) {
        const TemporaryFolder folder;
        write(folder / "model.safetensors", tensors);
        const auto weights = Weights::openComponent(folder.path());
        return *weights->hash();
    };
    const at::Tensor ones = at::ones({2, 3});
    std::set<std::uint64_t> hashes{hashOf({{"a", ones}}),
                                   hashOf({{"b", ones}}),
                                   hashOf({{"a", ones.reshape({3, 2})}}),
                                   hashOf({{"a", ones.to(at::kHalf)}}),
                                   hashOf({{"a", ones.view(at::kInt)}}),
                                   hashOf({{"a", ones}, {"b", ones}})};
    EXPECT_EQ(hashes.size(), 6u);
    EXPECT_EQ(hashOf({{"a", ones}}), hashOf({{"a", ones}}));
    for (int i = 0; i < 6; ++i) {
        at::Tensor changed = ones.clone();
        changed.flatten().select(0, i).add_(1e-6);
        EXPECT_TRUE(hashes.insert(hashOf({{"a", changed}})).second) << i;
    }
}

TEST(Weights, DamagedIndicesAreSentences) {
    const char* kIndex = "model.safetensors.index.json";
    for (const char* text : {"",
                             "[]",
                             "{}",
                             R"({"weight_map": []})",
                             R"({"weight_map": {}})",
                             R"({"weight_map": {"a": 7}})",
                             R"({"weight_map": {"a": ""}})",
                             R"({"weight_map": {"a": "../a.safetensors"}})",
                             R"({"weight_map": {"a": "/etc/passwd"}})",
                             R"({"weight_map": {"a": ".."}})",
                             R"({"weight_map": {"a": "a\\b"}})",
                             R"({"weight_map": {"a": "a\u0000b"}})"}) {
        const TemporaryFolder folder;
        writeText(folder / kIndex, text);
        SCOPED_TRACE(text);
        expectError(Weights::openComponent(folder.path()), ErrorCode::BadFile, kIndex);
    }
    const TemporaryFolder folder;
    writeText(folder / kIndex, R"({"weight_map": {"a": "a.safetensors"}})");
    expectError(Weights::openComponent(folder.path()), ErrorCode::NotFound, "a.safetensors");
    write(folder / "a.safetensors", {{"b", at::ones({1})}});
    expectError(Weights::openComponent(folder.path()), ErrorCode::BadModel, "lack the tensor 'a'");
    write(folder / "a.safetensors", {{"a", at::ones({1})}});
    EXPECT_TRUE(Weights::openComponent(folder.path()));
    write(folder / "b.safetensors", {{"b", at::ones({1})}, {"a", at::ones({1})}});
    writeText(folder / kIndex, R"({"weight_map": {"a": "a.safetensors", "b": "b.safetensors"}})");
    expectError(Weights::openComponent(folder.path()), ErrorCode::BadModel, "'a' in two shards");
}

TEST(Weights, AFolderWithoutWeightsSaysWhatItExpects) {
    const TemporaryFolder folder;
    expectError(Weights::openComponent(folder / "none"), ErrorCode::NotFound, "none");
    expectError(Weights::openComponent(folder.path()), ErrorCode::NotFound, "model.safetensors");
    writeText(folder / "pytorch_model.bin", "pickle");
    expectError(Weights::openComponent(folder.path()), ErrorCode::BadFile, "save_file");
    write(folder / "a.safetensors", {{"a", at::ones({1})}});
    EXPECT_TRUE(Weights::openComponent(folder.path()));
    write(folder / "b.safetensors", {{"b", at::ones({1})}});
    expectError(Weights::openComponent(folder.path()), ErrorCode::BadModel, "2 safetensors files");
}

}  // namespace
}  // namespace tessera::tensor
