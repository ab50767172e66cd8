#include "core/pipeline/validate.h"

#include "core/base/file.h"
#include "core/tensor/device.h"
#include "tests/support/expect_error.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/tiny_model.h"

#include <cmath>
#include <tuple>

#include <gtest/gtest.h>

namespace tessera::pipeline {
namespace {

using base::ErrorCode;
using tests::expectError;

class Validation : public testing::Test {
protected:
    Validation() {
        tests::writeTinyModel(m_folder / "model");
        m_request.model = m_folder / "model";
        m_request.prompt = "red ball";
        m_request.device.kind = DeviceChoice::Kind::Cpu;
        m_request.output = m_folder / "clip.npy";
    }

    tests::TemporaryFolder m_folder;
    GenerationRequest m_request;
};

TEST_F(Validation, FillsInEveryDefault) {
    const auto valid = validate(m_request);
    ASSERT_TRUE(valid) << base::describe(valid.error());
    const GenerationRequest& r = valid->effective;
    EXPECT_EQ(std::tuple(r.width, r.height, r.videoFrames, r.steps), std::tuple(96, 64, 29, 4));
    EXPECT_EQ(r.fps, 8.0);
    EXPECT_EQ(r.cfgScale, 2.0);
    EXPECT_EQ(r.precision, tensor::cpuHasBf16() ? Precision::Bf16 : Precision::Fp32);
    EXPECT_GT(valid->memoryBytes, 0);
}

TEST_F(Validation, TakesTheOtherSideFromOneThatTheModelKnows) {
    m_request.height = 128;
    const auto valid = validate(m_request);
    ASSERT_TRUE(valid);
    EXPECT_EQ(valid->effective.width, 192);
}

TEST_F(Validation, NamesTheNearestSizeThatWorks) {
    m_request.width = 200;
    m_request.height = 130;
    expectError(validate(m_request), ErrorCode::BadInput, "Use 192 x 128.");
}

TEST_F(Validation, RefusesAnEmptyPrompt) {
    for (const char* prompt : {"", "   ", "\n\t"}) {
        m_request.prompt = prompt;
        expectError(validate(m_request), ErrorCode::BadInput, "prompt");
    }
}

TEST_F(Validation, ReadsMasksForTheClip) {
    m_request.masks = {"2:6"};
    auto valid = validate(m_request);
    ASSERT_TRUE(valid) << base::describe(valid.error());
    const std::size_t layers = valid->masks.size();
    ASSERT_GT(layers, 1u);
    EXPECT_EQ(valid->layout, (plan::TokenLayout{8, 4 * 6, 0}));
    EXPECT_EQ(valid->masks.back(), plan::LayerMask{{plan::maskWithReferences(8, 2)}});
    EXPECT_EQ(valid->effective.masks, m_request.masks);

    m_request.masks.assign(layers, "full");
    valid = validate(m_request);
    ASSERT_TRUE(valid);
    EXPECT_TRUE(valid->masks.empty());
    EXPECT_TRUE(valid->effective.masks.empty());

    m_request.masks.front() = "1:7";
    valid = validate(m_request);
    ASSERT_TRUE(valid);
    EXPECT_EQ(valid->masks.front().name(), "1:7");
    EXPECT_TRUE(valid->masks.back().isFull());
    EXPECT_EQ(valid->effective.masks, m_request.masks);
}

TEST_F(Validation, ReadsMasksByHead) {
    m_request.masks = {"2:6/1:7"};
    m_request.plan = {"light.plan.json", "2a1572adf751fd07"};
    auto valid = validate(m_request);
    ASSERT_TRUE(valid) << base::describe(valid.error());
    EXPECT_EQ(valid->masks.front().of(1), plan::maskWithReferences(8, 1));
    EXPECT_EQ(valid->effective.masks, m_request.masks);
    EXPECT_EQ(valid->effective.plan, m_request.plan);

    // Said as shortly as it can be: equal heads once, full attention not at all.
    m_request.masks = {"2:6/2:6"};
    valid = validate(m_request);
    ASSERT_TRUE(valid);
    EXPECT_EQ(valid->effective.masks, std::vector<std::string>{"2:6"});
    m_request.masks = {"full/full"};
    valid = validate(m_request);
    ASSERT_TRUE(valid);
    EXPECT_TRUE(valid->masks.empty());
    m_request.masks.clear();
    valid = validate(m_request);
    ASSERT_TRUE(valid);
    EXPECT_TRUE(valid->effective.plan.file.empty());

    m_request.masks = {"2:6/1:7/full"};
    expectError(validate(m_request), ErrorCode::BadInput, "3 heads");
}

TEST_F(Validation, RefusesMasksOfAnotherModel) {
    m_request.masks = {"2:6", "2:6", "2:6", "2:6", "2:6"};
    expectError(validate(m_request), ErrorCode::BadInput, "5 masks were given");
    m_request.masks = {"2:5"};
    expectError(validate(m_request), ErrorCode::BadInput, "masks");
    m_request.masks = {"sparse"};
    expectError(validate(m_request), ErrorCode::BadInput, "1:7, 2:6, 3:5, 4:4");
}

TEST_F(Validation, RefusesNumbersOutsideTheirRange) {
    const auto refused = [&](auto change, const char* field) {
        GenerationRequest changed = m_request;
        change(changed);
        expectError(validate(changed), ErrorCode::BadInput, field);
    };
    refused([](auto& r) { r.steps = -1; }, "steps");
    refused([](auto& r) { r.steps = 1001; }, "steps");
    refused([](auto& r) { r.videoFrames = 30; }, "Use 29 frames");
    refused([](auto& r) { r.cfgScale = 0.5; }, "cfg_scale");
    refused([](auto& r) { r.cfgScale = std::nan(""); }, "cfg_scale");
    refused([](auto& r) { r.fps = 500; }, "fps");
    refused([](auto& r) { r.threads = -2; }, "threads");
    refused([](auto& r) { r.stage = Stage::Mlcd; }, "stage");
    refused([](auto& r) { r.output = "clip.avi"; }, ".mp4");
}

TEST_F(Validation, RefusesADeviceThatIsNotThere) {
    m_request.device = {DeviceChoice::Kind::Cuda, 63};
    expectError(validate(m_request), ErrorCode::Unsupported, "cuda:63");
}

TEST_F(Validation, KeepsToTheMemoryLimit) {
    m_request.maxRamGb = 0.001;
    expectError(validate(m_request), ErrorCode::OutOfMemory);
    m_request.maxRamGb = 64.0;
    EXPECT_TRUE(validate(m_request));
}

TEST_F(Validation, RefusesAFolderThatIsNoModel) {
    m_request.model = m_folder / "nothing";
    expectError(validate(m_request), ErrorCode::NotFound);
    m_request.model = m_folder / "model" / "vae";
    EXPECT_FALSE(validate(m_request));
    const auto index = m_folder / "model" / "model_index.json";
    m_request.model = m_folder / "model";
    ASSERT_TRUE(
        base::writeFileAtomically(index, std::string_view(R"({"tessera": {"schema": 99}})")));
    expectError(validate(m_request), ErrorCode::NewerSchema);
    ASSERT_TRUE(
        base::writeFileAtomically(index, std::string_view(R"({"_class_name": "WanPipeline"})")));
    expectError(validate(m_request), ErrorCode::BadModel);
}

}  // namespace
}  // namespace tessera::pipeline
