// Trains the causal VAE on crops of rendered clips (embedded-model.md 2.2 and 3.7): moving objects
// weigh more than scenery, because the mean over pixels hides them.

#include "core/base/picture.h"
#include "core/base/random.h"
#include "core/eval/vae_metrics.h"
#include "core/models/vae_tessera.h"
#include "core/tensor/device.h"
#include "core/train/clip_tensors.h"
#include "core/train/export.h"
#include "core/train/method.h"
#include "core/train/method_config.h"
#include "core/train/ordered_producer.h"
#include "core/world/render.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <map>
#include <numeric>

namespace tessera::train {
namespace {

struct Options {
    std::int64_t batch = 32;
    std::int64_t crop = 128;  // pixels, each way
    std::int64_t frames = 17;
    std::int64_t channels = 16;
    std::int64_t width = 32;  // of the first level; the others double it
    double learningRate = 8e-4;
    std::int64_t horizon = 12000;
    std::int64_t judged = 24;  // clips of an evaluation
    std::int64_t judgedHeight = 256;
    double squared = 1.0;          // weight of the squared error
    double differences = 0.3;      // of the error of differences in x and y
    double timeDifferences = 0.3;  // and in t: what flickers on a still ground
    double klWeight = 1e-4;
    std::int64_t warmStart = 0;  // 1: begin from the weights that the model folder holds
};

// Full-frame heights of the pictures that crops are cut from, and their shares.
constexpr std::array<int, 3> kHeights{256, 192, 128};
constexpr std::array<double, 3> kHeightShares{0.55, 0.3, 0.15};
constexpr double kStillWeight = 2.0;     // extra weight of a pixel of a still object
constexpr double kMovingWeight = 4.0;    // of a moving one
constexpr double kOnObjectShare = 0.75;  // crops that are centred near an object
constexpr std::int64_t kKlWarmUp = 500;

// One crop: rgb [T, S, S, 3] and importance [T, S, S] (0 scenery, 1 still object, 2 moving object).
struct Crop {
    std::vector<std::uint8_t> rgb;
    std::vector<std::uint8_t> importance;
};

// 0 scenery, 1 an object that stands still, 2 one that moves: for each value of the id plane.
std::array<std::uint8_t, 256> importanceById(const world::Scene& scene) {
    std::array<std::uint8_t, 256> importance{};
    const at::Tensor moving = eval::movingObjects(std::span(&scene, 1));  // [1, objects]
    for (std::size_t i = 0; i < scene.objects.size(); ++i) {
        importance[i + 1] = moving[0][static_cast<std::int64_t>(i)].item<bool>() ? 2 : 1;
    }
    return importance;
}

Crop makeCrop(std::uint64_t seed, std::uint64_t index, const Options& options) {
    base::RandomStream random(seed, index);
    const world::Scene scene = world::makeScene((seed << 40) + index);
    double pick = random.uniform();
    std::size_t which = 0;
    while (which + 1 < kHeights.size() && pick >= kHeightShares[which]) {
        pick -= kHeightShares[which++];
    }
    const int size = static_cast<int>(options.crop);
    world::View view = world::View::whole(kHeights[which] * 3 / 2, kHeights[which]);
    if (view.height < size) {
        view = world::View::whole(size * 3 / 2, size);
    }
    view.windowWidth = view.windowHeight = size;
    view.frames = static_cast<int>(options.frames);
    view.firstFrame = random.below(world::kClipFrames - view.frames + 1);
    double x = random.uniform(0.0, view.width);
    double y = random.uniform(0.0, view.height);
    if (!scene.objects.empty() && random.chance(kOnObjectShare)) {
        const auto frames = world::truth(scene, view.width, view.height);
        const std::size_t middle =
            static_cast<std::size_t>(view.firstFrame) + static_cast<std::size_t>(view.frames) / 2;
        const auto& objects = frames[middle];
        const auto& object =
            objects[static_cast<std::size_t>(random.below(static_cast<int>(objects.size())))];
        x = object.centreX + random.uniform(-0.4, 0.4) * size;
        y = object.centreY + random.uniform(-0.4, 0.4) * size;
    }
    view.left = std::clamp(static_cast<int>(x) - size / 2, 0, view.width - size);
    view.top = std::clamp(static_cast<int>(y) - size / 2, 0, view.height - size);
    Crop crop;
    const auto pixels = static_cast<std::size_t>(options.frames * options.crop * options.crop);
    crop.rgb.resize(pixels * 3);
    crop.importance.resize(pixels);
    world::render(scene, view, crop.rgb, crop.importance);
    const std::array<std::uint8_t, 256> importance = importanceById(scene);
    for (std::uint8_t& id : crop.importance) {
        id = importance[id];
    }
    return crop;
}

class VaeMethod final : public Method {
public:
    VaeMethod(const MethodContext& context, const Options& options)
        : m_context(context), m_options(options), m_vae(makeConfig(options)) {
        models::initialise(m_vae.parameters(), context.request.seed, context.device);
        // Posteriors start narrow: log-variance -6, so that the first reconstructions see their
        // latents.
        for (const models::Parameter& parameter : m_vae.parameters()) {
            if (parameter.name == "encoder.conv_out.bias") {
                parameter.slot->narrow(0, options.channels, options.channels).fill_(-6.0);
            }
        }
        const auto bytes = at::TensorOptions().dtype(at::kByte);
        const std::int64_t b = options.batch, t = options.frames, s = options.crop;
        m_rgb = at::zeros({b, t, s, s, 3}, bytes.device(context.device));
        m_importance = at::zeros({b, t, s, s}, bytes.device(context.device));
        const auto scalar = at::TensorOptions().dtype(at::kFloat).device(context.device);
        m_klWeight = at::zeros({}, scalar);
        for (at::Tensor* part : {&m_absolute, &m_kl, &m_psnr}) {
            *part = at::zeros({}, scalar);
        }
    }

