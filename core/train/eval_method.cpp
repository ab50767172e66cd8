// Trains WorldEval, the judge of the bundled world, on exact labels (embedded-model.md 4.3): clean
// renders, noisy ones, and clips that went through the VAE when the model folder has one, so that
// it does not mark softness down.

#include "core/base/random.h"
#include "core/eval/scoring.h"
#include "core/eval/world_eval.h"
#include "core/eval/world_eval_loss.h"
#include "core/eval/world_eval_targets.h"
#include "core/models/registry.h"
#include "core/train/clip_pool.h"
#include "core/train/clip_tensors.h"
#include "core/train/export.h"
#include "core/train/judge.h"
#include "core/train/method.h"
#include "core/train/method_config.h"
#include "core/world/caption.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <optional>

namespace tessera::train {
namespace {

struct Options {
    std::int64_t batch = 32;
    double learningRate = 1e-3;
    std::int64_t horizon = 8000;
    std::int64_t pool = 4000;  // clips kept for each size
    std::int64_t initial = 512;
    double clipsPerStep = 8.0;       // new ones for each step
    std::int64_t smallHeight = 128;  // sizes alternate from step to step
    std::int64_t largeHeight = eval::kTallestRead;
    double decodedShare = 0.4;  // of the clips go through the VAE
    double noise = 0.08;        // largest deviation of pixel noise, of a range of 2
    double blurShare = 0.3;     // of the steps see clips blended with a 3 x 3 mean
    std::int64_t judged = 256;
};

constexpr std::uint64_t kJudgeSeed = 0x7E57000000ull;  // scenes that training never draws

class EvalMethod final : public Method {
public:
    EvalMethod(const MethodContext& context,
               const Options& options,
               std::optional<models::TesseraVae> vae)
        : m_context(context),
          m_options(options),
          m_vae(std::move(vae)),
          m_net(eval::WorldEval::random(context.request.seed, context.device)) {
        for (const std::int64_t height : {options.smallHeight, options.largeHeight}) {
            PoolOptions pool;
            pool.height = height;
            pool.capacity = options.pool;
            pool.initial = options.initial;
            pool.clipsPerStep = options.clipsPerStep;
            pool.heldOut = true;
            Inputs inputs;
            inputs.pool = std::make_unique<ClipPool>(
                pool,
                [this](const at::Tensor& rgb) { return soften(rgb); },
                context.request.seed + static_cast<std::uint64_t>(height),
                context.device,
                context.renderThreads);
            inputs.rows = at::zeros({options.batch},
                                    at::TensorOptions().dtype(at::kLong).device(context.device));
            inputs.targets =
                at::zeros({options.batch, eval::kTargetNumbers},
                          at::TensorOptions().dtype(at::kFloat).device(context.device));
            m_inputs.push_back(std::move(inputs));
        }
        m_noise = at::zeros({}, at::TensorOptions().dtype(at::kFloat).device(context.device));
        m_blur = at::zeros_like(m_noise);
    }

    const char* name() const override { return "eval"; }

    Pace pace() const override {
        Pace pace;
        pace.learningRate = m_options.learningRate;
        pace.finalRate = 0.01 * m_options.learningRate;
        pace.warmUp = 200;
        pace.average = 0.998;
        pace.horizon = m_options.horizon;
        return pace;
    }

    models::ParameterList parameters() override { return m_net.parameters(); }

    int batchSize(int) const override { return static_cast<int>(m_options.batch); }

    base::Result<int> prepare(std::int64_t step, double) override {
        const auto which =
            static_cast<std::size_t>(step % static_cast<std::int64_t>(m_inputs.size()));
        Inputs& inputs = m_inputs[which];
        inputs.pool->advance(step);
        base::RandomStream random(m_context.request.seed ^ 0xE7A1ull,
                                  static_cast<std::uint64_t>(step));
        std::vector<std::int64_t> rows;
        std::vector<world::Scene> scenes;
        for (std::int64_t i = 0; i < m_options.batch; ++i) {
            rows.push_back(random.below(static_cast<int>(inputs.pool->filled())));
            scenes.push_back(inputs.pool->scene(rows.back()));
        }
        send(at::tensor(rows, at::kLong), inputs.rows);
        send(eval::makeTargets(scenes), inputs.targets);
        m_noise.fill_(random.chance(0.5) ? 0.0 : random.uniform(0.0, m_options.noise));
        m_blur.fill_(random.chance(m_options.blurShare) ? random.uniform() : 0.0);
        return static_cast<int>(which);
    }

    at::Tensor loss(int key) override {
        const Inputs& inputs = m_inputs[static_cast<std::size_t>(key)];
        const at::Tensor sharp = toVideo(inputs.pool->clips().index_select(0, inputs.rows));
        const at::Tensor soft =
            at::avg_pool3d(sharp, {1, 3, 3}, {1, 1, 1}, {0, 1, 1}, false, false);
        const at::Tensor clean = at::lerp(sharp, soft, m_blur);
        const at::Tensor clips = clean + m_noise * at::randn_like(clean);
        const eval::WorldEvalTargets targets = eval::unpackTargets(inputs.targets);
        const auto prediction =
            eval::worldEvalForward(m_net, clips, eval::shakenTracks(targets.tracks));
        const eval::WorldEvalLoss loss = eval::worldEvalLoss(prediction, targets);
        for (const auto& [name, value] : loss.parts) {
            at::Tensor& kept = m_parts[name];
            if (!kept.defined()) {
                kept = at::zeros({}, value.options().dtype(at::kFloat).requires_grad(false));
            }
            kept.copy_(value.detach());
        }
        return loss.total;
    }

