// Trains the base video transformer and its text encoder: v-prediction on the scheduler's noise
// table, ten per cent of captions dropped for guidance, and a linear probe on a middle layer that
// names what covers each token (embedded-model.md 2.5, 3.3).

#include "core/attention/backend.h"
#include "core/base/check.h"
#include "core/base/random.h"
#include "core/models/dit_tessera.h"
#include "core/models/registry.h"
#include "core/models/text_words.h"
#include "core/models/vae_tessera.h"
#include "core/pipeline/denoise.h"
#include "core/pipeline/latents.h"
#include "core/schedulers/noise_table.h"
#include "core/schedulers/scheduler.h"
#include "core/tensor/device.h"
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
#include <cstring>

namespace tessera::train {
namespace {

struct Size {
    PoolOptions pool;
    std::int64_t batch = 128;
    std::int64_t turns = 1;  // steps of this size in a row before the next size has its turns
};

struct Options {
    std::vector<Size> sizes;
    std::int64_t layers = 8;
    std::int64_t heads = 4;
    double learningRate = 6e-4;
    double average = 0.9995;
    std::int64_t horizon = 30000;
    std::int64_t warmUp = 400;
    double probeWeight = 0.2;
    double probeUntil = 0.6;    // share of the run at which the probe's weight reaches 0
    double objectWeight = 1.0;  // of the velocity of tokens with an object; 1 at probeUntil
    double captionDrop = 0.1;
    std::int64_t muon = 0;     // 1: Muon for the matrices of the blocks; 0: AdamW for everything
    std::int64_t judged = 96;  // clips of an evaluation
    std::int64_t judgedSteps = 25;
    std::int64_t judgedHeight = 192;
    std::int64_t warmStart = 0;  // 1: begin from the weights that the model folder holds
};

constexpr std::int64_t kProbeLayer = 4;
constexpr std::int64_t kProbeClasses = world::kClassCount + 1;  // 0 = no object
constexpr std::int64_t kProbeColours = world::kColourCount + 1;
constexpr std::uint64_t kJudgeSeed = 0x7E57000000ull;  // scenes that training never draws

schedulers::SchedulerConfig bundledSchedule() {
    schedulers::SchedulerConfig config;
    config.className = "DDIMScheduler";
    config.betaSchedule = schedulers::BetaSchedule::Linear;
    config.betaStart = 1e-4;
    config.betaEnd = 0.02;
    config.predictionType = schedulers::PredictionType::V;
    config.timestepSpacing = schedulers::TimestepSpacing::Trailing;
    config.rescaleBetasZeroSnr = true;
    return config;
}

// The tensors that a recorded step of one size reads.
struct Inputs {
    std::unique_ptr<ClipPool> pool;
    at::Tensor rows;       // [B] int64, of the pool
    at::Tensor ids;        // [B, 48] int64
    at::Tensor timesteps;  // [B] int64
};

class BaseMethod final : public Method {
public:
    BaseMethod(const MethodContext& context, const Options& options, models::TesseraVae vae)
        : m_context(context),
          m_options(options),
          m_vae(std::move(vae)),
          m_dit(ditConfig(options, m_vae)),
          m_text(textConfig(m_dit)),
          m_tokenizer(world::vocabulary()),
          m_attention(attention::makeDenseAttention()),
          m_schedule(bundledSchedule()) {
        models::initialise(parameters(), context.request.seed, context.device);
        const schedulers::NoiseTable table = schedulers::makeNoiseTable(m_schedule);
        m_signal =
            at::tensor(at::ArrayRef<float>(table.alphasCumprod), at::kFloat).to(context.device);
        const auto scalar = at::TensorOptions().dtype(at::kFloat).device(context.device);
        m_probeWeight = at::zeros({}, scalar);
        m_objectExtra = at::zeros({}, scalar);
        m_velocityLoss = at::zeros({}, scalar);
        m_probeLoss = at::zeros({}, scalar);
        for (const Size& size : options.sizes) {
            const auto index = at::TensorOptions().dtype(at::kLong).device(context.device);
            Inputs inputs;
            inputs.pool = std::make_unique<ClipPool>(
                size.pool,
                [this](const at::Tensor& rgb) {
                    return m_vae.encode(toVideo(rgb)).to(m_context.computeType);
                },
                context.request.seed,
                context.device,
                context.renderThreads);
            inputs.rows = at::zeros({size.batch}, index);
            inputs.ids = at::zeros({size.batch, m_text.config().maxTokens}, index);
            inputs.timesteps = at::zeros({size.batch}, index);
            m_inputs.push_back(std::move(inputs));
        }
    }

