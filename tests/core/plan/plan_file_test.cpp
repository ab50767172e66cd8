#include "core/plan/plan_file.h"

#include "core/base/file.h"
#include "core/base/json.h"
#include "tests/support/expect_error.h"
#include "tests/support/mutation.h"
#include "tests/support/temporary_folder.h"

#include <functional>
#include <limits>

#include <gtest/gtest.h>

namespace tessera::plan {
namespace {

using base::ErrorCode;
using base::Json;
using tests::expectError;

AttentionPlan sample() {
    AttentionPlan plan;
    plan.model = "Tessera Small";
    plan.modelHash = "41ce0123456789ab";
    plan.layout = {8, 216, 3};
    plan.block = 64;
    plan.family = maskFamily(8);
    plan.layers = {{parseLayerMask("2:6", 8).value(), {{981.0, 0.0125}, {1.0, 0.5}}, 1.25},
                   {parseLayerMask("full", 8).value(), {}, {}},
                   {parseLayerMask("2:6/4:4/full/2:6", 8).value(), {{981.0, 0.0}}, {}}};
    plan.search = PlanSearch{"greedy", R"({"probe":"final","cumulative":false})"};
    plan.threshold = 0.02;
    plan.budgetMs = 120.5;
    plan.seeds = {0, 18446744073709551615u};
    plan.machine = "cpu bf16, 2 threads";
    return plan;
}

void expectSame(const AttentionPlan& a, const AttentionPlan& b) {
    EXPECT_EQ(a.model, b.model);
    EXPECT_EQ(a.modelHash, b.modelHash);
    EXPECT_EQ(a.layout, b.layout);
    EXPECT_EQ(a.block, b.block);
    EXPECT_EQ(a.family, b.family);
    EXPECT_EQ(a.layers, b.layers);
    EXPECT_EQ(a.search, b.search);
    EXPECT_EQ(a.threshold, b.threshold);
    EXPECT_EQ(a.budgetMs, b.budgetMs);
    EXPECT_EQ(a.seeds, b.seeds);
    EXPECT_EQ(a.machine, b.machine);
}

// The sample as JSON after `change`.
std::string changed(const std::function<void(Json&)>& change) {
    Json json = Json::parse(planText(sample()));
    change(json);
    return json.dump();
}

TEST(PlanFile, ComesBackFromItsFile) {
    const tests::TemporaryFolder folder;
    const std::filesystem::path path = folder / "light.plan.json";
    const AttentionPlan plan = sample();
    ASSERT_TRUE(savePlan(plan, path));
    const auto read = loadPlan(path);
    ASSERT_TRUE(read) << base::describe(read.error());
    expectSame(*read, plan);
    EXPECT_EQ(planText(*read), planText(plan));
    EXPECT_EQ(folder.entries(), 1);
}

TEST(PlanFile, SaysItsMasksAsTheRestOfTheProgramDoes) {
    const Json json = Json::parse(planText(sample()));
    EXPECT_EQ(json["kind"], "tessera.plan");
    EXPECT_EQ(json["schema"], 1);
    EXPECT_EQ(json["masks"], (std::vector<std::string>{"1:7", "2:6", "3:5", "4:4"}));
    EXPECT_EQ(json["layers"][0]["mask"], "2:6");
    EXPECT_EQ(json["layers"][0]["reference_frames"], (std::vector<int>{0, 4}));
    EXPECT_EQ(json["layers"][2]["heads"], (std::vector<std::string>{"2:6", "4:4", "full", "2:6"}));
    EXPECT_EQ(json["search"]["options"]["probe"], "final");
}

TEST(PlanFile, WhatMayBeAbsentMayBeAbsent) {
    const auto read = parsePlan(R"({"kind": "tessera.plan", "schema": 1, "frames": 8, "tokens": 96,
        "text": 0, "layers": [{"mask": "2:6"}]})",
                                "test");
    ASSERT_TRUE(read) << base::describe(read.error());
    EXPECT_EQ(read->block, 128);
    EXPECT_FALSE(read->search || read->threshold || read->budgetMs || read->layers[0].timeMs);
    EXPECT_TRUE(read->family.empty() && read->seeds.empty() && read->layers[0].losses.empty());
}

