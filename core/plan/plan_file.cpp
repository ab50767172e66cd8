#include "core/plan/plan_file.h"

#include "core/base/file.h"
#include "core/base/format.h"
#include "core/base/json.h"
#include "core/base/version.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace tessera::plan {

using base::ErrorCode;
using base::Json;
using base::Result;
using base::Status;

namespace {

constexpr std::int64_t kMaxTokens = 1'000'000;  // of a frame, or of the text
constexpr std::int64_t kMaxBlock = 65'536;
constexpr std::int64_t kMaxBlocks = 1'000'000;  // a side; more would take minutes to count
constexpr std::size_t kMaxLosses = 4096;        // of a layer
constexpr std::size_t kMaxSeeds = 4096;
constexpr std::size_t kMaxTextBytes = 4096;
constexpr double kMaxNumber = 1e15;  // losses, timesteps, milliseconds: all far below

constexpr const char* kHint = "Use a *.plan.json that this program wrote, or make the plan again.";

// What a value is, short enough for a sentence.
std::string shown(const Json& value) {
    return base::printable(value.dump(-1, ' ', false, Json::error_handler_t::replace), 60);
}

base::Error notAPlan(std::string_view what, const std::string& found) {
    return {ErrorCode::BadFile, std::string(what) + " is not a plan: " + found + ".", kHint, {}};
}

base::Error badValue(const std::string& what, const std::string& expected, std::string where) {
    return {ErrorCode::BadFile, what + ", expected " + expected + ".", kHint, std::move(where)};
}

Status checkHead(const Json& json, std::string_view what) {
    if (!json.is_object()) {
        return base::fail(
            notAPlan(what, std::string("it holds ") + json.type_name() + " instead of an object"));
    }
    if (!json.contains("kind") || json.at("kind") != kPlanKind) {
        return base::fail(notAPlan(what,
                                   json.contains("kind") ? "its 'kind' is " + shown(json.at("kind"))
                                                         : "the key 'kind' is missing"));
    }
    const Result<std::int64_t> schema =
        base::jsonInteger(json, "schema", 1, std::numeric_limits<std::int64_t>::max());
    if (!schema) {
        return base::fail(schema.error());
    }
    if (*schema > kPlanSchema) {
        return base::fail(ErrorCode::NewerSchema,
                          std::string(what) + " has plan schema " + std::to_string(*schema) +
                              "; this version reads up to " + std::to_string(kPlanSchema) + ".",
                          "Open it with a newer version of Tessera.");
    }
    return {};
}

// The list under `key`; null where it is absent and may be.
Result<const Json*> listOf(const Json& object, const char* key, std::size_t most, bool mayLack) {
    const auto found = object.find(key);
    if (found == object.end() && mayLack) {
        return nullptr;
    }
    if (found == object.end() || !found->is_array() || found->size() > most) {
        return base::fail(
            badValue(found == object.end() ? std::string("The list '") + key + "' is missing"
                     : found->is_array()   ? std::string("The list '") + key + "' has " +
                                               std::to_string(found->size()) + " entries"
                                         : std::string("The value '") + key + "' is no list",
                     "a list of at most " + std::to_string(most),
                     key));
    }
    return &*found;
}

Status readText(const Json& json, const char* key, std::string& field) {
    if (!json.contains(key)) {
        return {};
    }
    Result<std::string> text = base::jsonText(json, key);
    if (text && text->size() > kMaxTextBytes) {
        text = base::fail(badValue(
            std::string("The text '") + key + "' has " + std::to_string(text->size()) + " bytes",
            "at most " + std::to_string(kMaxTextBytes),
            key));
    }
    if (!text) {
        return base::fail(text.error());
    }
    field = std::move(*text);
    return {};
}

Status readNumber(const Json& json, const char* key, std::optional<double>& field) {
    if (!json.contains(key)) {
        return {};
    }
    const Result<double> number = base::jsonNumber(json, key, 0.0, kMaxNumber);
    if (!number) {
        return base::fail(number.error());
    }
    field = *number;
    return {};
}

Result<FrameMask> frameMaskOf(const Json& value, int frames, const char* key) {
    if (!value.is_string()) {
        return base::fail(badValue("A mask is " + shown(value), "a name such as \"2:6\"", key));
    }
    Result<FrameMask> mask = parseFrameMask(value.get_ref<const std::string&>(), frames);
    if (!mask) {
        base::Error error = mask.error();
        error.code = ErrorCode::BadFile;
        error.where = key;
        return base::fail(std::move(error));
    }
    return mask;
}

Result<std::vector<FrameMask>> frameMasksOf(const Json& list, int frames, const char* key) {
    std::vector<FrameMask> masks;
    masks.reserve(list.size());
    for (const Json& value : list) {
        const Result<FrameMask> mask = frameMaskOf(value, frames, key);
        if (!mask) {
            return base::fail(mask.error());
        }
        masks.push_back(*mask);
    }
    return masks;
}

// "mask" for all heads or "heads", one a head.
Result<LayerMask> layerMaskOf(const Json& json, int frames) {
    if (json.contains("mask") == json.contains("heads")) {
        return base::fail(badValue(std::string("It has ") +
                                       (json.contains("mask") ? "both" : "neither") +
                                       " of 'mask' and 'heads'",
                                   "one of them",
                                   "mask"));
    }
    if (json.contains("mask")) {
        const Result<FrameMask> mask = frameMaskOf(json.at("mask"), frames, "mask");
        if (!mask) {
            return base::fail(mask.error());
        }
        return LayerMask{{*mask}};
    }
    const Result<const Json*> list = listOf(json, "heads", kMaxHeads, false);
    if (!list) {
        return base::fail(list.error());
    }
    if ((*list)->empty()) {
        return base::fail(badValue("It has no heads", "one mask for each", "heads"));
    }
    Result<std::vector<FrameMask>> masks = frameMasksOf(**list, frames, "heads");
    if (!masks) {
        return base::fail(masks.error());
    }
    return LayerMask{std::move(*masks)};
}

Status readLosses(const Json& json, std::vector<TimestepLoss>& losses) {
    const Result<const Json*> list = listOf(json, "losses", kMaxLosses, true);
    if (!list) {
        return base::fail(list.error());
    }
    if (*list == nullptr) {
        return {};
    }
    for (const Json& entry : **list) {
        const Result<double> timestep = base::jsonNumber(entry, "timestep", 0.0, kMaxNumber);
        const Result<double> loss = base::jsonNumber(entry, "loss", 0.0, kMaxNumber);
        if (!timestep || !loss) {
            return base::fail(timestep ? loss.error() : timestep.error());
        }
        losses.push_back({*timestep, *loss});
    }
    return {};
}

Result<PlanLayer> layerOf(const Json& json, int frames) {
    if (!json.is_object()) {
        return base::fail(badValue("It is " + shown(json), "an object", "mask"));
    }
    PlanLayer layer;
    Result<LayerMask> mask = layerMaskOf(json, frames);
    if (!mask) {
        return base::fail(mask.error());
    }
    layer.mask = std::move(*mask);
    if (json.contains("reference_frames")) {
        // Frames by another rule than ours would be another mask. They stand beside one mask alone:
        // for every head they would outgrow the file.
        const Json& found = json.at("reference_frames");
        const Json expected =
            json.contains("heads") ? Json() : Json(layer.mask.heads.front().referenceFrames());
        if (found != expected) {
            return base::fail(badValue("Its reference frames are " + shown(found),
                                       expected.is_null() ? std::string("none beside 'heads'")
                                                          : "those of its mask, " + shown(expected),
                                       "reference_frames"));
        }
    }
    if (const Status status = readLosses(json, layer.losses); !status) {
        return base::fail(status.error());
    }
    if (const Status status = readNumber(json, "time_ms", layer.timeMs); !status) {
        return base::fail(status.error());
    }
    return layer;
}

Status readLayers(const Json& json, AttentionPlan& plan) {
    const Result<const Json*> list = listOf(json, "layers", kMaxLayers, false);
    if (!list) {
        return base::fail(list.error());
    }
    if ((*list)->empty()) {
        return base::fail(badValue("The plan has no layers", "one mask for each", "layers"));
    }
    std::size_t heads = 1;  // 1 = no layer has named them yet
    for (const Json& entry : **list) {
        const std::string number = std::to_string(plan.layers.size());
        Result<PlanLayer> layer = layerOf(entry, plan.frames());
        const std::size_t named = layer ? layer->mask.heads.size() : 1;
        if (named > 1 && heads > 1 && named != heads) {
            layer = base::fail(badValue("It has " + std::to_string(named) + " heads",
                                        std::to_string(heads) + " as in the layers before",
                                        "heads"));
        }
        if (!layer) {
            base::Error error = layer.error();
            error.message = "Layer " + number + ": " + error.message;
            error.where = "layers[" + number + "]." + error.where;
            return base::fail(std::move(error));
        }
        heads = std::max(heads, named);
        plan.layers.push_back(std::move(*layer));
    }
    return {};
}

Status readLayout(const Json& json, AttentionPlan& plan) {
    const Result<std::int64_t> frames = base::jsonInteger(json, "frames", 1, kMaxFrames);
    const Result<std::int64_t> tokens = base::jsonInteger(json, "tokens", 1, kMaxTokens);
    const Result<std::int64_t> text = base::jsonInteger(json, "text", 0, kMaxTokens);
    const Result<std::int64_t> block =
        json.contains("block") ? base::jsonInteger(json, "block", 1, kMaxBlock) : kBlock;
    for (const Result<std::int64_t>* number : {&frames, &tokens, &text, &block}) {
        if (!*number) {
            return base::fail(number->error());
        }
    }
    plan.layout = {*frames, *tokens, *text};
    plan.block = *block;
    const std::int64_t blocks = plan.layout.total() / plan.block;
    if (blocks > kMaxBlocks) {
        return base::fail(
            badValue("The attention map has " + std::to_string(blocks) + " blocks a side",
                     "at most " + std::to_string(kMaxBlocks),
                     "block"));
    }
    return {};
}

Status readFamily(const Json& json, AttentionPlan& plan) {
    const Result<const Json*> list =
        listOf(json, "masks", static_cast<std::size_t>(plan.frames()), true);
    if (!list) {
        return base::fail(list.error());
    }
    if (*list == nullptr) {
        return {};
    }
    Result<std::vector<FrameMask>> family = frameMasksOf(**list, plan.frames(), "masks");
    if (!family) {
        return base::fail(family.error());
    }
    plan.family = std::move(*family);
    return {};
}

Status readSearch(const Json& json, AttentionPlan& plan) {
    if (!json.contains("search")) {
        return {};
    }
    const Json& value = json.at("search");
    PlanSearch search;
    if (!value.is_object()) {
        return base::fail(badValue("The value 'search' is " + shown(value), "an object", "search"));
    }
    if (const Status status = readText(value, "mode", search.mode); !status) {
        return base::fail(status.error());
    }
    if (value.contains("options")) {
        if (!value.at("options").is_object()) {
            return base::fail(badValue("The search options are " + shown(value.at("options")),
                                       "an object",
                                       "search.options"));
        }
        search.options = value.at("options").dump();
    }
    plan.search = std::move(search);
    return {};
}

Status readSeeds(const Json& json, AttentionPlan& plan) {
    const Result<const Json*> list = listOf(json, "seeds", kMaxSeeds, true);
    if (!list) {
        return base::fail(list.error());
    }
    if (*list == nullptr) {
        return {};
    }
    for (const Json& seed : **list) {
        if (!seed.is_number_unsigned()) {
            return base::fail(badValue("A seed is " + shown(seed),
                                       "a whole number from 0 to 18446744073709551615",
                                       "seeds"));
        }
        plan.seeds.push_back(seed.get<std::uint64_t>());
    }
    return {};
}

Status readKnown(const Json& json, AttentionPlan& plan) {
    for (const auto& [key, field] : {std::pair("app_version", &plan.appVersion),
                                     std::pair("model", &plan.model),
                                     std::pair("model_hash", &plan.modelHash),
                                     std::pair("machine", &plan.machine)}) {
        if (Status status = readText(json, key, *field); !status) {
            return status;
        }
    }
    for (const auto& [key, field] :
         {std::pair("threshold", &plan.threshold), std::pair("budget_ms", &plan.budgetMs)}) {
        if (Status status = readNumber(json, key, *field); !status) {
            return status;
        }
    }
    for (const auto read : {readLayout, readFamily, readLayers, readSearch, readSeeds}) {
        if (Status status = read(json, plan); !status) {
            return status;
        }
    }
    return {};
}

void setOrErase(Json& json, const char* key, const std::optional<double>& value) {
    if (value) {
        json[key] = *value;
    } else {
        json.erase(key);
    }
}

void setOrErase(Json& json, const char* key, const std::string& value) {
    if (!value.empty()) {
        json[key] = value;
    } else {
        json.erase(key);
    }
}

// The list under `key` with so many objects: those that are there, whose unknown keys stay, or,
// where their number is another, empty ones.
Json& listToFill(Json& json, const char* key, std::size_t count) {
    Json& list = json[key];
    if (!list.is_array() || list.size() != count) {
        list = Json::array();
        list.get_ref<Json::array_t&>().resize(count, Json::object());
    }
    return list;
}

// Sets what the layer says in `json`, whose other keys stay.
void writeLayer(const PlanLayer& layer, Json& json) {
    const bool isByHead = layer.mask.heads.size() > 1;
    json.erase(isByHead ? "mask" : "heads");
    if (isByHead) {
        Json names = Json::array();
        for (const FrameMask& head : layer.mask.heads) {
            names.push_back(head.name());
        }
        json["heads"] = std::move(names);
    } else {
        json["mask"] = layer.mask.name();
    }
    if (isByHead || layer.mask.isFull()) {
        json.erase("reference_frames");
    } else {
        json["reference_frames"] = layer.mask.heads.front().referenceFrames();
    }
    if (layer.losses.empty()) {
        json.erase("losses");
    } else {
        Json& losses = listToFill(json, "losses", layer.losses.size());
        for (std::size_t i = 0; i < layer.losses.size(); ++i) {
            losses[i]["timestep"] = layer.losses[i].timestep;
            losses[i]["loss"] = layer.losses[i].loss;
        }
    }
    setOrErase(json, "time_ms", layer.timeMs);
}

void writeSearch(const std::optional<PlanSearch>& search, Json& json) {
    if (!search) {
        json.erase("search");
        return;
    }
    Json& target = json["search"];
    if (!target.is_object()) {
        target = Json::object();
    }
    target["mode"] = search->mode;
    target.erase("options");
    if (!search->options.empty()) {
        const Result<Json> options = base::parseJson(search->options, "options");
        target["options"] = options ? *options : Json(search->options);
    }
}

}  // namespace

