// The opening half of weights.h: which files make up a component, and whether their tensors fit
// together.

#include "core/base/format.h"
#include "core/base/json.h"
#include "core/tensor/quantise.h"
#include "core/tensor/weights_state.h"

#include <algorithm>
#include <utility>

namespace tessera::tensor {
namespace {

namespace fs = std::filesystem;

using base::Error;
using base::ErrorCode;
using base::fail;
using base::StoredTensor;
using base::StoredType;

constexpr std::string_view kDelta = ".delta";
constexpr std::string_view kScale = ".scale";

tl::unexpected<Error> badModel(const fs::path& folder, const std::string& problem) {
    return fail(ErrorCode::BadModel,
                "The weights in '" + folder.string() + "' " + base::printable(problem) + ".",
                "Export or download the model again.",
                folder.string());
}

bool isFloat(StoredType type) {
    return type == StoredType::F64 || type == StoredType::F32 || type == StoredType::F16 ||
           type == StoredType::BF16;
}

bool isThere(const fs::path& path) {
    std::error_code ignored;
    return fs::exists(path, ignored);
}

// Regular files of the folder with one of these endings, sorted.
std::vector<fs::path> filesEnding(const fs::path& folder,
                                  std::initializer_list<std::string_view> endings) {
    std::vector<fs::path> found;
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(folder, ignored)) {
        const std::string name = entry.path().filename().string();
        if (entry.is_regular_file(ignored) &&
            std::any_of(endings.begin(), endings.end(), [&name](std::string_view ending) {
                return name.ends_with(ending);
            })) {
            found.push_back(entry.path());
        }
    }
    std::sort(found.begin(), found.end());
    return found;
}

// The single file or the index that holds the component's weights.
base::Result<fs::path> findWeights(const fs::path& folder) {
    std::error_code ignored;
    if (!fs::is_directory(folder, ignored)) {
        if (isThere(folder)) {
            return folder;
        }
        return fail(
            ErrorCode::NotFound,
            "There is no folder '" + folder.string() + "'; expected the weights of a model.",
            "Check the path, or download the model again.",
            folder.string());
    }
    for (const char* stem : {"diffusion_pytorch_model.safetensors", "model.safetensors"}) {
        for (const char* ending : {"", ".index.json"}) {
            const fs::path candidate = folder / (std::string(stem) + ending);
            if (isThere(candidate)) {
                return candidate;
            }
        }
    }
    const auto indices = filesEnding(folder, {".safetensors.index.json"});
    if (indices.size() == 1) {
        return indices.front();
    }
    const auto files = filesEnding(folder, {".safetensors"});
    if (indices.empty() && files.size() == 1) {
        return files.front();
    }
    if (indices.empty() && files.empty()) {
        // Opening a pickle is refused with the command that converts it.
        const auto pickles = filesEnding(folder, {".bin", ".pt", ".pth", ".ckpt"});
        if (!pickles.empty()) {
            return pickles.front();
        }
        return fail(ErrorCode::NotFound,
                    "There are no weights in '" + folder.string() +
                        "'; expected diffusion_pytorch_model.safetensors or model.safetensors.",
                    "Download the model again.",
                    folder.string());
    }
    return badModel(folder,
                    "stand in " + std::to_string(files.size()) + " safetensors files and " +
                        std::to_string(indices.size()) +
                        " indices; expected diffusion_pytorch_model.safetensors, "
                        "model.safetensors or the index of one of them");
}

// Shards named by an index: tensor name -> file name, both taken from the index.
base::Result<std::map<std::string, std::string>> readIndex(const fs::path& path) {
    const base::Result<base::Json> index = base::readJsonFile(path);
    if (!index) {
        return fail(index.error());
    }
    const auto map = index->is_object() ? index->find("weight_map") : index->end();
    if (!index->is_object() || map == index->end() || !map->is_object() || map->empty()) {
        return fail(ErrorCode::BadFile,
                    "The index '" + path.string() + "' has no 'weight_map' with tensors in it.",
                    "Download the model again.",
                    path.string());
    }
    std::map<std::string, std::string> shards;
    for (const auto& [tensor, file] : map->items()) {
        const std::string name = file.is_string() ? file.get<std::string>() : std::string();
        // A shard stands beside its index; anything else could point out of the model's folder.
        if (name.empty() || name == "." || name == ".." || name.find('/') != std::string::npos ||
            name.find('\\') != std::string::npos || name.find('\0') != std::string::npos) {
            return fail(ErrorCode::BadFile,
                        "The index '" + path.string() + "' puts the tensor '" +
                            base::printable(tensor) + "' into '" + base::printable(name) +
                            "', which is not a file beside the index.",
                        "Download the model again.",
                        path.string());
        }
        shards.emplace(tensor, name);
    }
    return shards;
}

}  // namespace