    const char* name() const override { return "vae"; }

    Pace pace() const override {
        Pace pace;
        pace.learningRate = m_options.learningRate;
        pace.finalRate = 0.01 * m_options.learningRate;
        pace.warmUp = 200;
        pace.average = 0.999;
        pace.horizon = m_options.horizon;
        pace.optimizer.weightDecay = 0.0;
        return pace;
    }

    models::ParameterList parameters() override { return m_vae.parameters(); }

    int batchSize(int) const override { return static_cast<int>(m_options.batch); }

    base::Result<int> prepare(std::int64_t step, double) override {
        if (!m_crops) {
            const auto first = static_cast<std::uint64_t>(step * m_options.batch);
            m_crops = std::make_unique<OrderedProducer<Crop>>(
                m_context.renderThreads,
                static_cast<std::size_t>(4 * m_options.batch),
                first,
                [seed = m_context.request.seed, options = m_options](std::uint64_t i) {
                    return makeCrop(seed, i, options);
                });
        }
        const at::Tensor rgb = stagingTensor(m_rgb.sizes(), at::kByte, m_context.device);
        const at::Tensor importance =
            stagingTensor(m_importance.sizes(), at::kByte, m_context.device);
        for (std::int64_t i = 0; i < m_options.batch; ++i) {
            const Crop crop = m_crops->take();
            std::memcpy(rgb[i].data_ptr(), crop.rgb.data(), crop.rgb.size());
            std::memcpy(importance[i].data_ptr(), crop.importance.data(), crop.importance.size());
        }
        send(rgb, m_rgb);
        send(importance, m_importance);
        m_klWeight.fill_(step < kKlWarmUp ? 1e-2 * m_options.klWeight : m_options.klWeight);
        return 0;
    }