    // Replaces the fresh weights by those of the model folder. Embeddings follow their words: a
    // vocabulary that has grown since then keeps what it knew.
    base::Status start(const std::filesystem::path& model) {
        const std::pair<const char*, models::ParameterList> parts[] = {
            {"transformer", m_dit.parameters()}, {"text_encoder", m_text.parameters()}};
        models::Parameter embedding = m_text.parameters().front();
        CHECK(embedding.name == "embeddings.word_embeddings.weight", embedding.name);
        const at::Tensor fresh = *embedding.slot;
        for (const auto& [folder, list] : parts) {
            if (base::Status loaded = readComponent(list, model / folder, m_context.device);
                !loaded) {
                return loaded;
            }
        }
        auto known = models::WordTokenizer::open(model / "tokenizer" / "vocab.json");
        if (!known) {
            return base::fail(known.error());
        }
        const at::Tensor learned = *embedding.slot;
        at::Tensor rows = fresh.clone();
        rows.narrow(0, 0, models::WordTokenizer::kFirstWord)
            .copy_(learned.narrow(0, 0, models::WordTokenizer::kFirstWord));
        std::int64_t row = models::WordTokenizer::kFirstWord;
        for (const std::string_view word : world::vocabulary()) {
            const std::int64_t before = known->ids(word, 2).front();
            if (before >= models::WordTokenizer::kFirstWord) {
                rows[row].copy_(learned[before]);
            }
            ++row;
        }
        *embedding.slot = rows;
        return {};
    }

    const char* name() const override { return "base"; }

    Pace pace() const override {
        Pace pace;
        pace.learningRate = m_options.learningRate;
        pace.finalRate = 0.05 * m_options.learningRate;
        pace.warmUp = m_options.warmUp;
        pace.average = m_options.average;
        pace.horizon = m_options.horizon;
        if (m_options.muon != 0) {
            pace.optimizer.orthogonal = {"transformer.transformer_blocks.", "text_encoder.layers."};
        }
        return pace;
    }

    models::ParameterList parameters() override {
        models::ParameterList list;
        const auto add = [&](const char* prefix, models::ParameterList part) {
            for (models::Parameter& parameter : part) {
                parameter.name = prefix + parameter.name;
                list.push_back(std::move(parameter));
            }
        };
        add("transformer.", m_dit.parameters());
        add("text_encoder.", m_text.parameters());
        models::ParameterList probe;
        models::appendLinear(probe,
                             "token",
                             m_probeWeights,
                             m_probeBias,
                             m_dit.config().width(),
                             kProbeClasses + kProbeColours);
        add("probe.", std::move(probe));
        return list;
    }

    int batchSize(int key) const override {
        return static_cast<int>(m_options.sizes[static_cast<std::size_t>(key)].batch);
    }

    base::Result<int> prepare(std::int64_t step, double progress) override {
        const std::size_t which = sizeAt(step);
        const Size& size = m_options.sizes[which];
        Inputs& inputs = m_inputs[which];
        inputs.pool->advance(step);
        std::vector<std::int64_t> rows, timesteps;
        std::vector<std::vector<std::int64_t>> captions;
        base::RandomStream random(m_context.request.seed ^ 0xBA5Eull,
                                  static_cast<std::uint64_t>(step));
        const int filled = static_cast<int>(inputs.pool->filled());
        const double offset = random.uniform();
        for (std::int64_t i = 0; i < size.batch; ++i) {
            const std::int64_t row = random.below(filled);
            rows.push_back(row);
            // Stratified: the batch covers 0..999 evenly, so that the loss is less noisy.
            const double t = (static_cast<double>(i) + offset) / static_cast<double>(size.batch);
            timesteps.push_back(std::min<std::int64_t>(999, static_cast<std::int64_t>(t * 1000.0)));
            const std::uint64_t wording =
                (static_cast<std::uint64_t>(random.next()) << 32) | random.next();
            const bool dropped = random.chance(m_options.captionDrop);
            captions.push_back(tokens(
                dropped ? std::string() : world::describe(inputs.pool->scene(row), wording).text));
        }
        send(at::tensor(rows, at::kLong), inputs.rows);
        send(at::tensor(timesteps, at::kLong), inputs.timesteps);
        send(models::padIds(captions, m_text.config().maxTokens), inputs.ids);
        const double early = std::max(0.0, 1.0 - progress / std::max(1e-9, m_options.probeUntil));
        m_probeWeight.fill_(m_options.probeWeight * early);
        m_objectExtra.fill_((m_options.objectWeight - 1.0) * early);
        return static_cast<int>(which);
    }

