// 500 damaged safetensors files and 500 damaged JSON files: each is read, or refused with a
// sentence; nothing crashes, and no number inside a file makes the reader allocate.

#include "core/base/json.h"
#include "core/base/safetensors_layout.h"
#include "tests/support/allocation_count.h"
#include "tests/support/expect_error.h"
#include "tests/support/mutation.h"

#include <algorithm>

#include <gtest/gtest.h>

namespace tessera::base {
namespace {

constexpr std::uint64_t kFiles = 500;

// Messages and the reader's own buffers.
constexpr std::size_t kFloor = 16384;

std::string goodSafetensors() {
    SafetensorsLayout layout;
    layout.metadata = {{"format", "pt"}, {"arch", "dit-tessera"}, {"step", "12000"}};
    std::uint64_t offset = 0;
    for (int block = 0; block < 4; ++block) {
        const std::string name = "blocks." + std::to_string(block);
        layout.tensors[name + ".weight"] = {StoredType::BF16, {16, 8}, offset, offset + 256};
        layout.tensors[name + ".bias"] = {StoredType::F32, {16}, offset + 256, offset + 320};
        layout.tensors[name + ".codes"] = {StoredType::I8, {2, 2, 16}, offset + 320, offset + 384};
        offset += 384;
    }
    return safetensorsHeader(layout) + std::string(static_cast<std::size_t>(offset), '\7');
}

const std::string& goodJson() {
    static const std::string text = R"({
  "_class_name": "TesseraTransformer3D",
  "_library_version": "0.1.0",
  "num_layers": 8, "hidden_size": 256, "num_attention_heads": 4,
  "patch_size": [1, 2, 2], "rope_axes": [16, 24, 24],
  "norm_eps": 1e-06, "qk_norm": true, "prediction": "v_prediction",
  "scheduler": {"steps": 1000, "beta": [0.00085, 0.012], "zero_snr": true, "note": null},
  "sizes": [{"width": 192, "height": 128}, {"width": 288, "height": 192}]
})";
    return text;
}

TEST(HostileFiles, DamagedSafetensorsAreReadOrRefusedWithinTheirOwnSize) {
    const std::string good = goodSafetensors();
    int refused = 0;
    for (std::uint64_t seed = 0; seed < kFiles; ++seed) {
        const std::string bytes = tests::damaged(good, seed, kSafetensorsPrefixBytes);
        SCOPED_TRACE(seed);
        tests::startAllocationCount();
        const auto layout = parseSafetensors(
            std::span(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()), "w");
        const tests::AllocationCount count = tests::allocationCount();
        // A text that grows doubles its room: one string may fill nearly the whole file.
        EXPECT_LE(count.largest, std::max(2 * bytes.size(), kFloor));
        EXPECT_LE(count.peak, 4 * bytes.size() + kFloor);
        if (!layout) {
            tests::expectError(layout, ErrorCode::BadFile, "w");
            ++refused;
            continue;
        }
        std::uint64_t total = 0;
        for (const auto& [name, tensor] : layout->tensors) {
            EXPECT_LE(tensor.end, bytes.size());
            EXPECT_LE(tensor.begin, tensor.end);
            total += tensor.end - tensor.begin;
        }
        EXPECT_LE(total, bytes.size());
    }
    // Most damage must be noticed, and some (a flipped bit of a weight) cannot be.
    EXPECT_GT(refused, 300);
    EXPECT_LT(refused, 500);
}

TEST(HostileFiles, DamagedJsonIsReadOrRefused) {
    int refused = 0;
    for (std::uint64_t seed = 0; seed < kFiles; ++seed) {
        const std::string text = tests::damaged(goodJson(), seed, 0);
        SCOPED_TRACE(seed);
        tests::startAllocationCount();
        const auto value = parseJson(text, "config.json");
        const tests::AllocationCount count = tests::allocationCount();
        // A value takes more room in memory than as text, but in proportion to the text.
        EXPECT_LE(count.largest, 16 * text.size() + kFloor);
        EXPECT_LE(count.peak, 64 * text.size() + kFloor);
        if (!value) {
            tests::expectError(value, ErrorCode::BadFile, "config.json");
            ++refused;
            continue;
        }
        // Whatever was read can be asked for any key and written again.
        for (const char* key : {"num_layers", "norm_eps", "qk_norm", "prediction", "sizes"}) {
            for (const auto& error : {jsonInteger(*value, key, 1, 64).map([](auto) {}),
                                      jsonNumber(*value, key, 0, 1).map([](auto) {}),
                                      jsonText(*value, key).map([](const auto&) {}),
                                      jsonBool(*value, key).map([](auto) {})}) {
                if (!error) {
                    tests::expectThreeParts(error.error());
                }
            }
        }
        EXPECT_TRUE(parseJson(value->dump(), "again", {.maxBytes = 1u << 24, .maxDepth = 33}));
    }
    EXPECT_GT(refused, 200);
    EXPECT_LT(refused, 500);
}

TEST(HostileFiles, AClaimedSizeIsNeverAllocated) {
    // 2^40 numbers in 100 bytes of file.
    const std::string header =
        R"({"a":{"dtype":"F64","shape":[1099511627776],"data_offsets":[0,8796093022208]}})";
    std::string bytes;
    for (std::size_t i = 0; i < 8; ++i) {
        bytes.push_back(static_cast<char>((header.size() >> (8 * i)) & 0xFF));
    }
    bytes += header;
    tests::startAllocationCount();
    const auto layout = parseSafetensors(
        std::span(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()), "w");
    const tests::AllocationCount count = tests::allocationCount();
    tests::expectError(layout, ErrorCode::BadFile, "8.8 TB");
    EXPECT_LE(count.peak, kFloor);
}

}  // namespace
}  // namespace tessera::base