    Measures measures() const override { return {m_parts.begin(), m_parts.end()}; }

    base::Result<base::Json> evaluate(std::int64_t, const std::filesystem::path&) override {
        const at::NoGradGuard noGrad;
        base::Json report = base::Json::object();
        const int height = static_cast<int>(m_options.largeHeight);
        if (m_judged.empty()) {
            m_judged = renderClips(
                kJudgeSeed, static_cast<int>(m_options.judged), height, m_context.renderThreads);
        }
        for (const bool decoded : {false, true}) {
            if (decoded && !m_vae) {
                continue;
            }
            Judge judge(m_net);
            for (const LabelledClip& clip : m_judged) {
                at::Tensor video = toVideo(clip.rgbTensor().unsqueeze(0).to(m_context.device));
                if (decoded) {
                    video = m_vae->decode(m_vae->encode(video), video.size(2), {}).clamp(-1.0, 1.0);
                }
                judge.look(video, world::describe(clip.scene, clip.scene.seed).stated);
            }
            report[decoded ? "reconstructions" : "originals"] = judge.json();
        }
        m_report = report;
        return report;
    }

    base::Status exportTo(const std::filesystem::path& model,
                          const ParameterStore& store,
                          std::int64_t step) override {
        const auto folder = model.parent_path() / "world-eval";
        std::error_code error;
        std::filesystem::create_directories(folder, error);
        if (base::Status written = m_net.saveConfig(folder); !written) {
            return written;
        }
        auto config = base::readJsonFile(folder / "config.json");
        if (!config) {
            return base::fail(config.error());
        }
        // The scorer's own accuracy on clips it never saw: what every score is reported beside.
        (*config)["ceiling"] = m_report;
        return writeComponent(folder,
                              *config,
                              "model.safetensors",
                              store.averagedWeights(),
                              "",
                              {{"arch", "TesseraWorldEval"}, {"step", std::to_string(step)}});
    }

private:
    struct Inputs {
        std::unique_ptr<ClipPool> pool;
        at::Tensor rows;     // [B] int64
        at::Tensor targets;  // [B, kTargetNumbers]
    };

    // A share of the clips as the VAE gives them back; bytes in, bytes out.
    at::Tensor soften(const at::Tensor& rgb) const {
        const auto count =
            static_cast<std::int64_t>(m_options.decodedShare * static_cast<double>(rgb.size(0)));
        if (!m_vae || count == 0) {
            return rgb;
        }
        at::Tensor result = rgb.clone();
        for (std::int64_t i = 0; i < count;
             i += 4) {  // a few at a time: decoding is what needs memory
            const std::int64_t some = std::min<std::int64_t>(4, count - i);
            const at::Tensor video = toVideo(rgb.narrow(0, i, some));
            const at::Tensor decoded = m_vae->decode(m_vae->encode(video), video.size(2), {});
            const at::Tensor bytes = ((decoded + 1.0) * 127.5).round().clamp(0, 255).to(at::kByte);
            result.narrow(0, i, some).copy_(bytes.permute({0, 2, 3, 4, 1}));
        }
        return result;
    }

    MethodContext m_context;
    Options m_options;
    std::optional<models::TesseraVae> m_vae;
    eval::WorldEval m_net;
    std::vector<Inputs> m_inputs;
    at::Tensor m_noise, m_blur;
    std::map<std::string, at::Tensor> m_parts;
    std::vector<LabelledClip> m_judged;
    base::Json m_report = base::Json::object();
};

}  // namespace

base::Result<std::unique_ptr<Method>> makeEvalMethod(const MethodContext& context) {
    Options o;
    MethodConfig config(context.config);
    config.take("batch", o.batch, 1, 1024);
    config.take("learning_rate", o.learningRate, 0.0, 1.0);
    config.take("horizon", o.horizon, 1, 1 << 30);
    config.take("pool", o.pool, 32, 1000000);
    config.take("initial", o.initial, 32, 1000000);
    config.take("clips_per_step", o.clipsPerStep, 0.0, 1024.0);
    config.take("small_height", o.smallHeight, 32, 1024);
    config.take("large_height", o.largeHeight, 32, 1024);
    config.take("decoded_share", o.decodedShare, 0.0, 1.0);
    config.take("noise", o.noise, 0.0, 2.0);
    config.take("blur_share", o.blurShare, 0.0, 1.0);
    config.take("judged", o.judged, 1, 100000);
    if (const base::Status known = config.finish(); !known) {
        return base::fail(known.error());
    }
    std::optional<models::TesseraVae> vae;
    if (std::filesystem::exists(context.request.model / "vae" / "config.json")) {
        auto opened =
            models::openTesseraVae(context.request.model, context.computeType, context.device);
        if (!opened) {
            return base::fail(opened.error());
        }
        vae = std::move(*opened);
    }
    return std::unique_ptr<Method>(std::make_unique<EvalMethod>(context, o, std::move(vae)));
}

}  // namespace tessera::train
