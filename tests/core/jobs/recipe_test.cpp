#include "core/jobs/recipe.h"

#include "core/base/json.h"
#include "core/base/version.h"

#include <gtest/gtest.h>

namespace tessera::jobs {
namespace {

using base::ErrorCode;
using base::Json;

Recipe sample() {
    pipeline::GenerationRequest asked;
    asked.prompt = "a red ball rolls";
    asked.seed = 18446744073709551615u;
    asked.output = "/somewhere/clip.mp4";
    pipeline::GenerationResult result;
    result.effective = asked;
    result.effective.model = "/opt/models/bundled";
    result.effective.width = 288;
    result.effective.height = 192;
    result.effective.videoFrames = 29;
    result.effective.fps = 8.0;
    result.effective.steps = 50;
    result.effective.cfgScale = 4.0;
    result.effective.threads = 2;
    result.effective.device = {pipeline::DeviceChoice::Kind::Cpu, 0};
    result.modelHash = "41ce0123456789ab";
    result.understoodAs = "red ball rolls";
    result.ignoredWords = {"a"};
    result.stepsDone = 50;
    return makeRecipe(asked, result);
}

TEST(Recipe, ComesBackFromItsText) {
    const Recipe recipe = sample();
    const Recipe read = parseRecipe(recipeText(recipe), "test").value();
    EXPECT_EQ(read.asked, recipe.asked);
    EXPECT_EQ(read.effective, recipe.effective);
    EXPECT_EQ(read.modelHash, recipe.modelHash);
    EXPECT_EQ(read.appVersion, base::versionText());
    EXPECT_EQ(read.understoodAs, recipe.understoodAs);
    EXPECT_EQ(read.ignoredWords, recipe.ignoredWords);
    EXPECT_EQ(read.stepsDone, 50);
    EXPECT_EQ(recipeText(read), recipeText(recipe));
}

TEST(Recipe, HoldsMasksByHeadAndTheirPlan) {
    Recipe recipe = sample();
    recipe.asked.masks = {"2:6", "2:6/4:4/full/2:6", "full"};
    recipe.asked.plan = {"light.plan.json", "2a1572adf751fd07"};
    recipe.effective->masks = recipe.asked.masks;
    recipe.effective->plan = recipe.asked.plan;
    const Recipe read = parseRecipe(recipeText(recipe), "test").value();
    EXPECT_EQ(read.asked, recipe.asked);
    EXPECT_EQ(read.effective, recipe.effective);
    EXPECT_EQ(reproduce(read).masks, recipe.asked.masks);
    const std::string text = parametersText(read);
    EXPECT_NE(text.find("Masks: 2:6 2:6/4:4/full/2:6 full, Plan: light.plan.json 2a1572adf751fd07"),
              std::string::npos)
        << text;
    EXPECT_EQ(parametersText(sample()).find("Masks"), std::string::npos);
}

TEST(Recipe, NamesNoPlaceOfTheMachineThatMadeIt) {
    const std::string text = recipeText(sample());
    EXPECT_EQ(text.find("/somewhere"), std::string::npos);
    EXPECT_EQ(text.find("/opt"), std::string::npos);
}

TEST(Recipe, ReproductionUsesTheEffectiveValuesAndTheModelAsked) {
    const pipeline::GenerationRequest again = reproduce(sample());
    EXPECT_EQ(again.steps, 50);
    EXPECT_EQ(again.threads, 2);
    EXPECT_EQ(again.device.kind, pipeline::DeviceChoice::Kind::Cpu);
    EXPECT_TRUE(again.model.empty());
    EXPECT_TRUE(again.output.empty());
}

TEST(Recipe, ReproductionOfARecipeThatNeverRanUsesWhatWasAsked) {
    Recipe recipe;
    recipe.asked.prompt = "x";
    recipe.asked.steps = 7;
    EXPECT_EQ(reproduce(parseRecipe(recipeText(recipe), "test").value()).steps, 7);
}

TEST(Recipe, UnknownKeysAreKeptAtEveryLevel) {
    Json json = Json::parse(recipeText(sample()));
    json["mood"] = "calm";
    json["asked"]["lens"] = 35;
    json["effective"]["lens"] = 36;
    Recipe read = parseRecipe(json.dump(), "test").value();
    read.asked.steps = 99;
    const Json again = Json::parse(recipeText(read));
    EXPECT_EQ(again["mood"], "calm");
    EXPECT_EQ(again["asked"]["lens"], 35);
    EXPECT_EQ(again["effective"]["lens"], 36);
    EXPECT_EQ(again["asked"]["steps"], 99);
}

TEST(Recipe, NewerSchemaIsRefusedWithASentence) {
    Json json = Json::parse(recipeText(sample()));
    json["schema"] = kRecipeSchema + 1;
    const auto read = parseRecipe(json.dump(), "clip.mp4");
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().code, ErrorCode::NewerSchema);
    EXPECT_NE(read.error().message.find("clip.mp4"), std::string::npos);
    EXPECT_FALSE(read.error().hint.empty());
}

TEST(Recipe, WhatIsNoRecipeIsRefused) {
    for (const char* text : {"",
                             "[]",
                             "3",
                             "{}",
                             R"({"schema": "1", "asked": {}})",
                             R"({"schema": 0, "asked": {}})",
                             R"({"schema": 1})",
                             R"({"schema": 1, "asked": 3})",
                             R"({"schema": 1, "asked": {}, "effective": []})",
                             R"({"schema": 1, "asked": {}, "ignored_words": [1]})",
                             R"({"schema": 1, "asked": {}, "steps_done": -4})",
                             R"({"schema": 1, "asked": {}, "model_hash": 4})",
                             R"({"schema": 1, "kind": "tessera.plan", "asked": {}})"}) {
        const auto read = parseRecipe(text, "test");
        ASSERT_FALSE(read) << text;
        EXPECT_EQ(read.error().code, ErrorCode::BadFile) << text;
        EXPECT_FALSE(read.error().hint.empty()) << text;
    }
}

TEST(Recipe, EveryCutOfARecipeIsRefusedOrRead) {
    const std::string text = recipeText(sample());
    for (std::size_t length = 0; length + 2 < text.size(); ++length) {
        EXPECT_FALSE(parseRecipe(std::string_view(text).substr(0, length), "cut")) << length;
    }
}

TEST(Recipe, ParametersTellPromptSeedAndSize) {
    const std::string text = parametersText(sample());
    EXPECT_EQ(text.substr(0, text.find('\n')), "a red ball rolls");
    for (const char* part :
         {"Seed: 18446744073709551615", "Size: 288x192", "Steps: 50", "CFG scale: 4.00"}) {
        EXPECT_NE(text.find(part), std::string::npos) << part << " in " << text;
    }
}

}  // namespace
}  // namespace tessera::jobs
