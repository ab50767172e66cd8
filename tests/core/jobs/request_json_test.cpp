#include "core/jobs/request_json.h"

#include "core/base/json.h"
#include "core/jobs/words.h"

#include <limits>

#include <gtest/gtest.h>

namespace tessera::jobs {
namespace {

using base::ErrorCode;
using base::Json;

pipeline::GenerationRequest fullRequest() {
    pipeline::GenerationRequest request;
    request.prompt = "a red ball \"bounces\" \xC3\xA9";
    request.negativePrompt = "blur";
    request.model = "models/a";
    request.stage = pipeline::Stage::Sparse;
    request.width = 288;
    request.height = 192;
    request.videoFrames = 29;
    request.fps = 8.0;
    request.steps = 50;
    request.cfgScale = 4.25;
    request.seed = std::numeric_limits<std::uint64_t>::max();
    request.masks = {"2:6", "full", "2:6/4:4/full/2:6"};
    request.plan = {"light.plan.json", "2a1572adf751fd07"};
    request.device = {pipeline::DeviceChoice::Kind::Cuda, 3};
    request.precision = pipeline::Precision::Bf16;
    request.threads = 2;
    request.maxRamGb = 1.5;
    request.maxVramGb = 10.0;
    request.output = "out/clip.mp4";
    request.writeMetadata = false;
    request.previews = true;
    return request;
}

TEST(RequestJson, GenerationComesBackAsItWas) {
    const pipeline::GenerationRequest request = fullRequest();
    const base::Result<Json> text = base::parseJson(jsonDump(toJson(request)), "test");
    ASSERT_TRUE(text);
    EXPECT_EQ(generationFromJson(*text).value(), request);
    EXPECT_EQ(generationFromJson(toJson(pipeline::GenerationRequest{})).value(),
              pipeline::GenerationRequest{});
}

TEST(RequestJson, TrainAndEvalComeBackAsTheyWere) {
    train::TrainRequest training;
    training.network = train::Network::Eval;
    training.config = "c.json";
    training.run = "runs/1";
    training.model = "m";
    training.minutes = 0.5;
    training.steps = 123456789012;
    training.seed = 7;
    training.device = {pipeline::DeviceChoice::Kind::Cpu, 0};
    training.replicas = 2;
    training.threads = 3;
    training.exportOnly = true;
    EXPECT_EQ(std::get<train::TrainRequest>(
                  requestFromJson("train", toJson(JobRequest(training))).value()),
              training);

    eval::EvalRequest scoring;
    scoring.generation = fullRequest();
    scoring.prompts = "p.txt";
    scoring.count = 512;
    scoring.batch = 4;
    scoring.vae = true;
    scoring.sheet = "s.png";
    scoring.output = "o.json";
    EXPECT_EQ(
        std::get<eval::EvalRequest>(requestFromJson("eval", toJson(JobRequest(scoring))).value()),
        scoring);
}

TEST(RequestJson, BenchComesBackAsItWas) {
    bench::BenchRequest timing;
    timing.kernels = {"composed"};
    timing.shapes = {"osp-29f", "8,96,3,4,64"};
    timing.masks = {"2:6", "full"};
    timing.steps = {"osp-29f"};
    timing.device = {pipeline::DeviceChoice::Kind::Cuda, 1};
    timing.precision = pipeline::Precision::Bf16;
    timing.threads = 3;
    timing.backward = true;
    timing.warmUps = 0;
    timing.runs = 7;
    timing.tolerance = 0.25;
    timing.seed = 9;
    timing.flushCache = true;
    EXPECT_EQ(
        std::get<bench::BenchRequest>(requestFromJson("bench", toJson(JobRequest(timing))).value()),
        timing);
}

TEST(RequestJson, AbsentKeysKeepTheirDefaultsAndUnknownOnesArePassedOver) {
    const auto request = generationFromJson(Json{{"prompt", "x"}, {"colour_of_sky", 3}});
    ASSERT_TRUE(request);
    EXPECT_EQ(request->prompt, "x");
    EXPECT_EQ(request->steps, 0);
}

struct BadCase {
    const char* name;
    const char* text;
};

class HostileRequest : public testing::TestWithParam<BadCase> {};

TEST_P(HostileRequest, IsRefusedWithASentence) {
    const base::Result<Json> json = base::parseJson(GetParam().text, "test");
    ASSERT_TRUE(json);
    const auto request = generationFromJson(*json);
    ASSERT_FALSE(request);
    EXPECT_EQ(request.error().code, ErrorCode::BadFile);
    EXPECT_FALSE(request.error().hint.empty());
}

INSTANTIATE_TEST_SUITE_P(Values,
                         HostileRequest,
                         testing::Values(BadCase{"Array", "[]"},
                                         BadCase{"PromptNumber", R"({"prompt": 3})"},
                                         BadCase{"WidthNegative", R"({"width": -1})"},
                                         BadCase{"WidthHuge", R"({"width": 99999999999})"},
                                         BadCase{"WidthFraction", R"({"width": 1.5})"},
                                         BadCase{"FpsText", R"({"fps": "8"})"},
                                         BadCase{"FpsHuge", R"({"fps": 1e300})"},
                                         BadCase{"SeedNegative", R"({"seed": -1})"},
                                         BadCase{"MasksText", R"({"masks": "2:6"})"},
                                         BadCase{"MasksNumbers", R"({"masks": [2, 6]})"},
                                         BadCase{"PlanText", R"({"plan": "light"})"},
                                         BadCase{"PlanFile", R"({"plan": {"file": 3}})"},
                                         BadCase{"SeedText", R"({"seed": "7"})"},
                                         BadCase{"StageUnknown", R"({"stage": "turbo"})"},
                                         BadCase{"DeviceUnknown", R"({"device": "cuda:-1"})"},
                                         BadCase{"PrecisionNumber", R"({"precision": 16})"},
                                         BadCase{"ScaleText", R"({"cfg_scale": "4"})"},
                                         BadCase{"BooleanNumber", R"({"previews": 1})"}),
                         [](const auto& bad) { return bad.param.name; });

TEST(RequestJson, TooLongAPromptIsRefused) {
    EXPECT_FALSE(generationFromJson(Json{{"prompt", std::string(1 << 20, 'a')}}));
}

TEST(RequestJson, BytesThatAreNotUtf8DoNotBreakTheText) {
    pipeline::GenerationRequest request;
    request.output = "a\xFF.mp4";
    EXPECT_TRUE(base::parseJson(jsonDump(toJson(request)), "test"));
}

TEST(Words, EveryWordIsReadBack) {
    for (const auto stage :
         {pipeline::Stage::Base, pipeline::Stage::Mlcd, pipeline::Stage::Sparse}) {
        EXPECT_EQ(stageOf(word(stage)).value(), stage);
    }
    for (const auto network : {train::Network::Vae, train::Network::Base, train::Network::Eval}) {
        EXPECT_EQ(networkOf(word(network)).value(), network);
    }
    for (const char* device : {"auto", "cpu", "cuda:0", "cuda:12"}) {
        EXPECT_EQ(word(deviceOf(device).value()), device);
    }
    for (const char* device : {"", "gpu", "cuda:", "cuda:x", "cuda:1x", "cuda:999999999999"}) {
        EXPECT_FALSE(deviceOf(device)) << device;
    }
}

}  // namespace
}  // namespace tessera::jobs