    at::Tensor loss(int key) override {
        const Inputs& inputs = m_inputs[static_cast<std::size_t>(key)];
        const at::Tensor clean = inputs.pool->clips().index_select(0, inputs.rows).to(at::kFloat);
        const at::Tensor noise = at::randn_like(clean);
        const at::Tensor signal = m_signal.index_select(0, inputs.timesteps).view({-1, 1, 1, 1, 1});
        const at::Tensor a = signal.sqrt(), s = (1.0 - signal).sqrt();
        const models::TextEmbedding text = m_text.forward(inputs.ids);
        const attention::AttentionContext context{m_attention.get(), nullptr, 0};
        const auto result = m_dit.forwardTapped(a * clean + s * noise,
                                                inputs.timesteps.to(at::kFloat),
                                                text,
                                                context,
                                                std::min(kProbeLayer, m_dit.layers() - 1));
        // v = a noise - s x0 (Salimans and Ho, "Progressive distillation", appendix D), all
        // timesteps alike.
        const at::Tensor error = (result.prediction - (a * noise - s * clean)).square();
        const at::Tensor guess =
            at::linear(result.hidden, m_probeWeights, m_probeBias).to(at::kFloat).flatten(0, 1);
        const at::Tensor truth =
            inputs.pool->labels().index_select(0, inputs.rows).to(at::kLong).flatten(0, 1);
        const at::Tensor probe =
            at::cross_entropy_loss(guess.narrow(1, 0, kProbeClasses), truth.select(1, 0)) +
            at::cross_entropy_loss(guess.narrow(1, kProbeClasses, kProbeColours),
                                   truth.select(1, 1));
        // The shape of objects is learned last, because most of a clip is scenery: their tokens
        // [B * N] weigh more at first. At the end all weigh the same, as the noise asks.
        const at::Tensor perToken =
            error.mean(1).unflatten(3, {-1, 2}).unflatten(2, {-1, 2}).mean({3, 5}).flatten();
        const at::Tensor weight = 1.0 + m_objectExtra * truth.select(1, 0).gt(0);
        m_velocityLoss.copy_(error.detach().mean());
        m_probeLoss.copy_(probe.detach());
        return (perToken * weight).sum() / weight.sum() + m_probeWeight * probe;
    }

    Measures measures() const override {
        return {{"velocity", m_velocityLoss}, {"probe", m_probeLoss}};
    }

