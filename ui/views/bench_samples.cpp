// The states of the Bench for pictures of the window (--screenshot): made up here, so that they
// look the same on every machine.

#include "core/plan/frame_mask.h"
#include "ui/bridge/engine_client.h"
#include "ui/bridge/text.h"
#include "ui/views/bench_canvas.h"
#include "ui/views/bench_facts.h"
#include "ui/views/bench_what_panel.h"
#include "ui/views/bench_workspace.h"
#include "ui/widgets/banner.h"

#include <array>

namespace tessera::ui {

using bench::BenchRow;
using bench::Verdict;

namespace {

constexpr int kFrames = 8;
constexpr int kTokens = 3600;
constexpr int kHeads = 24;
constexpr int kHeadSize = 96;

// Milliseconds of dense, fused and composed attention under each mask, densest first.
struct Times {
    const char* mask;
    double fused;
    double composed;
};

constexpr double kDense = 15.27;
constexpr std::array<Times, 5> kTimes{{{"full", 13.08, 0.0},
                                       {"4:4", 10.91, 15.58},
                                       {"3:5", 9.23, 13.59},
                                       {"2:6", 7.19, 11.06},
                                       {"1:7", 4.71, 7.80}}};

BenchRow sampleRow(const char* kernel, const char* mask, double medianMs) {
    BenchRow row;
    row.kernel = kernel;
    row.shape = "osp-29f";
    row.layout = {kFrames, kTokens, 0};
    row.heads = kHeads;
    row.headSize = kHeadSize;
    row.mask = mask;
    row.isBaseline = row.kernel == "dense";
    if (const auto read = plan::parseFrameMask(mask, kFrames); read && !row.isBaseline) {
        row.density = 1.0 - plan::elementSparsity(*read, row.layout);
    }
    row.tolerance = 5e-3;
    row.error = 2.1e-3;
    if (medianMs <= 0.0) {
        row.reason = "The composed kernel leaves full attention to the dense one.";
        return row;
    }
    constexpr double kSpread = 0.006;
    constexpr double kFlopsOfPair = 4.0 * kHeads * kHeadSize;
    const auto tokens = static_cast<double>(row.layout.total());
    row.verdict = Verdict::Agrees;
    row.medianMs = medianMs;
    row.p20Ms = medianMs * (1.0 - kSpread);
    row.p80Ms = medianMs * (1.0 + kSpread);
    row.coldMs = row.kernel == "fused" ? 214.0 : 38.0;
    row.teraflops = kFlopsOfPair * tokens * tokens * row.density / medianMs * 1e-9;
    row.againstDense = kDense / medianMs;
    return row;
}

// `scale` of the fused kernel's times; the draft is wrong.
bench::BenchResult sampleResult(double scale) {
    bench::BenchResult result;
    result.environment = {"cuda:0",
                          "NVIDIA H100 80GB HBM3",
                          "bf16",
                          16,
                          "avx512_bf16",
                          1980.0,
                          {{"Tessera", "0.1.0"}, {"LibTorch", "2.11.0"}, {"CUDA", "13.0"}},
                          "9c41e07a2b11",
                          "2026-11-23T12:41:00Z"};
    for (const Times& times : kTimes) {
        result.rows.push_back(sampleRow("dense", times.mask, kDense));
        result.rows.push_back(sampleRow("fused", times.mask, times.fused * scale));
        result.rows.push_back(sampleRow("composed", times.mask, times.composed));
    }
    result.warmUps = 25;
    result.runs = 100;
    result.seed = 481'516;
    result.seconds = 38.4;
    return result;
}

bench::BenchResult wrongResult() {
    bench::BenchResult result = sampleResult(1.0);
    BenchRow& wrong = result.rows[10];
    BenchRow draft = sampleRow("fused", wrong.mask.c_str(), 0.0);
    draft.verdict = Verdict::Wrong;
    draft.error = 0.47;
    draft.reason = "Its result is off the exact one by more than the tolerance.";
    wrong = draft;
    return result;
}

bench::BenchOutlook sampleOutlook() {
    bench::BenchOutlook outlook;
    outlook.device = "cuda:0";
    outlook.deviceName = "NVIDIA H100 80GB HBM3";
    outlook.precision = "bf16";
    outlook.kernels = {{"dense", true, ""},
                       {"fused", false, ""},
                       {"cpu", false, "The cpu kernel runs on the processor, not on cuda:0."},
                       {"composed", false, ""}};
    outlook.cells = 14;
    outlook.seconds = 38.0;
    return outlook;
}

}  // namespace

QStringList BenchWorkspace::screenshotStates() const {
    return {QStringLiteral("empty"),
            QStringLiteral("running"),
            QStringLiteral("stopping"),
            QStringLiteral("cancelled"),
            QStringLiteral("failed"),
            QStringLiteral("fault"),
            QStringLiteral("own-shape"),
            QStringLiteral("done"),
            QStringLiteral("baseline"),
            QStringLiteral("wrong")};
}

// From here on the engine's answers touch nothing of what is shown, and nothing of it is kept.
void BenchWorkspace::beginSamples() {
    if (!m_isSample) {
        m_isSample = true;
        disconnect(&services().engine, nullptr, this, nullptr);
    }
    m_form = {};
    m_form.preset = QStringLiteral("osp-29f");
    m_refusal.reset();
    m_outlook = sampleOutlook();
    m_what->setKernels(m_outlook->kernels, toQt(m_outlook->precision));
    m_canvas->setBanner(nullptr);
    m_origin.clear();
    m_table.setBaseline(std::nullopt);
    m_table.setResult(std::nullopt);
    m_environment->show(std::nullopt);
    m_run.showSample(BenchState::Idle, 0, 0, {});
    m_baselines.showSamples({});
    spread();
}

void BenchWorkspace::showScreenshotState(const QString& name) {
    constexpr std::int64_t kRuns = 1875;
    beginSamples();
    if (name == QStringLiteral("running")) {
        m_run.showSample(BenchState::Running, 706, kRuns, {});
    } else if (name == QStringLiteral("stopping")) {
        m_run.showSample(BenchState::Stopping, 706, kRuns, {});
    } else if (name == QStringLiteral("cancelled")) {
        m_run.showSample(BenchState::Cancelled, 706, kRuns, {});
    } else if (name == QStringLiteral("failed")) {
        m_run.showSample(BenchState::Failed,
                         0,
                         0,
                         {base::ErrorCode::OutOfMemory,
                          "The shape osp-93f needs about 92.1 GB; the card has 80.0 GB.",
                          "Choose a smaller shape, fewer kernels or another device.",
                          "--shape"});
    } else if (name == QStringLiteral("fault")) {
        for (const QString& mask : m_form.family()) {
            m_form.masksLeftOut.insert(mask);
        }
        spread();
    } else if (name == QStringLiteral("own-shape")) {
        m_form.preset.clear();
        m_form.masksLeftOut.insert(QStringLiteral("full"));
        m_form.kernelsLeftOut.insert(QStringLiteral("composed"));
        spread();
    } else if (name == QStringLiteral("done")) {
        showResult(sampleResult(1.0), {});
    } else if (name == QStringLiteral("baseline")) {
        m_baselines.showSamples(
            {{QStringLiteral("b"), QStringLiteral("before tile order"), sampleResult(1.066)},
             {QStringLiteral("a"), QStringLiteral("first fused"), sampleResult(1.3)}});
        showResult(sampleResult(1.0), {});
        chooseRow(10);
    } else if (name == QStringLiteral("wrong")) {
        showResult(wrongResult(), QStringLiteral("draft.json"));
        chooseRow(10);
    }
    showRun();
}

}  // namespace tessera::ui
