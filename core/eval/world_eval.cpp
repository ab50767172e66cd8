#include "core/eval/world_eval.h"

#include "core/base/check.h"
#include "core/base/json.h"
#include "core/eval/world_eval_weights.h"
#include "core/models/config_reader.h"
#include "core/tensor/weights.h"

#include <ATen/ATen.h>

#include <string>
#include <utility>

namespace tessera::eval {

namespace {

using models::Initial;
using models::ParameterList;

// CenterNet starts its maps at a probability of 1 %, so that the many empty cells do not
// swamp the first steps: log(0.01 / 0.99).
constexpr double kHeatBias = -4.6;

// Weights that a SiLU follows keep the variance at this multiple of the linear default.
constexpr double kConvolutionScale = 2.0;

void appendConvolution(ParameterList& list,
                       const std::string& prefix,
                       Layer& layer,
                       std::int64_t in,
                       std::int64_t out,
                       std::int64_t side,
                       double scale = kConvolutionScale) {
    list.push_back(
        {prefix + ".weight", &layer.weight, {out, in, side, side}, Initial::FanIn, scale});
    list.push_back({prefix + ".bias", &layer.bias, {out}, Initial::Zero});
}

void appendLinear(ParameterList& list,
                  const std::string& prefix,
                  Layer& layer,
                  std::int64_t in,
                  std::int64_t out,
                  double scale = 1.0) {
    models::appendLinear(list, prefix, layer.weight, layer.bias, in, out, Initial::FanIn, scale);
}

void appendNorm(ParameterList& list, const std::string& prefix, Layer& layer, std::int64_t width) {
    list.push_back({prefix + ".weight", &layer.weight, {width}, Initial::One});
    list.push_back({prefix + ".bias", &layer.bias, {width}, Initial::Zero});
}

void appendTemporal(ParameterList& list,
                    const std::string& prefix,
                    TemporalLayer& layer,
                    std::int64_t width) {
    appendNorm(list, prefix + ".attn_norm", layer.attentionNorm, width);
    appendLinear(list, prefix + ".attn.to_qkv", layer.qkv, width, 3 * width);
    appendLinear(list, prefix + ".attn.to_out", layer.out, width, width);
    appendNorm(list, prefix + ".ff_norm", layer.mlpNorm, width);
    appendLinear(list, prefix + ".ff.up", layer.up, width, 2 * width);
    appendLinear(list, prefix + ".ff.down", layer.down, 2 * width, width);
}

template <std::size_t N>
std::array<int, N> toArray(const std::vector<std::int64_t>& values) {
    std::array<int, N> array{};
    for (std::size_t i = 0; i < N && i < values.size(); ++i) {
        array[i] = static_cast<int>(values[i]);
    }
    return array;
}

base::Result<WorldEvalConfig> parseConfig(const base::Json& json) {
    models::ConfigReader reader(json, "world-eval/config.json");
    WorldEvalConfig config;
    config.widths = toArray<5>(reader.integers("block_out_channels", 5, 1, 2048));
    config.blocks = toArray<5>(reader.integers("layers_per_block", 5, 0, 64));
    config.fusedWidth = static_cast<int>(reader.integer("fused_channels", 1, 2048));
    config.tokenWidth = static_cast<int>(reader.integer("hidden_size", 1, 4096));
    config.heads = static_cast<int>(reader.integer("num_attention_heads", 1, 64));
    config.layers = static_cast<int>(reader.integer("num_layers", 0, 64));
    if (!reader.error() && config.tokenWidth % config.heads != 0) {
        reader.refuse("hidden_size", "a multiple of num_attention_heads");
    }
    if (!reader.error() && reader.integer("world_version", 0, 1 << 20) != world::kWorldVersion) {
        reader.refuse(
            "world_version",
            std::to_string(world::kWorldVersion) + ", the version of the world this program draws");
    }
    return reader.finish(config);
}

}  // namespace

WorldEval::WorldEval(const WorldEvalConfig& config) : m_weights(std::make_unique<Weights>()) {
    CHECK(config.tokenWidth % config.heads == 0, config.tokenWidth, config.heads);
    m_weights->config = config;
    m_weights->stages.resize(config.widths.size());
    for (std::size_t i = 0; i < config.widths.size(); ++i) {
        m_weights->stages[i].blocks.resize(static_cast<std::size_t>(config.blocks[i]));
    }
    m_weights->objectLayers.resize(static_cast<std::size_t>(config.layers));
}

WorldEval::WorldEval(WorldEval&&) noexcept = default;
WorldEval& WorldEval::operator=(WorldEval&&) noexcept = default;
WorldEval::~WorldEval() = default;

const WorldEvalConfig& WorldEval::config() const {
    return m_weights->config;
}

WorldEval WorldEval::random(std::uint64_t seed, c10::Device device, const WorldEvalConfig& config) {
    WorldEval net(config);
    models::initialise(net.parameters(), seed, device);
    return net;
}

base::Result<WorldEval> WorldEval::load(const std::filesystem::path& folder,
                                        c10::ScalarType dtype,
                                        c10::Device device) {
    const auto json = base::readJsonFile(folder / "config.json");
    if (!json) {
        return base::fail(json.error());
    }
    const auto config = parseConfig(*json);
    if (!config) {
        return base::fail(config.error());
    }
    auto weights = tensor::Weights::openComponent(folder);
    if (!weights) {
        return base::fail(weights.error());
    }
    WorldEval net(*config);
    const auto loaded = models::load(net.parameters(), *weights, dtype, device);
    if (!loaded) {
        return base::fail(loaded.error());
    }
    return net;
}

base::Status WorldEval::saveConfig(const std::filesystem::path& folder) const {
    const WorldEvalConfig& c = config();
    return base::writeJsonFile(folder / "config.json",
                               {{"_class_name", "TesseraWorldEval"},
                                {"world_version", world::kWorldVersion},
                                {"block_out_channels", c.widths},
                                {"layers_per_block", c.blocks},
                                {"fused_channels", c.fusedWidth},
                                {"hidden_size", c.tokenWidth},
                                {"num_attention_heads", c.heads},
                                {"num_layers", c.layers}});
}

models::ParameterList WorldEval::parameters() {
    Weights& w = *m_weights;
    const WorldEvalConfig& c = w.config;
    ParameterList list;

    std::int64_t in = 9;  // a frame and its differences to both neighbours
    std::int64_t pooled = 0;
    for (std::size_t i = 0; i < w.stages.size(); ++i) {
        const std::string prefix = "trunk." + std::to_string(i);
        TrunkStage& stage = w.stages[i];
        const std::int64_t width = c.widths[i];
        appendConvolution(list, prefix + ".down", stage.down, in, width, 3);
        if (i > 0) {
            appendNorm(list, prefix + ".norm", stage.norm, width);
            appendConvolution(
                list, prefix + ".lateral", stage.lateral, width, c.fusedWidth, 1, 1.0);
            pooled += width;
        }
        for (std::size_t j = 0; j < stage.blocks.size(); ++j) {
            const std::string name = prefix + ".resnets." + std::to_string(j);
            appendNorm(list, name + ".norm", stage.blocks[j].norm, width);
            appendConvolution(list, name + ".conv1", stage.blocks[j].first, width, width, 3);
            appendConvolution(list, name + ".conv2", stage.blocks[j].second, width, width, 3, 1.0);
        }
        in = width;
    }
    appendNorm(list, "fuse.norm", w.fuseNorm, c.fusedWidth);
    appendConvolution(list, "fuse.conv", w.fuse, c.fusedWidth, c.fusedWidth, 3);
    appendConvolution(list, "head.conv", w.headHidden, c.fusedWidth, c.fusedWidth, 3);
    list.push_back({"head.heat.weight", &w.heat.weight, {kScales, c.fusedWidth, 1, 1}});
    list.push_back({"head.heat.bias", &w.heat.bias, {kScales}, Initial::Constant, kHeatBias});
    appendConvolution(
        list, "head.box", w.boxes, c.fusedWidth, std::int64_t{kScales} * kBoxNumbers, 1, 1.0);

    const std::int64_t d = c.tokenWidth;
    appendLinear(list, "clip.pooled", w.pooled, pooled, d);
    appendLinear(
        list, "clip.grid", w.grid, std::int64_t{c.fusedWidth} * kGridRows * kGridColumns, d);
    list.push_back({"clip.position", &w.framePosition, {kSampledFrames, d}, Initial::Normal, 0.1});
    appendTemporal(list, "clip.layer", w.contextLayer, d);
    appendNorm(list, "clip.norm", w.clipNorm, d);
    appendLinear(list, "clip.background", w.background, d, world::kBackgroundCount);
    appendLinear(list, "clip.background_colour", w.backgroundColour, d, world::kColourCount);
    appendLinear(list, "clip.weather", w.weather, d, world::kWeatherCount);
    appendLinear(list, "clip.camera", w.camera, d, world::kCameraCount);
    appendLinear(list, "clip.style", w.style, d, world::kStyleCount);

    appendConvolution(
        list, "object.reduce", w.roiReduce, c.fusedWidth + kPictureChannels, kRoiWidth, 1, 1.0);
    appendLinear(list, "object.roi", w.roi, std::int64_t{kRoiWidth} * kRoiSide * kRoiSide, d);
    appendLinear(list, "object.kinematics", w.kinematics, kKinematicNumbers, d);
    appendLinear(list, "object.context", w.context, d, d);
    list.push_back(
        {"object.position", &w.objectPosition, {kSampledFrames, d}, Initial::Normal, 0.1});
    for (std::size_t i = 0; i < w.objectLayers.size(); ++i) {
        appendTemporal(list, "object.layers." + std::to_string(i), w.objectLayers[i], d);
    }
    appendLinear(list,
                 "object.path.0",
                 w.pathFirst,
                 std::int64_t{kSampledFrames} * kKinematicNumbers,
                 d,
                 kConvolutionScale);
    appendLinear(list, "object.path.1", w.pathSecond, d, d, kConvolutionScale);
    appendLinear(list, "object.path.motion", w.pathMotion, d, world::kMotionCount);
    appendLinear(list,
                 "object.palette.0",
                 w.paletteFirst,
                 std::int64_t{kPictureChannels} * kRoiSide * kRoiSide,
                 d,
                 kConvolutionScale);
    appendLinear(list, "object.palette.colour", w.paletteColour, d, world::kColourCount);
    appendNorm(list, "object.norm", w.objectNorm, d);
    appendLinear(list, "object.class", w.shapeClass, d, world::kClassCount);
    appendLinear(list, "object.colour", w.colour, d, world::kColourCount);
    appendLinear(list, "object.texture", w.texture, d, world::kTextureCount);
    appendLinear(list, "object.size", w.size, d, world::kSizeCount);
    appendLinear(list, "object.motion", w.motion, d, world::kMotionCount);
    appendLinear(list, "object.action", w.action, d, world::kActionCount);
    appendLinear(list, "pair.hidden", w.relationHidden, 2 * d + kPairNumbers, kRelationHidden);
    appendLinear(list, "pair.relation", w.relation, kRelationHidden, world::kRelationCount);
    return list;
}

}  // namespace tessera::eval