    base::Result<base::Json> evaluate(std::int64_t step,
                                      const std::filesystem::path& run) override {
        const at::NoGradGuard noGrad;
        auto scheduler = schedulers::makeScheduler(m_schedule);
        if (!scheduler) {
            return base::fail(scheduler.error());
        }
        auto schedule = (*scheduler)->timesteps(static_cast<int>(m_options.judgedSteps));
        if (!schedule) {
            return base::fail(schedule.error());
        }
        Judge judge(m_context.request.model, m_context.device);
        std::vector<base::FrameSequence> sheet;
        constexpr std::int64_t kTogether = 32;
        constexpr std::size_t kSheetClips = 16;
        for (std::int64_t first = 0; first < m_options.judged; first += kTogether) {
            const std::int64_t count = std::min(kTogether, m_options.judged - first);
            std::vector<std::vector<std::int64_t>> captions;
            std::vector<world::StatedSlots> stated;
            std::vector<at::Tensor> noise;
            const std::int64_t h = m_options.judgedHeight / 8;
            for (std::int64_t i = 0; i < count; ++i) {
                const std::uint64_t seed = kJudgeSeed + static_cast<std::uint64_t>(first + i);
                const world::Caption caption = world::describe(world::makeScene(seed), seed);
                captions.push_back(tokens(caption.text));
                stated.push_back(caption.stated);
                noise.push_back(
                    pipeline::initialLatents(seed, m_dit.latentChannels(), 8, h, h * 3 / 2));
            }
            pipeline::DenoiseInputs inputs;
            inputs.transformer = &m_dit;
            inputs.scheduler = scheduler->get();
            inputs.schedule = &*schedule;
            inputs.prompt = m_text.forward(models::padIds(captions).to(m_context.device));
            const std::vector<std::vector<std::int64_t>> empty(static_cast<std::size_t>(count),
                                                               tokens(""));
            inputs.negative = m_text.forward(models::padIds(empty).to(m_context.device));
            inputs.cfgScale = 4.0;
            inputs.attention = m_attention.get();
            const auto made = pipeline::denoise(inputs, at::cat(noise).to(m_context.device), {});
            for (std::int64_t i = 0; i < count; ++i) {
                const at::Tensor video =
                    m_vae.decode(made.latents.narrow(0, i, 1), world::kClipFrames, {})
                        .clamp(-1.0, 1.0);
                if (sheet.size() < kSheetClips) {
                    sheet.push_back(toFrames(video[0], {0, 9, 19, 28}));
                }
                judge.look(video, stated[static_cast<std::size_t>(i)]);
            }
        }
        if (const base::Status written =
                writeSheet(run / ("sheet-" + std::to_string(step) + ".png"), sheet, 2);
            !written) {
            return base::fail(written.error());
        }
        return judge.json();
    }

    base::Status exportTo(const std::filesystem::path& model,
                          const ParameterStore& store,
                          std::int64_t step) override {
        const auto weights = store.averagedWeights();
        const std::map<std::string, std::string> metadata{{"arch", "TesseraTransformer3DModel"},
                                                          {"step", std::to_string(step)}};
        if (base::Status written = writeComponent(model / "transformer",
                                                  m_dit.config().json(),
                                                  "diffusion_pytorch_model.safetensors",
                                                  weights,
                                                  "transformer.",
                                                  metadata);
            !written) {
            return written;
        }
        // In int8 a clip keeps 63 dB to the encoder in bf16; the transformer's matrices would leave
        // it 41 to 47, because every step adds its own error.
        if (base::Status written = writeComponent(model / "text_encoder",
                                                  m_text.config().json(),
                                                  "model.safetensors",
                                                  weights,
                                                  "text_encoder.",
                                                  {{"arch", "TesseraWordTextEncoder"}},
                                                  tensor::StoredForm::Int8Rows);
            !written) {
            return written;
        }
        std::error_code error;
        std::filesystem::create_directories(model / "tokenizer", error);
        std::filesystem::create_directories(model / "scheduler", error);
        base::Json words = base::Json::array();
        for (const std::string_view word : world::vocabulary()) {
            words.push_back(std::string(word));
        }
        if (base::Status written = base::writeJsonFile(model / "tokenizer" / "vocab.json", words);
            !written) {
            return written;
        }
        if (base::Status written = schedulers::writeSchedulerConfig(
                m_schedule, model / "scheduler" / "scheduler_config.json");
            !written) {
            return written;
        }
        return ensureModelIndex(model);
    }

private:
    static models::DitConfig ditConfig(const Options& options, const models::TesseraVae& vae) {
        models::DitConfig config;
        config.layers = options.layers;
        config.heads = options.heads;
        config.channels = vae.latentChannels();
        return config;
    }

    static models::TextConfig textConfig(const models::TesseraDit& dit) {
        models::TextConfig config;
        config.width = dit.config().textSize;
        return config;
    }

    std::vector<std::int64_t> tokens(const std::string& text) const {
        return m_tokenizer.ids(text, static_cast<std::size_t>(m_text.config().maxTokens));
    }

    std::size_t sizeAt(std::int64_t step) const {
        std::int64_t cycle = 0;
        for (const Size& size : m_options.sizes) {
            cycle += size.turns;
        }
        std::int64_t turn = step % cycle;
        std::size_t which = 0;
        while (turn >= m_options.sizes[which].turns) {
            turn -= m_options.sizes[which++].turns;
        }
        return which;
    }