TEST(PlanFile, UnknownKeysAreKeptAtEveryLevel) {
    const std::string text = changed([](Json& json) {
        json["mood"] = "calm";
        json["layers"][1]["mood"] = 3;
        json["layers"][0]["losses"][1]["spread"] = 0.25;
        json["search"]["trials"] = 12;
        json["search"]["options"]["order"] = "sparse first";
    });
    AttentionPlan plan = parsePlan(text, "test").value();
    plan.layers[1].mask = parseLayerMask("1:7", 8).value();
    plan.threshold = {};
    const Json again = Json::parse(planText(plan));
    EXPECT_EQ(again["mood"], "calm");
    EXPECT_EQ(again["layers"][1]["mood"], 3);
    EXPECT_EQ(again["layers"][1]["mask"], "1:7");
    EXPECT_EQ(again["layers"][0]["losses"][1]["spread"], 0.25);
    EXPECT_EQ(again["search"]["trials"], 12);
    EXPECT_EQ(again["search"]["options"]["order"], "sparse first");
    EXPECT_FALSE(again.contains("threshold"));
}

TEST(PlanFile, NewerSchemaIsRefusedWithASentence) {
    expectError(
        parsePlan(changed([](Json& json) { json["schema"] = kPlanSchema + 1; }), "light.plan.json"),
        ErrorCode::NewerSchema,
        "light.plan.json has plan schema 2");
}

TEST(PlanFile, WhatIsNoPlanIsRefused) {
    for (const char* text : {"",
                             "[]",
                             "3",
                             "{}",
                             R"({"schema": 1, "layers": []})",
                             R"({"kind": "tessera.recipe", "schema": 1})",
                             R"({"kind": "tessera.plan"})",
                             R"({"kind": "tessera.plan", "schema": "1"})",
                             R"({"kind": "tessera.plan", "schema": 0})",
                             R"({"kind": "tessera.plan", "schema": 1})"}) {
        SCOPED_TRACE(text);
        expectError(parsePlan(text, "the test file"), ErrorCode::BadFile);
    }
}

TEST(PlanFile, WrongValuesAreRefusedByName) {
    const Json big = std::vector<int>(5000, 1);
    const std::pair<const char*, std::function<void(Json&)>> cases[] = {
        {"frames", [](Json& json) { json["frames"] = 0; }},
        {"frames", [](Json& json) { json["frames"] = 1e9; }},
        {"frames", [](Json& json) { json["frames"] = kMaxFrames + 1; }},
        {"tokens", [](Json& json) { json.erase("tokens"); }},
        {"text", [](Json& json) { json["text"] = -1; }},
        {"block", [](Json& json) { json["block"] = "128"; }},
        {"block",
         [](Json& json) {
             json["tokens"] = 1'000'000;
             json["block"] = 1;
         }},
        {"masks", [](Json& json) { json["masks"] = "2:6"; }},
        {"masks", [](Json& json) { json["masks"][0] = "2:5"; }},
        {"masks", [&](Json& json) { json["masks"] = big; }},
        {"layers", [](Json& json) { json["layers"] = Json::array(); }},
        {"layers", [](Json& json) { json.erase("layers"); }},
        {"layers", [&](Json& json) { json["layers"] = big; }},
        {"layers[1]", [](Json& json) { json["layers"][1] = 3; }},
        {"layers[1].mask", [](Json& json) { json["layers"][1]["mask"] = 26; }},
        {"layers[1].mask", [](Json& json) { json["layers"][1]["mask"] = "9:4"; }},
        {"layers[1].mask", [](Json& json) { json["layers"][1].erase("mask"); }},
        {"layers[0].mask", [](Json& json) { json["layers"][0]["heads"] = {"2:6"}; }},
        {"layers[2].heads", [](Json& json) { json["layers"][2]["heads"] = Json::array(); }},
        {"layers[2].heads", [&](Json& json) { json["layers"][2]["heads"] = big; }},
        {"layers[1].heads",
         [](Json& json) {
             json["layers"][1] = {{"heads", {"2:6", "full"}}};
             json["layers"][0] = {{"heads", {"2:6", "full", "full", "full"}}};
         }},
        {"layers[0].reference_frames",
         [](Json& json) {
             json["layers"][0]["reference_frames"] = {0, 3};
         }},
        {"layers[1].reference_frames",
         [](Json& json) {
             json["layers"][1]["reference_frames"] = {0, 1};
         }},
        {"layers[0].losses", [](Json& json) { json["layers"][0]["losses"] = 0.5; }},
        {"layers[0].losses", [&](Json& json) { json["layers"][0]["losses"] = big; }},
        {"layers[0].timestep",
         [](Json& json) {
             json["layers"][0]["losses"] = {1, 2};
         }},
        {"layers[0].loss", [](Json& json) { json["layers"][0]["losses"][0]["loss"] = -0.5; }},
        {"layers[0].time_ms", [](Json& json) { json["layers"][0]["time_ms"] = "quick"; }},
        {"search", [](Json& json) { json["search"] = "greedy"; }},
        {"search.options", [](Json& json) { json["search"]["options"] = 3; }},
        {"mode", [](Json& json) { json["search"]["mode"] = std::string(5000, 'x'); }},
        {"threshold", [](Json& json) { json["threshold"] = -1; }},
        {"budget_ms", [](Json& json) { json["budget_ms"] = nullptr; }},
        {"seeds", [](Json& json) { json["seeds"] = {-1}; }},
        {"seeds", [](Json& json) { json["seeds"] = 7; }},
        {"model_hash", [](Json& json) { json["model_hash"] = 7; }},
        {"machine", [](Json& json) { json["machine"] = std::string(5000, 'x'); }},
    };
    for (const auto& [where, change] : cases) {
        SCOPED_TRACE(where);
        const auto read = parsePlan(changed(change), "test");
        expectError(read, ErrorCode::BadFile);
        if (!read) {
            EXPECT_TRUE(read.error().where.starts_with(where)) << read.error().where;
        }
    }
}

