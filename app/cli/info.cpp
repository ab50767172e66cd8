// tessera info: says what a file is: clip with its recipe, recipe, plan, weights, picture, model
// folder.

#include "app/cli/clip_files.h"
#include "app/cli/command.h"
#include "app/cli/model_report.h"
#include "app/cli/plan_report.h"
#include "core/base/file.h"
#include "core/base/format.h"
#include "core/base/json.h"
#include "core/engine/make_engine.h"
#include "core/jobs/recipe.h"
#include "core/plan/plan_file.h"

#include <array>
#include <fstream>

namespace tessera::cli {

using base::ErrorCode;
using base::Json;
using base::Result;

namespace {

// Beyond this a safetensors header cannot be one: its length stands in the first eight bytes.
constexpr std::uint64_t kMaxHeaderBytes = 100'000'000;
constexpr std::size_t kShownTensors = 12;

enum class Kind { Json, Weights, Clip };

// By the first bytes; a name proves nothing.
Result<Kind> kindOf(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    std::array<char, 9> head{};
    file.read(head.data(), head.size());
    if (!file && !file.eof()) {
        return base::fail(ErrorCode::NotFound,
                          "The file " + path.string() + " cannot be read.",
                          "Check its name and that you may read it.",
                          path.string());
    }
    const auto length = static_cast<std::size_t>(file.gcount());
    std::uint64_t headerBytes = 0;
    for (std::size_t i = 8; i-- > 0;) {
        headerBytes = headerBytes << 8 | static_cast<unsigned char>(head[i]);
    }
    if (length == head.size() && head[8] == '{' && headerBytes <= kMaxHeaderBytes) {
        return Kind::Weights;
    }
    const std::string_view text(head.data(), length);
    const std::size_t first = text.find_first_not_of(" \t\r\n");
    if (first != std::string_view::npos && text[first] == '{') {
        return Kind::Json;
    }
    if (path.extension() == ".safetensors") {
        return Kind::Weights;  // its reader says what is wrong with it
    }
    return Kind::Clip;
}

void printRecipe(Console& console, const jobs::Recipe& recipe) {
    std::string text = jobs::parametersText(recipe);
    while (!text.empty() && text.back() == '\n') {
        text.pop_back();
    }
    console.print(text);
}

// A plan, else what should be a recipe.
Result<Json> tellJson(Console& console, const std::filesystem::path& path) {
    const Result<std::string> text = base::readTextFile(path);
    if (!text) {
        return base::fail(text.error());
    }
    const Result<Json> json = base::parseJson(*text, path.string());
    if (!json) {
        return base::fail(json.error());
    }
    if (json->contains("kind") && json->at("kind") == plan::kPlanKind) {
        const Result<plan::AttentionPlan> plan = plan::parsePlan(*text, path.string());
        if (!plan) {
            return base::fail(plan.error());
        }
        return tellPlan(console, path, *plan, plan->layout, plan->block);
    }
    const Result<jobs::Recipe> recipe = jobs::parseRecipe(*text, path.string());
    if (!recipe) {
        return base::fail(recipe.error());
    }
    console.print(path.string() + ": recipe");
    printRecipe(console, *recipe);
    return Json{{"kind", "recipe"},
                {"path", path.string()},
                {"recipe", Json::parse(jobs::recipeText(*recipe))}};
}

std::string shapeText(const std::vector<std::int64_t>& shape) {
    std::string text = "[";
    for (const std::int64_t extent : shape) {
        text += text.size() > 1 ? ", " : "";
        text += std::to_string(extent);
    }
    return text + "]";
}

Result<Json> tellWeights(Console& console, const std::filesystem::path& path) {
    const Result<engine::WeightsInfo> info = engine::inspectWeights(path);
    if (!info) {
        return base::fail(info.error());
    }
    console.print(path.string() + ": weights, " + std::to_string(info->tensors.size()) +
                  " tensors, " + std::to_string(info->parameters) + " parameters, " +
                  base::byteSize(info->bytes));
    Json metadata = Json::object();
    for (const auto& [key, text] : info->metadata) {
        metadata[key] = text;
        console.print(std::string("  ").append(key).append(": ").append(text));
    }
    Json tensors = Json::array();
    for (std::size_t i = 0; i < info->tensors.size(); ++i) {
        const engine::TensorInfo& tensor = info->tensors[i];
        tensors.push_back(
            Json{{"name", tensor.name}, {"dtype", tensor.dtype}, {"shape", tensor.shape}});
        if (i < kShownTensors) {
            console.print("  " + tensor.name + "  " + tensor.dtype + " " + shapeText(tensor.shape));
        } else if (i == kShownTensors) {
            console.print("  and " + std::to_string(info->tensors.size() - i) +
                          " more (all of them with --json)");
        }
    }
    return Json{{"kind", "weights"},
                {"path", path.string()},
                {"parameters", info->parameters},
                {"bytes", info->bytes},
                {"metadata", metadata},
                {"tensors", tensors}};
}

Result<Json> tellClip(Console& console, const std::filesystem::path& path) {
    Result<Json> facts = clipFacts(path);
    if (!facts) {
        return base::fail(facts.error());
    }
    const bool isPicture = facts->value("video_frames", 0) == 1;
    Json json{{"kind", isPicture ? "picture" : "clip"}, {"path", path.string()}};
    json.update(*facts);
    std::string line =
        path.string() + (isPicture ? ": picture, " : ": clip, ") + facts->value("container", "?");
    if (const std::string codec = facts->value("codec", ""); !codec.empty()) {
        line += " " + codec;
    }
    line += ", " + std::to_string(facts->value("width", 0)) + "x" +
            std::to_string(facts->value("height", 0));
    if (!isPicture) {
        line += ", " + std::to_string(facts->value("video_frames", 0)) + " frames";
        if (const double fps = facts->value("fps", 0.0); fps > 0.0) {
            line += ", " + base::fixed(fps, 2) + " fps";
        }
    }
    line += ", " + base::byteSize(facts->value("bytes", std::uint64_t{0}));
    console.print(line);

    json["recipe"] = nullptr;
    const Result<std::string> text = readRecipeText(path);
    if (!text) {
        const std::string comment = clipComment(path);
        json["comment"] = comment;
        console.print(comment.empty() ? "No recipe inside." : "Comment: " + comment);
        return json;
    }
    const Result<jobs::Recipe> recipe = jobs::parseRecipe(*text, path.string());
    if (!recipe) {
        console.warn("tessera: " + base::describe(recipe.error()));
        json["recipe_error"] = errorJson(recipe.error());
        return json;
    }
    printRecipe(console, *recipe);
    json["recipe"] = Json::parse(jobs::recipeText(*recipe));
    return json;
}

class InfoCommand final : public Command {
public:
    const CommandText& text() const override { return m_text; }