// Fills a State step by step; every step returns what is wrong with the files.
class WeightsOpener {
public:
    using State = Weights::State;

    static base::Status openFiles(State& state);
    static base::Status sortTensors(State& state);
    static base::Status checkAgainstParent(const State& state);

private:
    static base::Status addFile(State& state, const fs::path& path);
    static base::Status addShards(State& state, const fs::path& index);
    static base::Status addParameter(State& state, const std::string& stored);
    static base::Status checkScales(const State& state, const StoredParameter& parameter);
    static const StoredTensor* find(const State& state, std::string_view stored);
    static bool isCompanion(const State& state, std::string_view stored);
};

const StoredTensor* WeightsOpener::find(const State& state, std::string_view stored) {
    return state.fileOf.contains(stored) ? &state.entry(stored) : nullptr;
}

base::Status WeightsOpener::addFile(State& state, const fs::path& path) {
    base::Result<WeightFile> file = WeightFile::open(path);
    if (!file) {
        return fail(file.error());
    }
    for (const auto& [name, entry] : file->layout().tensors) {
        if (!state.fileOf.emplace(name, state.files.size()).second) {
            return badModel(state.folder, "hold the tensor '" + name + "' in two shards");
        }
    }
    state.metadata.insert(file->metadata().begin(), file->metadata().end());
    state.files.push_back(std::move(*file));
    return {};
}

base::Status WeightsOpener::addShards(State& state, const fs::path& index) {
    const auto shards = readIndex(index);
    if (!shards) {
        return fail(shards.error());
    }
    std::set<std::string> names;
    for (const auto& [tensor, file] : *shards) {
        names.insert(file);
    }
    for (const std::string& name : names) {
        if (base::Status added = addFile(state, index.parent_path() / name); !added) {
            return added;
        }
    }
    for (const auto& [tensor, file] : *shards) {
        const auto found = state.fileOf.find(tensor);
        if (found == state.fileOf.end() ||
            state.files[found->second].path().filename() != fs::path(file)) {
            std::string problem = "lack the tensor '";
            problem.append(tensor).append("' in '").append(file);
            return badModel(state.folder, problem.append("', where the index puts it"));
        }
    }
    return {};
}

base::Status WeightsOpener::openFiles(State& state) {
    const base::Result<fs::path> path = findWeights(state.folder);
    if (!path) {
        return fail(path.error());
    }
    return path->extension() == ".json" ? addShards(state, *path) : addFile(state, *path);
}

bool WeightsOpener::isCompanion(const State& state, std::string_view stored) {
    if (!stored.ends_with(kScale)) {
        return false;
    }
    const std::string owner(stored.substr(0, stored.size() - kScale.size()));
    const StoredTensor* whole = find(state, owner);
    if (whole != nullptr && whole->type == StoredType::I8) {
        return true;
    }
    const StoredTensor* delta = find(state, owner + std::string(kDelta));
    return delta != nullptr && !isFloat(delta->type);
}

base::Status WeightsOpener::addParameter(State& state, const std::string& stored) {
    const StoredTensor& values = state.entry(stored);
    StoredParameter parameter{ParameterForm::Whole, stored, {}};
    std::string name = stored;
    if (stored.ends_with(kDelta)) {
        name.resize(name.size() - kDelta.size());
        if (isFloat(values.type)) {
            parameter.form = ParameterForm::WholeDelta;
        } else if (values.type == StoredType::I8) {
            parameter.form = ParameterForm::RowsDelta;
        } else if (values.type == StoredType::U8) {
            parameter.form = ParameterForm::Int4Delta;
        } else {
            return badModel(state.folder,
                            "hold the delta '" + stored + "' as " + base::storedName(values.type) +
                                "; expected a float type, I8 or U8");
        }
    } else if (values.type == StoredType::I8 &&
               find(state, stored + std::string(kScale)) != nullptr) {
        parameter.form = ParameterForm::Rows;
    }
    const bool hasScales = parameter.form == ParameterForm::Rows ||
                           parameter.form == ParameterForm::RowsDelta ||
                           parameter.form == ParameterForm::Int4Delta;
    if (hasScales) {
        parameter.scales = name + std::string(kScale);
        if (base::Status good = checkScales(state, parameter); !good) {
            return good;
        }
    }
    if (!state.parameters.emplace(name, parameter).second) {
        return badModel(state.folder, "hold '" + name + "' whole and as a delta");
    }
    return {};
}