    at::Tensor loss(int) override {
        const at::Tensor video = toVideo(m_rgb);  // [B, 3, T, S, S] in [-1, 1]
        const auto posterior = m_vae.posterior(video);
        const at::Tensor z =
            posterior.mean + at::randn_like(posterior.mean) * at::exp(posterior.logVariance * 0.5);
        const at::Tensor decoded = m_vae.decodeRaw(z, m_options.frames, {}).to(at::kFloat);
        const at::Tensor error = decoded - video;
        const at::Tensor marked = m_importance.to(at::kFloat).unsqueeze(1);  // [B, 1, T, S, S]
        // A rim of 4 pixels belongs to the object: its edge is what a soft decoder loses.
        const at::Tensor near = at::max_pool3d(marked, {1, 9, 9}, {1, 1, 1}, {0, 4, 4});
        const at::Tensor weight = 1.0 + kStillWeight * near.ge(1.0).to(at::kFloat) +
                                  (kMovingWeight - kStillWeight) * near.ge(2.0).to(at::kFloat);
        const at::Tensor normal = weight / weight.mean();
        const at::Tensor squared = error.pow(2);
        const at::Tensor absolute = (error.abs() * normal).mean();
        at::Tensor total = absolute + m_options.squared * (squared * normal).mean();
        for (std::int64_t axis = 2; axis < 5; ++axis) {
            const double share = axis == 2 ? m_options.timeDifferences : m_options.differences;
            total = total + share * at::diff(error, 1, axis).abs().mean();
        }
        const at::Tensor kl = 0.5 * (posterior.mean.pow(2) + at::exp(posterior.logVariance) - 1.0 -
                                     posterior.logVariance)
                                        .mean();
        m_absolute.copy_(absolute.detach());
        m_kl.copy_(kl.detach());
        m_psnr.copy_(10.0 * at::log10(4.0 / squared.detach().mean()));
        return total + m_klWeight * kl;
    }

    Measures measures() const override {
        return {{"absolute", m_absolute}, {"kl", m_kl}, {"train_psnr", m_psnr}};
    }

    base::Result<base::Json> evaluate(std::int64_t step,
                                      const std::filesystem::path& run) override {
        const at::NoGradGuard noGrad;
        if (m_judged.empty()) {
            const int height = static_cast<int>(m_options.judgedHeight);
            m_judged = renderClips(
                kJudgeSeed, static_cast<int>(m_options.judged), height, m_context.renderThreads);
        }
        std::map<std::string, std::vector<double>> all;
        std::vector<base::FrameSequence> sheet;
        constexpr std::size_t kSheetClips = 6;
        for (const LabelledClip& clip : m_judged) {
            const at::Tensor video = toVideo(clip.rgbTensor().unsqueeze(0).to(m_context.device));
            const at::Tensor decoded =
                m_vae.decodeRaw(m_vae.posterior(video).mean, video.size(2), {})
                    .to(at::kFloat)
                    .clamp(-1.0, 1.0);
            const at::Tensor moving =
                eval::movingObjects(std::span(&clip.scene, 1)).to(m_context.device);
            const at::Tensor ids = clip.idsTensor().unsqueeze(0).to(m_context.device);
            all["psnr_db"].push_back(eval::psnr(video, decoded).item<double>());
            all["ssim"].push_back(eval::ssim(video, decoded).item<double>());
            all["flicker_difference"].push_back(
                eval::flickerDifference(video, decoded).item<double>());
            const double object =
                eval::regionPsnr(video, decoded, eval::movingRegion(ids, moving)).item<double>();
            if (std::isfinite(object)) {
                all["object_psnr_db"].push_back(object);
            }
            if (sheet.size() < 2 * kSheetClips) {
                sheet.push_back(toFrames(video[0], {0, 9, 19, 28}));
                sheet.push_back(toFrames(decoded[0], {0, 9, 19, 28}));
            }
        }
        const auto file = run / ("sheet-" + std::to_string(step) + ".png");
        if (const base::Status written = writeSheet(file, sheet, 1); !written) {
            return base::fail(written.error());
        }
        base::Json report = base::Json::object();
        for (const auto& [name, values] : all) {
            const double sum = std::accumulate(values.begin(), values.end(), 0.0);
            report[name] = std::round(sum / static_cast<double>(values.size()) * 1e5) / 1e5;
        }
        return report;
    }

    base::Status exportTo(const std::filesystem::path& model,
                          const ParameterStore& store,
                          std::int64_t step) override {
        const at::NoGradGuard noGrad;
        if (base::Status measured = measureLatents(); !measured) {
            return measured;
        }
        // A clip decoded by the kernels in int8 keeps 51 dB to one by those in bf16.
        return writeComponent(model / "vae",
                              m_vae.config().json(),
                              "diffusion_pytorch_model.safetensors",
                              store.averagedWeights(),
                              "",
                              {{"arch", "TesseraCausalVae"}, {"step", std::to_string(step)}},
                              tensor::StoredForm::Int8Rows);
    }

private:
    static constexpr std::uint64_t kJudgeSeed = 0x7E57000000ull;  // clips that training never draws
    static constexpr std::uint64_t kMeasureSeed = 0x3EA5000000ull;

