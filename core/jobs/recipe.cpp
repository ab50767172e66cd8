#include "core/jobs/recipe.h"

#include "core/base/format.h"
#include "core/base/json.h"
#include "core/base/version.h"
#include "core/jobs/request_json.h"
#include "core/jobs/words.h"

#include <limits>
#include <utility>

namespace tessera::jobs {

using base::ErrorCode;
using base::Json;
using base::Result;
using pipeline::GenerationRequest;

namespace {

constexpr const char* kKind = "tessera.recipe";
constexpr std::size_t kMaxIgnoredWords = 4096;

// What belongs to one run on one machine and not to the clip.
void forgetPlaces(GenerationRequest& request) {
    request.output.clear();
    request.previews = false;
}

Json requestKeys(const GenerationRequest& request) {
    Json json = toJson(request);
    json.erase("output");
    json.erase("previews");
    return json;
}

// Sets the keys of `known` in `target`, whose other keys stay.
void overlay(Json& target, const Json& known) {
    if (!target.is_object()) {
        target = Json::object();
    }
    for (const auto& [key, value] : known.items()) {
        target[key] = value;
    }
}

Result<std::string> optionalText(const Json& json, const char* key) {
    return json.contains(key) ? base::jsonText(json, key) : Result<std::string>(std::string());
}

Result<std::vector<std::string>> textList(const Json& json, const char* key) {
    std::vector<std::string> list;
    if (!json.contains(key)) {
        return list;
    }
    const Json& value = json.at(key);
    bool isGood = value.is_array() && value.size() <= kMaxIgnoredWords;
    for (std::size_t i = 0; isGood && i < value.size(); ++i) {
        isGood = value[i].is_string();
        if (isGood) {
            list.push_back(value[i].get<std::string>());
        }
    }
    if (!isGood) {
        return base::fail(ErrorCode::BadFile,
                          std::string("'") + key + "' is not a list of words.",
                          "Leave the key out, or use a recipe that this program wrote.",
                          key);
    }
    return list;
}

base::Status readKnown(const Json& json, Recipe& recipe) {
    Result<GenerationRequest> asked = generationFromJson(json.at("asked"));
    if (!asked) {
        return base::fail(asked.error());
    }
    recipe.asked = std::move(*asked);
    if (json.contains("effective")) {
        Result<GenerationRequest> effective = generationFromJson(json.at("effective"));
        if (!effective) {
            return base::fail(effective.error());
        }
        recipe.effective = std::move(*effective);
    }
    for (const auto& [key, field] : {std::pair("model_hash", &recipe.modelHash),
                                     std::pair("app_version", &recipe.appVersion),
                                     std::pair("understood_as", &recipe.understoodAs)}) {
        Result<std::string> text = optionalText(json, key);
        if (!text) {
            return base::fail(text.error());
        }
        *field = std::move(*text);
    }
    Result<std::vector<std::string>> ignored = textList(json, "ignored_words");
    if (!ignored) {
        return base::fail(ignored.error());
    }
    recipe.ignoredWords = std::move(*ignored);
    if (json.contains("steps_done")) {
        Result<std::int64_t> steps =
            base::jsonInteger(json, "steps_done", 0, std::numeric_limits<int>::max());
        if (!steps) {
            return base::fail(steps.error());
        }
        recipe.stepsDone = static_cast<int>(*steps);
    }
    return {};
}

}  // namespace

Recipe makeRecipe(const GenerationRequest& asked, const pipeline::GenerationResult& result) {
    Recipe recipe;
    recipe.asked = asked;
    recipe.effective = result.effective;
    // Where a bundled model lies differs from machine to machine: the hash says which one it was.
    recipe.effective->model = asked.model;
    forgetPlaces(recipe.asked);
    forgetPlaces(*recipe.effective);
    recipe.modelHash = result.modelHash;
    recipe.appVersion = base::versionText();
    recipe.understoodAs = result.understoodAs;
    recipe.ignoredWords = result.ignoredWords;
    recipe.stepsDone = result.stepsDone;
    return recipe;
}

GenerationRequest reproduce(const Recipe& recipe) {
    GenerationRequest request = recipe.effective.value_or(recipe.asked);
    request.model = recipe.asked.model;
    forgetPlaces(request);
    return request;
}

Result<Recipe> parseRecipe(std::string_view text, std::string_view what) {
    Result<Json> json = base::parseJson(text, what);
    if (!json) {
        return base::fail(json.error());
    }
    const auto notARecipe = [&](const std::string& found) {
        return base::fail(ErrorCode::BadFile,
                          std::string(what) + " is not a recipe: " + found + ".",
                          "Use a clip made by this program, or a *.recipe.json that it wrote.");
    };
    if (!json->is_object()) {
        return notARecipe(std::string("it holds ") + json->type_name() + " instead of an object");
    }
    if (!json->contains("schema")) {
        return notARecipe("the key 'schema' is missing");
    }
    const Result<std::int64_t> schema =
        base::jsonInteger(*json, "schema", 1, std::numeric_limits<std::int64_t>::max());
    if (!schema) {
        return base::fail(schema.error());
    }
    if (*schema > kRecipeSchema) {
        return base::fail(ErrorCode::NewerSchema,
                          std::string(what) + " has recipe schema " + std::to_string(*schema) +
                              "; this version reads up to " + std::to_string(kRecipeSchema) + ".",
                          "Open it with a newer version of Tessera.");
    }
    if (json->contains("kind") && json->at("kind") != kKind) {
        return notARecipe("its 'kind' is " + jsonDump(json->at("kind")).substr(0, 60));
    }
    if (!json->contains("asked")) {
        return notARecipe("the key 'asked' is missing");
    }
    Recipe recipe;
    if (const base::Status status = readKnown(*json, recipe); !status) {
        return base::fail(status.error());
    }
    forgetPlaces(recipe.asked);
    if (recipe.effective) {
        forgetPlaces(*recipe.effective);
    }
    recipe.source = std::string(text);
    return recipe;
}

std::string recipeText(const Recipe& recipe) {
    Json json = Json::object();
    if (!recipe.source.empty()) {
        if (Result<Json> source = base::parseJson(recipe.source, "recipe")) {
            json = std::move(*source);
        }
    }
    json["kind"] = kKind;
    json["schema"] = kRecipeSchema;
    json["app_version"] =
        recipe.appVersion.empty() ? std::string(base::versionText()) : recipe.appVersion;
    json["model_hash"] = recipe.modelHash;
    overlay(json["asked"], requestKeys(recipe.asked));
    if (recipe.effective) {
        overlay(json["effective"], requestKeys(*recipe.effective));
    } else {
        json.erase("effective");
    }
    json["understood_as"] = recipe.understoodAs;
    json["ignored_words"] = recipe.ignoredWords;
    json["steps_done"] = recipe.stepsDone;
    return jsonDump(json, 2) + "\n";
}

std::string parametersText(const Recipe& recipe) {
    const GenerationRequest& ran = recipe.effective ? *recipe.effective : recipe.asked;
    std::string text = recipe.asked.prompt + "\n";
    if (!ran.negativePrompt.empty()) {
        text += "Negative prompt: " + ran.negativePrompt + "\n";
    }
    text += std::string("Stage: ") + word(ran.stage) + ", Steps: " + std::to_string(ran.steps);
    if (!ran.masks.empty()) {
        text += ", Masks: " + masksWord(ran.masks);
    }
    if (!ran.plan.file.empty()) {
        text += ", Plan: " + base::printable(ran.plan.file + " " + ran.plan.hash);
    }
    if (ran.cfgScale) {
        text += ", CFG scale: " + base::fixed(*ran.cfgScale, 2);
    }
    text += ", Seed: " + std::to_string(ran.seed) + ", Size: " + std::to_string(ran.width) + "x" +
            std::to_string(ran.height) + ", Frames: " + std::to_string(ran.videoFrames) +
            ", FPS: " + base::fixed(ran.fps, 2) + "\n";
    text += "Device: " + word(ran.device) + ", Precision: " + word(ran.precision) +
            ", Threads: " + std::to_string(ran.threads);
    if (!recipe.modelHash.empty()) {
        text += ", Model hash: " + recipe.modelHash;
    }
    text += ", Version: Tessera " +
            (recipe.appVersion.empty() ? std::string(base::versionText()) : recipe.appVersion) +
            "\n";
    return text;
}

}  // namespace tessera::jobs
