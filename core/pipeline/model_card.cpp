#include "core/pipeline/model_card.h"

#include "core/base/json.h"
#include "core/base/paths.h"

#include <algorithm>
#include <optional>
#include <system_error>

namespace tessera::pipeline {

namespace {

constexpr int kSchema = 1;

base::Error bad(const std::filesystem::path& file, const std::string& what) {
    return {base::ErrorCode::BadModel,
            "The model index " + file.string() + " " + what + ".",
            "Download the model again, or choose the folder of a model that this program supports.",
            file.string()};
}

// [[192, 128], ...]; nothing when it is not such a list.
std::optional<std::vector<std::pair<int, int>>> readSizes(const base::Json& json) {
    std::vector<std::pair<int, int>> sizes;
    if (!json.is_array() || json.empty() || json.size() > 64) {
        return std::nullopt;
    }
    for (const base::Json& size : json) {
        const bool pair = size.is_array() && size.size() == 2 && size[0].is_number_integer() &&
                          size[1].is_number_integer();
        if (!pair) {
            return std::nullopt;
        }
        const auto width = size[0].get<std::int64_t>();
        const auto height = size[1].get<std::int64_t>();
        if (width < 16 || width > 8192 || height < 16 || height > 8192) {
            return std::nullopt;
        }
        sizes.emplace_back(static_cast<int>(width), static_cast<int>(height));
    }
    std::ranges::sort(sizes);
    return sizes;
}

}  // namespace

base::Result<std::filesystem::path> bundledModel() {
    auto resources = base::resourcesFolder();
    if (!resources) {
        return base::fail(resources.error());
    }
    return *resources / "models" / "tessera-small";
}

base::Result<ModelCard> readModelCard(const std::filesystem::path& folder) {
    ModelCard card;
    card.folder = folder;
    if (folder.empty()) {
        auto bundled = bundledModel();
        if (!bundled) {
            return base::fail(bundled.error());
        }
        card.folder = *bundled;
    }
    const auto file = card.folder / "model_index.json";
    auto json = base::readJsonFile(file);
    if (!json) {
        return base::fail(json.error());
    }
    if (!json->is_object() || !json->contains("tessera") || !(*json)["tessera"].is_object()) {
        return base::fail(bad(file, "names no architecture that this program runs"));
    }
    const base::Json& ours = (*json)["tessera"];
    if (auto schema = base::jsonInteger(ours, "schema", 1, 1 << 20); !schema) {
        return base::fail(schema.error());
    } else if (*schema > kSchema) {
        return base::fail(base::ErrorCode::NewerSchema,
                          "The model index " + file.string() + " has schema " +
                              std::to_string(*schema) + "; this program knows " +
                              std::to_string(kSchema) + ".",
                          "Update the program, or use an older download of the model.",
                          "schema");
    }
    const auto name = base::jsonText(ours, "name");
    const auto architecture = base::jsonText(ours, "architecture");
    const auto fps = base::jsonNumber(ours, "fps", 1.0, 240.0);
    const auto steps = base::jsonInteger(ours, "steps", 1, 1000);
    const auto cfgScale = base::jsonNumber(ours, "cfg_scale", 1.0, 100.0);
    const auto closed = base::jsonBool(ours, "closed_vocabulary");
    for (const base::Error* error : {name ? nullptr : &name.error(),
                                     architecture ? nullptr : &architecture.error(),
                                     fps ? nullptr : &fps.error(),
                                     steps ? nullptr : &steps.error(),
                                     cfgScale ? nullptr : &cfgScale.error(),
                                     closed ? nullptr : &closed.error()}) {
        if (error != nullptr) {
            return base::fail(*error);
        }
    }
    const auto list = [&](const char* key) {
        return ours.contains(key) ? ours[key] : base::Json();
    };
    const auto sizes = readSizes(list("sizes"));
    const auto defaults =
        readSizes(base::Json::array({list("default_size"), list("default_size_gpu")}));
    const base::Json frames = list("video_frames");
    if (!sizes || !defaults || !frames.is_array() || frames.empty()) {
        return base::fail(bad(
            file, "lacks \"sizes\", \"default_size\", \"default_size_gpu\" or \"video_frames\""));
    }
    for (const base::Json& count : frames) {
        if (!count.is_number_integer() || count.get<std::int64_t>() < 1 ||
            count.get<std::int64_t>() > 100000) {
            return base::fail(bad(file, "has \"video_frames\" that are not whole numbers from 1"));
        }
        card.videoFrames.push_back(count.get<int>());
    }
    card.name = *name;
    card.architecture = *architecture;
    card.fps = *fps;
    card.steps = static_cast<int>(*steps);
    card.cfgScale = *cfgScale;
    card.closedVocabulary = *closed;
    card.sizes = *sizes;
    card.defaultSize = defaults->front();
    card.defaultSizeGpu = defaults->back();
    card.stages = {Stage::Base};
    for (const auto& [stage, folderName] :
         {std::pair{Stage::Mlcd, "mlcd"}, std::pair{Stage::Sparse, "sparse"}}) {
        if (std::filesystem::exists(card.folder / "stages" / folderName)) {
            card.stages.push_back(stage);
        }
    }
    return card;
}

base::Status checkHasWeights(const ModelCard& card) {
    std::error_code ignored;
    if (std::filesystem::exists(card.folder / "transformer" / "config.json", ignored)) {
        return {};
    }
    return base::fail(base::ErrorCode::NotFound,
                      card.name + " has no weights in its folder " + card.folder.string() + ".",
                      "Train them (README, Training), or choose the folder of a whole model.",
                      "model");
}

}  // namespace tessera::pipeline