    MethodContext m_context;
    Options m_options;
    models::TesseraVae m_vae;
    models::TesseraDit m_dit;
    models::WordTextEncoder m_text;
    models::WordTokenizer m_tokenizer;
    at::Tensor m_probeWeights, m_probeBias;
    std::unique_ptr<attention::AttentionBackend> m_attention;
    schedulers::SchedulerConfig m_schedule;
    at::Tensor m_signal;  // [1000] alphas_cumprod
    at::Tensor m_probeWeight, m_objectExtra, m_velocityLoss, m_probeLoss;
    std::vector<Inputs> m_inputs;
};

base::Result<Size> parseSize(const base::Json& json) {
    Size size;
    MethodConfig config(json);
    config.take("height", size.pool.height, 32, 1024);
    config.take("pool", size.pool.capacity, 1, 10000000);
    config.take("initial", size.pool.initial, 1, 10000000);
    config.take("clips_per_step", size.pool.clipsPerStep, 0.0, 1024.0);
    config.take("encode_batch", size.pool.encodeBatch, 1, 1024);
    config.take("single_large_share", size.pool.singleLargeShare, 0.0, 1.0);
    config.take("single_large_until", size.pool.singleLargeUntil, 1, 1 << 30);
    config.take("pair_share", size.pool.pairShare, 0.0, 1.0);
    config.take("batch", size.batch, 1, 4096);
    config.take("turns", size.turns, 1, 1000);
    if (const base::Status known = config.finish(); !known) {
        return base::fail(known.error());
    }
    const bool fits = size.pool.height % 32 == 0 && size.pool.initial >= size.pool.encodeBatch &&
                      size.pool.capacity >= size.pool.initial;
    if (!fits) {
        return base::fail(base::ErrorCode::BadInput,
                          "A training size needs a height that is a multiple of 32 and "
                          "encode_batch <= initial <= pool.",
                          "Correct that entry of \"sizes\".");
    }
    return size;
}

}  // namespace

base::Result<std::unique_ptr<Method>> makeBaseMethod(const MethodContext& context) {
    Options o;
    MethodConfig config(context.config);
    config.take("layers", o.layers, 1, 64);
    config.take("heads", o.heads, 1, 32);
    config.take("learning_rate", o.learningRate, 0.0, 1.0);
    config.take("average", o.average, 0.0, 1.0);
    config.take("horizon", o.horizon, 1, 1 << 30);
    config.take("warm_up", o.warmUp, 1, 100000);
    config.take("probe_weight", o.probeWeight, 0.0, 10.0);
    config.take("probe_until", o.probeUntil, 0.0, 1.0);
    config.take("object_weight", o.objectWeight, 1.0, 100.0);
    config.take("muon", o.muon, 0, 1);
    config.take("caption_drop", o.captionDrop, 0.0, 1.0);
    config.take("judged", o.judged, 1, 100000);
    config.take("judged_steps", o.judgedSteps, 1, 1000);
    config.take("judged_height", o.judgedHeight, 32, 1024);
    config.take("warm_start", o.warmStart, 0, 1);
    const base::Json sizes = config.list("sizes");
    if (const base::Status known = config.finish(); !known) {
        return base::fail(known.error());
    }
    if (o.judgedHeight % 64 != 0) {
        return base::fail(base::ErrorCode::BadInput,
                          "\"judged_height\" is " + std::to_string(o.judgedHeight) +
                              "; WorldEval reads clips whose height is a multiple of 64.",
                          "Use 128, 192 or 256.");
    }
    for (const base::Json& entry : sizes) {
        auto size = parseSize(entry);
        if (!size) {
            return base::fail(size.error());
        }
        o.sizes.push_back(*size);
    }
    if (o.sizes.empty()) {
        o.sizes.emplace_back();
    }
    auto vae = models::openTesseraVae(context.request.model, context.computeType, context.device);
    if (!vae) {
        return base::fail(vae.error());
    }
    auto method = std::make_unique<BaseMethod>(context, o, std::move(*vae));
    if (o.warmStart != 0) {
        if (const base::Status started = method->start(context.request.model); !started) {
            return base::fail(started.error());
        }
    }
    return std::unique_ptr<Method>(std::move(method));
}

}  // namespace tessera::train
