// tessera bench: how quick the attention kernels are on this machine, and whether they agree.

#include "app/cli/bench_report.h"
#include "app/cli/command.h"
#include "app/cli/nearest_word.h"
#include "app/cli/run_job.h"
#include "core/base/file.h"
#include "core/base/json.h"
#include "core/engine/make_engine.h"
#include "core/jobs/bench_file.h"
#include "core/jobs/words.h"
#include "core/plan/shape_preset.h"

#include <algorithm>
#include <utility>

namespace tessera::cli {

using base::ErrorCode;
using base::Result;
using base::Status;

namespace {

constexpr int kMostRuns = 100'000;
constexpr int kMostThreads = 4096;
constexpr std::size_t kNumbersOfShape = 5;

// Between commas; an empty word is kept: it is refused like any other that is none.
std::vector<std::string> words(const std::string& text) {
    std::vector<std::string> list;
    std::size_t begin = 0;
    for (std::size_t end = 0; end != std::string::npos; begin = end + 1) {
        end = text.find(',', begin);
        list.push_back(text.substr(begin, end - begin));
    }
    return list;
}

bool isNumber(const std::string& word) {
    return !word.empty() && std::ranges::all_of(word, [](char c) { return c >= '0' && c <= '9'; });
}

// Names as they are, numbers five together: "osp-29f,8,96,0,4,64" are two shapes.
std::vector<std::string> shapes(const std::string& text) {
    std::vector<std::string> list;
    std::size_t numbers = 0;  // of the shape that is being read
    for (const std::string& word : words(text)) {
        if (isNumber(word) && numbers > 0 && numbers < kNumbersOfShape) {
            list.back() += "," + word;
            ++numbers;
        } else {
            list.push_back(word);
            numbers = isNumber(word) ? 1 : 0;
        }
    }
    return list;
}

Status noSuchWord(const std::string& what,
                  const std::string& flag,
                  const std::string& word,
                  const std::vector<std::string>& known) {
    std::string list;
    for (const std::string& name : known) {
        list += (list.empty() ? "" : ", ") + name;
    }
    const std::string nearest = nearestWord(word, known);
    return base::fail(ErrorCode::BadInput,
                      "There is no " + what + " '" + word + "'; expected one of " + list + ".",
                      nearest.empty() ? "Use one of these." : "Did you mean " + nearest + "?",
                      flag);
}

Status checkShape(const std::string& shape) {
    std::vector<std::string> names;
    for (const plan::ShapePreset& preset : plan::shapePresets()) {
        names.emplace_back(preset.name);
    }
    const bool isNumbers = isNumber(shape.substr(0, shape.find(',')));
    if (isNumbers && std::ranges::count(shape, ',') + 1 != kNumbersOfShape) {
        return base::fail(ErrorCode::BadInput,
                          "'" + shape +
                              "' is no shape; expected five numbers: latent frames, "
                              "tokens of one, text tokens, heads, head size.",
                          "Write it as in 8,3600,0,24,96, or name one: osp-29f.",
                          "--shape");
    }
    return isNumbers || std::ranges::find(names, shape) != names.end()
               ? Status()
               : noSuchWord("shape", "--shape", shape, names);
}

class BenchCommand final : public Command {
public:
    const CommandText& text() const override { return m_text; }

    void addFlags(FlagSet& flags) override;
    int run(Console& console, FlagSet& flags, const Interrupts& interrupts) override;

private:
    Status readShapes(const std::string& text);
    Status readKernels(const std::string& text);

    CommandText m_text{"bench",
                       "Time the attention kernels of this machine, and check them.",
                       "tessera bench --shape bundled-192x288 --mask family --json"};
    bench::BenchRequest m_request;
    std::filesystem::path m_output;
};

Status BenchCommand::readShapes(const std::string& text) {
    m_request.shapes = shapes(text);
    for (const std::string& shape : m_request.shapes) {
        if (Status known = checkShape(shape); !known) {
            return known;
        }
    }
    return {};
}

Status BenchCommand::readKernels(const std::string& text) {
    m_request.kernels = words(text);
    const std::vector<std::string> names = engine::kernelNames();
    for (const std::string& kernel : m_request.kernels) {
        if (std::ranges::find(names, kernel) == names.end()) {
            return noSuchWord("kernel", "--kernel", kernel, names);
        }
    }
    return {};
}

void BenchCommand::addFlags(FlagSet& flags) {
    flags.value(
        "--shape",
        "NAME|F,P,T,H,D",
        [this](const std::string& text) { return readShapes(text); },
        "Shapes, as osp-29f, or latent frames, tokens of one, text tokens, heads, head size "
        "(default: bundled-192x288)");
    flags.value(
        "--step",
        "NAME",
        [this](const std::string& text) -> Status {
            m_request.steps = words(text);
            return {};
        },
        "Whole steps of a network with random weights in place of kernels alone: osp-29f, osp-93f, "
        "bundled-192x288 and its other sizes");
    flags.value(
        "--mask",
        "K:F-K|k=K|full|family",
        [this](const std::string& text) -> Status {
            m_request.masks = words(text);
            return {};
        },
        "Masks; k=2 has two reference frames in clips of any length (default: family, every one of "
        "the shape's frames)");
    flags.value(
        "--kernel",
        "NAME",
        [this](const std::string& text) { return readKernels(text); },
        "Kernels, dense always beside them (default: all; of a step the best)");
    addDeviceFlag(flags, m_request.device, "Where to run (default: auto)");
    flags.choice(
        "--precision",
        {"auto", "fp32", "bf16"},
        [this](std::size_t index) {
            constexpr pipeline::Precision kChoices[]{
                pipeline::Precision::Auto, pipeline::Precision::Fp32, pipeline::Precision::Bf16};
            m_request.precision = kChoices[index];
        },
        "Number format (default: auto)");
    flags.integer(
        "--threads", m_request.threads, 1, kMostThreads, "Processor threads (default: all)");
    flags.flag("--backward", m_request.backward, "Time the backward pass as well");
    flags.integer("--warm-ups", m_request.warmUps, 0, kMostRuns, "Runs before (default: 25)");
    flags.integer("--runs", m_request.runs, 1, kMostRuns, "Runs that count (default: 100)");
    flags.number("--tolerance",
                 m_request.tolerance,
                 0.0,
                 1.0,
                 "Largest relative error (default: the precision's own)");
    flags.seed("-s,--seed", m_request.seed, "Of the inputs (default: a fresh one)");
    flags.flag("--flush-cache", m_request.flushCache, "Overwrite the caches before each run");
    flags.path("-o,--output", m_output, "JSON file as --json prints it");
}

int BenchCommand::run(Console& console, FlagSet&, const Interrupts& interrupts) {
    const Result<jobs::JobResult> end = runJob(m_request, console, interrupts);
    if (!end) {
        return console.fail(end.error());
    }
    const auto& result = std::get<bench::BenchResult>(*end);
    const base::Json json = jobs::toJson(result);
    if (!m_output.empty()) {
        if (const Status written = base::writeJsonFile(m_output, json); !written) {
            return console.fail(written.error());
        }
    }
    printBench(console, result);
    console.printJson(json);
    return console.finish();
}

}  // namespace

std::unique_ptr<Command> makeBenchCommand() {
    return std::make_unique<BenchCommand>();
}

}  // namespace tessera::cli
