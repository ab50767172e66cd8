#include "core/tensor/safetensors.h"

#include "core/base/file.h"
#include "core/tensor/stored_type.h"
#include "tests/support/expect_error.h"
#include "tests/support/temporary_folder.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cstring>

#include <gtest/gtest.h>

namespace tessera::tensor {
namespace {

using base::ErrorCode;
using tests::expectError;
using tests::TemporaryFolder;

std::vector<NamedTensor> everyType() {
    std::vector<NamedTensor> tensors;
    for (const auto type : {at::kDouble,
                            at::kFloat,
                            at::kHalf,
                            at::kBFloat16,
                            at::kLong,
                            at::kInt,
                            at::kChar,
                            at::kByte,
                            at::kBool}) {
        tensors.push_back({std::string("t.") + c10::toString(type),
                           (at::arange(15).reshape({3, 5}) - 1).remainder(7).to(type)});
    }
    tensors.push_back({"scalar", at::scalar_tensor(2.5, at::kFloat)});
    tensors.push_back({"empty", at::empty({0, 4}, at::kBFloat16)});
    return tensors;
}

TEST(Safetensors, GivesBackEveryTypeItWrote) {
    const TemporaryFolder folder;
    const auto written = everyType();
    ASSERT_TRUE(writeSafetensors(folder / "w.safetensors", written, {{"arch", "dit"}}));
    const auto file = WeightFile::open(folder / "w.safetensors");
    ASSERT_TRUE(file) << base::describe(file.error());
    EXPECT_EQ(file->names().size(), written.size());
    EXPECT_EQ(file->metadata().at("arch"), "dit");
    for (const auto& [name, tensor] : written) {
        EXPECT_TRUE(file->contains(name));
        const auto read = file->tensor(name);
        ASSERT_TRUE(read) << base::describe(read.error());
        EXPECT_EQ(read->scalar_type(), tensor.scalar_type());
        EXPECT_TRUE(read->equal(tensor)) << name;
        EXPECT_TRUE(read->is_contiguous());
    }
    EXPECT_EQ(folder.entries(), 1);
}

TEST(Safetensors, WritesViewsAsTheyLook) {
    const TemporaryFolder folder;
    const at::Tensor base = at::arange(24, at::kFloat).reshape({4, 6});
    const std::vector<NamedTensor> views{{"t", base.t()},
                                         {"part", base.slice(1, 1, 6, 2)},
                                         {"wide", base.select(1, 0).unsqueeze(1).expand({4, 3})}};
    ASSERT_TRUE(writeSafetensors(folder / "w.safetensors", views));
    const auto file = WeightFile::open(folder / "w.safetensors");
    ASSERT_TRUE(file);
    for (const auto& [name, tensor] : views) {
        EXPECT_TRUE(file->tensor(name)->equal(tensor)) << name;
    }
}

TEST(Safetensors, BytesDependNeitherOnOrderNorOnTheDay) {
    const TemporaryFolder folder;
    auto tensors = everyType();
    ASSERT_TRUE(writeSafetensors(folder / "a", tensors, {{"x", "1"}, {"b", "2"}}));
    std::reverse(tensors.begin(), tensors.end());
    ASSERT_TRUE(writeSafetensors(folder / "b", tensors, {{"b", "2"}, {"x", "1"}}));
    EXPECT_EQ(*base::readTextFile(folder / "a"), *base::readTextFile(folder / "b"));
}

TEST(Safetensors, EveryTensorStartsOnAMultipleOfItsElement) {
    const TemporaryFolder folder;
    ASSERT_TRUE(writeSafetensors(folder / "w.safetensors", everyType()));
    const auto file = WeightFile::open(folder / "w.safetensors");
    ASSERT_TRUE(file);
    for (const auto& [name, entry] : file->layout().tensors) {
        EXPECT_EQ(entry.begin % base::elementBytes(entry.type), 0u) << name;
    }
}

TEST(Safetensors, PiecesAreTheStoredBytes) {
    const TemporaryFolder folder;
    const at::Tensor large = at::arange(3000001, at::kInt);
    ASSERT_TRUE(writeSafetensors(folder / "w.safetensors", std::vector<NamedTensor>{{"a", large}}));
    const auto file = WeightFile::open(folder / "w.safetensors");
    ASSERT_TRUE(file);
    std::vector<std::uint8_t> bytes;
    int pieces = 0;
    ASSERT_TRUE(file->eachPiece("a", [&](std::span<const std::uint8_t> piece) {
        EXPECT_EQ(bytes.size() % 8, 0u);
        bytes.insert(bytes.end(), piece.begin(), piece.end());
        ++pieces;
    }));
    EXPECT_GT(pieces, 1);
    ASSERT_EQ(bytes.size(), large.nbytes());
    EXPECT_EQ(std::memcmp(bytes.data(), large.const_data_ptr(), bytes.size()), 0);
}

TEST(Safetensors, RefusesNamesAndTypesThatFilesCannotHold) {
    const TemporaryFolder folder;
    const at::Tensor one = at::ones({1});
    const auto write = [&](std::vector<NamedTensor> tensors) {
        return writeSafetensors(folder / "w.safetensors", tensors);
    };
    expectError(write({{"", one}}), ErrorCode::BadInput);
    expectError(write({{"__metadata__", one}}), ErrorCode::BadInput, "__metadata__");
    expectError(write({{"a", one}, {"a", one}}), ErrorCode::BadInput, "given twice");
    expectError(write({{"a", one.to(at::kComplexFloat)}}), ErrorCode::BadInput, "ComplexFloat");
    expectError(write({{"a", at::Tensor()}}), ErrorCode::BadInput, "'a'");
    EXPECT_EQ(folder.entries(), 0);
    expectError(writeSafetensors(folder / "no/w.safetensors", std::vector<NamedTensor>{{"a", one}}),
                ErrorCode::NotWritable);
}

TEST(WeightFile, RefusesWhatIsNoSafetensorsFile) {
    const TemporaryFolder folder;
    expectError(WeightFile::open(folder / "none.safetensors"), ErrorCode::NotFound);
    expectError(WeightFile::open(folder.path()), ErrorCode::BadFile);
    ASSERT_TRUE(base::writeFileAtomically(folder / "text.safetensors", std::string_view("hello")));
    expectError(WeightFile::open(folder / "text.safetensors"), ErrorCode::BadFile, "5 bytes");
    ASSERT_TRUE(base::writeFileAtomically(folder / "long.safetensors", std::string(1000, 'x')));
    expectError(WeightFile::open(folder / "long.safetensors"), ErrorCode::BadFile, "1.0 kB");
}

TEST(WeightFile, RefusesPicklesWithTheCommandThatConvertsThem) {
    const TemporaryFolder folder;
    for (const char* name : {"a.bin", "a.pt", "a.pth", "a.ckpt", "a.pkl"}) {
        ASSERT_TRUE(base::writeFileAtomically(folder / name, std::string_view("anything")));
        const auto file = WeightFile::open(folder / name);
        expectError(file, ErrorCode::BadFile, "pickle");
        EXPECT_NE(file.error().hint.find("save_file"), std::string::npos);
        EXPECT_NE(file.error().hint.find("weights_only=True"), std::string::npos);
        EXPECT_NE(file.error().hint.find("a.safetensors"), std::string::npos);
    }
    for (const std::string& start : {std::string("PK\x03\x04zip archive"),
                                     std::string("\x80\x02}q\x00X\x01\x00\x00\x00", 10)}) {
        ASSERT_TRUE(base::writeFileAtomically(folder / "w.safetensors", start));
        expectError(WeightFile::open(folder / "w.safetensors"), ErrorCode::BadFile, "pickle");
    }
}

// 0x0280 as a header length gives the same first two bytes as a pickle of protocol 2.
TEST(WeightFile, DoesNotTakeAHeaderOfAnUnluckyLengthForAPickle) {
    const TemporaryFolder folder;
    const std::vector<NamedTensor> tensors{{"a", at::ones({2})}};
    ASSERT_TRUE(writeSafetensors(folder / "w.safetensors", tensors, {{"note", ""}}));
    const auto file = WeightFile::open(folder / "w.safetensors");
    ASSERT_TRUE(file);
    const std::size_t shortest = file->layout().tensors.at("a").begin - 8;
    ASSERT_TRUE(writeSafetensors(
        folder / "w.safetensors", tensors, {{"note", std::string(0x280 - shortest, 'x')}}));
    const auto text = base::readTextFile(folder / "w.safetensors");
    ASSERT_TRUE(text);
    ASSERT_EQ(text->substr(0, 2), "\x80\x02");
    EXPECT_TRUE(WeightFile::open(folder / "w.safetensors"));
}

TEST(WeightFile, AMissingNameAndACutFileAreSentences) {
    const TemporaryFolder folder;
    ASSERT_TRUE(writeSafetensors(folder / "w.safetensors", everyType()));
    const auto file = WeightFile::open(folder / "w.safetensors");
    ASSERT_TRUE(file);
    expectError(file->tensor("t.Float8"), ErrorCode::BadModel, "t.Float8");
    std::filesystem::resize_file(folder / "w.safetensors", 600);
    bool wasCut = false;
    for (const std::string& name : file->names()) {
        const auto tensor = file->tensor(name);
        wasCut = wasCut || !tensor;
        if (!tensor) {
            expectError(tensor, ErrorCode::BadFile, "w.safetensors");
            expectError(file->eachPiece(name, [](auto) {}), ErrorCode::BadFile);
        }
    }
    EXPECT_TRUE(wasCut);
}

TEST(WeightFile, RefusesTruthValuesThatAreNeither0Nor1) {
    const TemporaryFolder folder;
    ASSERT_TRUE(writeSafetensors(folder / "w.safetensors",
                                 std::vector<NamedTensor>{{"a", at::ones({3}, at::kBool)}}));
    std::string text = *base::readTextFile(folder / "w.safetensors");
    text.back() = '\x02';
    ASSERT_TRUE(base::writeFileAtomically(folder / "w.safetensors", text));
    const auto file = WeightFile::open(folder / "w.safetensors");
    ASSERT_TRUE(file);
    expectError(file->tensor("a"), ErrorCode::BadFile, "truth values");
}

TEST(StoredType, TheTwoListsOfTypesAreTheSame) {
    for (const auto type : {base::StoredType::F64,
                            base::StoredType::F32,
                            base::StoredType::F16,
                            base::StoredType::BF16,
                            base::StoredType::I64,
                            base::StoredType::I32,
                            base::StoredType::I8,
                            base::StoredType::U8,
                            base::StoredType::Bool}) {
        EXPECT_EQ(storedType(scalarType(type)), type);
        EXPECT_EQ(c10::elementSize(scalarType(type)), base::elementBytes(type));
    }
    EXPECT_EQ(storedType(at::kComplexDouble), std::nullopt);
}

}  // namespace
}  // namespace tessera::tensor