base::Status WeightsOpener::checkScales(const State& state, const StoredParameter& parameter) {
    const StoredTensor& values = state.entry(parameter.values);
    const StoredTensor* scales = find(state, parameter.scales);
    if (scales == nullptr) {
        return badModel(
            state.folder,
            "hold '" + parameter.values + "' without its scales '" + parameter.scales + "'");
    }
    if (parameter.form == ParameterForm::Int4Delta &&
        (values.shape.size() != 2 || values.shape[1] != kInt4Group / 2)) {
        return badModel(state.folder,
                        "hold '" + parameter.values + "' as " + base::shapeText(values.shape) +
                            "; expected groups of " + std::to_string(kInt4Group / 2) + " bytes");
    }
    if (values.shape.empty() || !isFloat(scales->type) || scales->shape.size() != 1 ||
        scales->shape[0] != values.shape[0]) {
        return badModel(state.folder,
                        "hold the scales '" + parameter.scales + "' as " +
                            base::storedName(scales->type) + " " + base::shapeText(scales->shape) +
                            "; expected one float a row of '" + parameter.values + "', which is " +
                            base::shapeText(values.shape));
    }
    return {};
}

base::Status WeightsOpener::sortTensors(State& state) {
    for (const auto& [stored, index] : state.fileOf) {
        if (isCompanion(state, stored)) {
            continue;
        }
        if (base::Status added = addParameter(state, stored); !added) {
            return added;
        }
    }
    return {};
}

base::Status WeightsOpener::checkAgainstParent(const State& state) {
    for (const auto& [name, parameter] : state.parameters) {
        if (parameter.form == ParameterForm::Whole || parameter.form == ParameterForm::Rows) {
            continue;
        }
        if (!state.parent) {
            return badModel(
                state.folder,
                "are changes to another model ('" + parameter.values + "'); expected a whole one");
        }
        const std::vector<std::int64_t>* shape = state.parent->shape(name);
        if (shape == nullptr) {
            return badModel(state.folder,
                            "change the tensor '" + name + "', which the parent in '" +
                                state.parent->folder.string() + "' does not have");
        }
        const StoredTensor& values = state.entry(parameter.values);
        std::int64_t count = 1;
        for (const std::int64_t size : *shape) {
            count *= size;  // the parent's layout was checked for overflow
        }
        const bool fits = parameter.form == ParameterForm::Int4Delta
                              ? values.shape[0] == (count + kInt4Group - 1) / kInt4Group
                              : values.shape == *shape;
        if (!fits) {
            return badModel(state.folder,
                            "hold the change '" + parameter.values + "' as " +
                                base::shapeText(values.shape) + ", the parent's tensor is " +
                                base::shapeText(*shape));
        }
    }
    return {};
}

base::Result<Weights> Weights::openComponent(const std::filesystem::path& folder) {
    auto state = std::make_unique<State>();
    state->folder = folder;
    if (base::Status opened = WeightsOpener::openFiles(*state); !opened) {
        return fail(opened.error());
    }
    if (base::Status sorted = WeightsOpener::sortTensors(*state); !sorted) {
        return fail(sorted.error());
    }
    if (base::Status checked = WeightsOpener::checkAgainstParent(*state); !checked) {
        return fail(checked.error());
    }
    return Weights(std::move(state));
}

base::Result<Weights> Weights::openDelta(const std::filesystem::path& folder, Weights parent) {
    auto state = std::make_unique<State>();
    state->folder = folder;
    state->parent = std::move(parent.m_state);
    if (base::Status opened = WeightsOpener::openFiles(*state); !opened) {
        return fail(opened.error());
    }
    if (base::Status sorted = WeightsOpener::sortTensors(*state); !sorted) {
        return fail(sorted.error());
    }
    if (base::Status checked = WeightsOpener::checkAgainstParent(*state); !checked) {
        return fail(checked.error());
    }
    const auto named = state->metadata.find("parent_hash");
    if (named != state->metadata.end()) {
        const base::Result<std::uint64_t> hash = state->parent->contentHash();
        if (!hash) {
            return fail(hash.error());
        }
        const std::string found = base::hex64(*hash);
        if (named->second != found) {
            return badModel(folder,
                            "were made for the parent " + named->second + ", the one in '" +
                                state->parent->folder.string() + "' is " + found);
        }
    }
    return Weights(std::move(state));
}

}  // namespace tessera::tensor