    static models::VaeConfig makeConfig(const Options& options) {
        models::VaeConfig config;
        config.channels = options.channels;
        config.widths = {options.width, 2 * options.width, 4 * options.width};
        return config;
    }

    // Mean and deviation of each latent channel, and the least-squares map from normalised latents
    // to colours.
    base::Status measureLatents() {
        const int height = static_cast<int>(m_options.judgedHeight);
        const auto clips = renderClips(
            kMeasureSeed, static_cast<int>(2 * m_options.judged), height, m_context.renderThreads);
        std::vector<at::Tensor> latents, colours;
        for (const LabelledClip& clip : clips) {
            const at::Tensor video = toVideo(clip.rgbTensor().unsqueeze(0).to(m_context.device));
            const at::Tensor z = m_vae.posterior(video).mean;  // [1, C, F, h, w]
            latents.push_back(z[0].flatten(1).transpose(0, 1).cpu());
            const at::Tensor small =
                at::adaptive_avg_pool3d(video, {video.size(2), z.size(3), z.size(4)});
            // Latent frame f stands for video frames 4 f - 3 .. 4 f.
            std::vector<at::Tensor> frames;
            for (std::int64_t f = 0; f < z.size(2); ++f) {
                frames.push_back(small.select(2, std::max<std::int64_t>(0, 4 * f - 1)));
            }
            colours.push_back(at::stack(frames, 2)[0].flatten(1).transpose(0, 1).cpu());
        }
        const at::Tensor all = at::cat(latents).to(at::kDouble);  // [n, C]
        const at::Tensor mean = all.mean(0);
        const at::Tensor deviation = all.std(0).clamp_min(1e-4);
        const auto list = [](const at::Tensor& t) {
            const at::Tensor c = t.contiguous();
            return std::vector<double>(c.data_ptr<double>(), c.data_ptr<double>() + c.numel());
        };
        m_vae.setLatentStatistics(list(mean), list(deviation));
        const at::Tensor inputs =
            at::cat({(all - mean) / deviation, at::ones({all.size(0), 1}, at::kDouble)}, 1);
        const at::Tensor target = at::cat(colours).to(at::kDouble);
        const at::Tensor gram =
            inputs.t().matmul(inputs) + 1e-6 * at::eye(inputs.size(1), at::kDouble);
        m_vae.setPreviewMatrix(list(at::linalg_solve(gram, inputs.t().matmul(target)).t()));
        return {};
    }

    MethodContext m_context;
    Options m_options;
    models::TesseraVae m_vae;
    std::unique_ptr<OrderedProducer<Crop>> m_crops;
    at::Tensor m_rgb, m_importance;
    at::Tensor m_klWeight, m_absolute, m_kl, m_psnr;
    std::vector<LabelledClip> m_judged;
};

}  // namespace

base::Result<std::unique_ptr<Method>> makeVaeMethod(const MethodContext& context) {
    Options o;
    MethodConfig config(context.config);
    config.take("batch", o.batch, 1, 1024);
    config.take("crop", o.crop, 16, 1024);
    config.take("frames", o.frames, 1, world::kClipFrames);
    config.take("channels", o.channels, 1, 128);
    config.take("width", o.width, 4, 512);
    config.take("learning_rate", o.learningRate, 0.0, 1.0);
    config.take("horizon", o.horizon, 1, 1 << 30);
    config.take("judged", o.judged, 1, 4096);
    config.take("judged_height", o.judgedHeight, 32, 1024);
    config.take("squared", o.squared, 0.0, 100.0);
    config.take("differences", o.differences, 0.0, 100.0);
    config.take("time_differences", o.timeDifferences, 0.0, 100.0);
    config.take("kl_weight", o.klWeight, 0.0, 1.0);
    config.take("warm_start", o.warmStart, 0, 1);
    if (const base::Status known = config.finish(); !known) {
        return base::fail(known.error());
    }
    auto method = std::make_unique<VaeMethod>(context, o);
    if (o.warmStart != 0) {
        if (const base::Status started =
                readComponent(method->parameters(), context.request.model / "vae", context.device);
            !started) {
            return base::fail(started.error());
        }
    }
    return std::unique_ptr<Method>(std::move(method));
}

}  // namespace tessera::train
