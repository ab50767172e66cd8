// The damaged files of tests/core/base once more, now through the whole way from the disk to
// tensors.

#include "core/base/file.h"
#include "core/tensor/safetensors.h"
#include "core/tensor/weights.h"
#include "tests/support/expect_error.h"
#include "tests/support/mutation.h"
#include "tests/support/temporary_folder.h"

#include <ATen/ATen.h>

#include <fstream>

#include <gtest/gtest.h>

namespace tessera::tensor {
namespace {

constexpr std::uint64_t kFiles = 500;

// Without the sync of writeFileAtomically(), which would take most of the test's time.
void overwrite(const std::filesystem::path& path, const std::string& bytes) {
    std::ofstream(path, std::ios::binary) << bytes;
}

TEST(HostileWeights, DamagedFilesGiveTensorsOfTheirOwnSizeOrASentence) {
    const tests::TemporaryFolder folder;
    const auto path = folder / "w.safetensors";
    ASSERT_TRUE(
        writeSafetensors(path,
                         std::vector<NamedTensor>{{"a.weight", at::ones({16, 8}, at::kChar)},
                                                  {"a.weight.scale", at::ones({16})},
                                                  {"b.delta", at::ones({2, 32}, at::kByte)},
                                                  {"b.scale", at::ones({2}, at::kBFloat16)},
                                                  {"mask", at::ones({5}, at::kBool)},
                                                  {"c", at::ones({4, 3}, at::kHalf)}},
                         {{"parent_hash", "0123456789abcdef"}}));
    const std::string good = *base::readTextFile(path);
    int refused = 0;
    for (std::uint64_t seed = 0; seed < kFiles; ++seed) {
        const std::string bytes = tests::damaged(good, seed, base::kSafetensorsPrefixBytes);
        overwrite(path, bytes);
        SCOPED_TRACE(seed);
        const auto file = WeightFile::open(path);
        if (!file) {
            tests::expectError(file, base::ErrorCode::BadFile, "w.safetensors");
            ++refused;
            continue;
        }
        std::size_t total = 0;
        for (const std::string& name : file->names()) {
            const auto tensor = file->tensor(name);
            if (!tensor) {
                tests::expectError(tensor, base::ErrorCode::BadFile, name);
                continue;
            }
            total += tensor->nbytes();
            EXPECT_EQ(tensor->storage().nbytes(), tensor->nbytes());
        }
        EXPECT_LE(total, bytes.size());
        // Deltas without a parent: refused whatever else is there, unless the damage renamed them.
        auto weights = Weights::openComponent(path);
        if (!weights) {
            tests::expectError(weights, base::ErrorCode::BadModel);
            continue;
        }
        for (const std::string& name : weights->names()) {
            const auto shape = weights->shape(name);
            ASSERT_TRUE(shape);
            const auto taken = weights->take(name, *shape, at::kFloat);
            EXPECT_TRUE(taken || !taken.error().hint.empty());
        }
        EXPECT_TRUE(weights->hash());
    }
    EXPECT_GT(refused, 300);
    EXPECT_LT(refused, 500);
}

// Deltas damaged in every way, on top of a good parent.
TEST(HostileWeights, DamagedDeltasGiveWeightsOrASentence) {
    const tests::TemporaryFolder folder;
    ASSERT_TRUE(writeSafetensors(
        folder / "parent.safetensors",
        std::vector<NamedTensor>{{"a", at::ones({4, 8})}, {"b", at::ones({4, 32})}}));
    const auto path = folder / "delta.safetensors";
    ASSERT_TRUE(writeSafetensors(path,
                                 std::vector<NamedTensor>{{"a.delta", at::ones({4, 8}, at::kChar)},
                                                          {"a.scale", at::ones({4})},
                                                          {"b.delta", at::ones({2, 32}, at::kByte)},
                                                          {"b.scale", at::ones({2}, at::kHalf)}}));
    const std::string good = *base::readTextFile(path);
    int opened = 0;
    for (std::uint64_t seed = 0; seed < kFiles; ++seed) {
        overwrite(path, tests::damaged(good, seed, base::kSafetensorsPrefixBytes));
        SCOPED_TRACE(seed);
        auto parent = Weights::openComponent(folder / "parent.safetensors");
        ASSERT_TRUE(parent);
        auto weights = Weights::openDelta(path, std::move(*parent));
        if (!weights) {
            EXPECT_TRUE(weights.error().code == base::ErrorCode::BadFile ||
                        weights.error().code == base::ErrorCode::BadModel);
            tests::expectThreeParts(weights.error());
            continue;
        }
        ++opened;
        for (const std::string& name : weights->names()) {
            const auto shape = weights->shape(name);
            ASSERT_TRUE(shape);
            const auto taken = weights->take(name, *shape, at::kFloat);
            if (taken) {
                EXPECT_EQ(taken->sizes(), c10::IntArrayRef(*shape));
            } else {
                tests::expectThreeParts(taken.error());
            }
        }
    }
    EXPECT_GT(opened, 0);
}

}  // namespace
}  // namespace tessera::tensor