TEST(PlanFile, DeepAndHugeFilesAreRefused) {
    std::string deep = changed([](Json& json) { json["search"]["options"] = "HERE"; });
    deep.replace(
        deep.find("\"HERE\""), 6, "{\"a\":" + std::string(100, '[') + std::string(100, ']') + "}");
    expectError(parsePlan(deep, "test"), ErrorCode::BadFile, "nested");
    const tests::TemporaryFolder folder;
    ASSERT_TRUE(base::writeFileAtomically(folder / "big.plan.json", std::string(17u << 20, ' ')));
    expectError(loadPlan(folder / "big.plan.json"), ErrorCode::BadFile);
    expectError(loadPlan(folder / "none.plan.json"), ErrorCode::NotFound);
}

TEST(PlanFile, WhatCouldNotBeReadAgainIsNotSaved) {
    const tests::TemporaryFolder folder;
    const std::filesystem::path path = folder / "light.plan.json";
    AttentionPlan plan = sample();
    plan.layers[0].timeMs = std::numeric_limits<double>::quiet_NaN();
    expectError(savePlan(plan, path), ErrorCode::BadInput, "time_ms");
    plan = sample();
    plan.threshold = std::numeric_limits<double>::infinity();
    expectError(savePlan(plan, path), ErrorCode::BadInput, "threshold");
    plan = sample();
    plan.layers.clear();
    expectError(savePlan(plan, path), ErrorCode::BadInput, "no layers");
    plan = sample();
    plan.search->options = "not JSON";
    expectError(savePlan(plan, path), ErrorCode::BadInput, "search.options");
    EXPECT_EQ(folder.entries(), 0);
    expectError(savePlan(sample(), folder / "no" / "such" / "folder.plan.json"),
                ErrorCode::NotWritable);
}

TEST(PlanFile, EveryCutIsRefused) {
    const std::string text = planText(sample());
    for (std::size_t length = 0; length + 2 < text.size(); ++length) {
        EXPECT_FALSE(parsePlan(std::string_view(text).substr(0, length), "cut")) << length;
    }
}

// Whatever is still accepted can be described and written, and is the same when it is read again.
TEST(PlanFile, DamagedCopiesAreRefusedOrSound) {
    const std::string text = planText(sample());
    int accepted = 0;
    for (std::uint64_t seed = 0; seed < 600; ++seed) {
        SCOPED_TRACE(seed);
        const auto read = parsePlan(tests::damaged(text, seed, 0), "damaged");
        if (!read) {
            tests::expectThreeParts(read.error());
            continue;
        }
        ++accepted;
        EXPECT_EQ(describe(*read, read->layout, read->block).layers.size(), read->layers.size());
        const std::string written = planText(*read);
        const auto again = parsePlan(written, "again");
        ASSERT_TRUE(again) << base::describe(again.error());
        expectSame(*again, *read);
        EXPECT_EQ(planText(*again), written);
    }
    EXPECT_GT(accepted, 10);
}

}  // namespace
}  // namespace tessera::plan