std::string planText(const AttentionPlan& plan) {
    Json json = Json::object();
    if (const Result<Json> source = base::parseJson(plan.source, "plan");
        source && source->is_object()) {
        json = *source;
    }
    json["kind"] = kPlanKind;
    json["schema"] = kPlanSchema;
    json["app_version"] =
        plan.appVersion.empty() ? std::string(base::versionText()) : plan.appVersion;
    setOrErase(json, "model", plan.model);
    setOrErase(json, "model_hash", plan.modelHash);
    json["frames"] = plan.layout.frames;
    json["tokens"] = plan.layout.tokens;
    json["text"] = plan.layout.text;
    json["block"] = plan.block;
    Json family = Json::array();
    for (const FrameMask& mask : plan.family) {
        family.push_back(mask.name());
    }
    json["masks"] = std::move(family);
    Json& layers = listToFill(json, "layers", plan.layers.size());
    for (std::size_t i = 0; i < plan.layers.size(); ++i) {
        writeLayer(plan.layers[i], layers[i]);
    }
    writeSearch(plan.search, json);
    setOrErase(json, "threshold", plan.threshold);
    setOrErase(json, "budget_ms", plan.budgetMs);
    if (plan.seeds.empty()) {
        json.erase("seeds");
    } else {
        json["seeds"] = plan.seeds;
    }
    setOrErase(json, "machine", plan.machine);
    return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Result<AttentionPlan> parsePlan(std::string_view text, std::string_view what) {
    const Result<Json> json = base::parseJson(text, what);
    if (!json) {
        return base::fail(json.error());
    }
    if (const Status status = checkHead(*json, what); !status) {
        return base::fail(status.error());
    }
    AttentionPlan plan;
    if (const Status status = readKnown(*json, plan); !status) {
        return base::fail(status.error());
    }
    plan.source = std::string(text);
    return plan;
}

Result<AttentionPlan> loadPlan(const std::filesystem::path& path) {
    const Result<std::string> text = base::readTextFile(path, base::JsonLimits{}.maxBytes);
    if (!text) {
        return base::fail(text.error());
    }
    return parsePlan(*text, path.string());
}

Status savePlan(const AttentionPlan& plan, const std::filesystem::path& path) {
    const std::string text = planText(plan);
    if (const Result<AttentionPlan> again = parsePlan(text, "plan"); !again) {
        return base::fail(
            ErrorCode::BadInput,
            "The plan cannot be saved so that it is read again: " + again.error().message,
            "Correct the value named, or make the plan again.",
            again.error().where);
    }
    return base::writeFileAtomically(path, text);
}

}  // namespace tessera::plan