    void addFlags(FlagSet& flags) override {
        flags.path("file", m_path, "Clip, picture, recipe, plan, weights or model folder");
    }

    int run(Console& console, FlagSet& flags, const Interrupts& interrupts) override;

private:
    Result<Json> tell(Console& console, const Interrupts& interrupts) const;

    CommandText m_text{"info",
                       "Say what a file is: a clip with its recipe, a recipe, a plan, weights.",
                       "tessera info ball.mp4"};
    std::filesystem::path m_path;
};

int InfoCommand::run(Console& console, FlagSet&, const Interrupts& interrupts) {
    if (m_path.empty()) {
        return console.fail({ErrorCode::BadInput,
                             "There is no file named.",
                             "For example: " + m_text.example,
                             "file"});
    }
    const Result<Json> json = tell(console, interrupts);
    if (!json) {
        return console.fail(json.error());
    }
    console.printJson(*json);
    return console.finish();
}

Result<Json> InfoCommand::tell(Console& console, const Interrupts& interrupts) const {
    std::error_code ignored;
    const std::filesystem::file_status status = std::filesystem::status(m_path, ignored);
    if (!std::filesystem::exists(status)) {
        return base::fail(ErrorCode::NotFound,
                          "There is no file " + m_path.string() + ".",
                          "Check the name and the folder.",
                          m_path.string());
    }
    if (std::filesystem::is_directory(status)) {
        const Result<engine::ModelInfo> model = engine::inspectModel(m_path, interrupts.token());
        if (!model) {
            return base::fail(model.error());
        }
        printModel(console, *model);
        Json json{{"kind", "model"}};
        json.update(modelJson(*model));
        return json;
    }
    if (!std::filesystem::is_regular_file(status)) {
        return base::fail(ErrorCode::BadFile,
                          m_path.string() + " is neither a file nor a folder.",
                          "Name a regular file.",
                          m_path.string());
    }
    const Result<Kind> kind = kindOf(m_path);
    if (!kind) {
        return base::fail(kind.error());
    }
    switch (*kind) {
        case Kind::Json:
            return tellJson(console, m_path);
        case Kind::Weights:
            return tellWeights(console, m_path);
        case Kind::Clip:
            break;
    }
    return tellClip(console, m_path);
}

}  // namespace

std::unique_ptr<Command> makeInfoCommand() {
    return std::make_unique<InfoCommand>();
}

}  // namespace tessera::cli
