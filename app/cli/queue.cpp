// tessera queue: makes the jobs of a *.queue.json, one after the other.

#include "app/cli/bench_report.h"
#include "app/cli/command.h"
#include "app/cli/generation_report.h"
#include "app/cli/run_job.h"
#include "core/base/format.h"
#include "core/base/json.h"
#include "core/jobs/bench_file.h"
#include "core/jobs/queue_file.h"
#include "core/jobs/words.h"

#include <algorithm>
#include <utility>

namespace tessera::cli {

using base::ErrorCode;
using base::Json;
using base::Result;
using pipeline::GenerationRequest;

namespace {

constexpr std::size_t kShownPrompt = 60;

// The prompt in one line, cut between characters of its UTF-8.
std::string shortPrompt(const std::string& prompt) {
    std::string text = prompt;
    for (char& character : text) {
        if (static_cast<unsigned char>(character) < 0x20 || character == 0x7f) {
            character = ' ';
        }
    }
    if (text.size() > kShownPrompt) {
        std::size_t end = kShownPrompt - 3;
        while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) {
            --end;
        }
        text = text.substr(0, end) + "...";
    }
    return text;
}

// "generate: a red ball rolls", "train: vae in runs/vae", "eval: base", "bench: 2 shapes".
std::string title(const jobs::JobRequest& request) {
    std::string text = jobs::kindName(request);
    text += ": ";
    if (const auto* clip = std::get_if<GenerationRequest>(&request)) {
        return text + shortPrompt(clip->prompt);
    }
    if (const auto* training = std::get_if<train::TrainRequest>(&request)) {
        return text + jobs::word(training->network) + " in " + training->run.string();
    }
    if (const auto* timing = std::get_if<bench::BenchRequest>(&request)) {
        if (!timing->steps.empty()) {
            return text + std::to_string(timing->steps.size()) +
                   (timing->steps.size() == 1 ? " step" : " steps");
        }
        const std::size_t shapes = std::max<std::size_t>(timing->shapes.size(), 1);
        return text + std::to_string(shapes) + (shapes == 1 ? " shape" : " shapes");
    }
    return text + jobs::word(std::get<eval::EvalRequest>(request).generation.stage);
}

Json resultJsonOf(const jobs::JobRequest& request, const jobs::JobResult& result) {
    if (const auto* clip = std::get_if<pipeline::GenerationResult>(&result)) {
        return resultJson(std::get<GenerationRequest>(request), *clip);
    }
    if (const auto* training = std::get_if<train::TrainResult>(&result)) {
        return Json{{"step", training->step}, {"checkpoint", training->checkpoint.string()}};
    }
    if (const auto* timing = std::get_if<bench::BenchResult>(&result)) {
        return jobs::toJson(*timing);
    }
    return Json{{"what", std::get<eval::EvalResult>(result).what}};
}

std::string resultLine(const jobs::JobResult& result) {
    if (const auto* clip = std::get_if<pipeline::GenerationResult>(&result)) {
        return clip->path.string() + ", took " + base::duration(clip->secondsTotal);
    }
    if (const auto* training = std::get_if<train::TrainResult>(&result)) {
        return "step " + std::to_string(training->step) + ", " + training->checkpoint.string();
    }
    if (const auto* timing = std::get_if<bench::BenchResult>(&result)) {
        return std::to_string(timing->rows.size() + timing->steps.size()) + " rows, took " +
               base::duration(timing->seconds);
    }
    return std::get<eval::EvalResult>(result).what;
}

class QueueCommand final : public Command {
public:
    const CommandText& text() const override { return m_text; }

    void addFlags(FlagSet& flags) override;
    int run(Console& console, FlagSet& flags, const Interrupts& interrupts) override;

private:
    using Requests = std::vector<jobs::JobRequest>;

    int dryRun(Console& console, const Requests& requests) const;
    int runAll(Console& console, const Requests& requests, const Interrupts& interrupts) const;

    CommandText m_text{"queue",
                       "Make the jobs of a queue file, one after the other.",
                       "tessera queue run jobs.queue.json"};
    std::filesystem::path m_file;
    bool m_isDryRun = false;
};

void QueueCommand::addFlags(FlagSet& flags) {
    flags.choice(
        "action", {"run"}, [](std::size_t) {}, "What to do with the queue");
    flags.path("file", m_file, "The queue (*.queue.json), as the window saves it");
    flags.flag("--dry-run", m_isDryRun, "Check every job, list them with their time, make nothing");
}

int QueueCommand::run(Console& console, FlagSet& flags, const Interrupts& interrupts) {
    if (!flags.isGiven("action") || m_file.empty()) {
        return console.fail({ErrorCode::BadInput,
                             "There is no queue named; expected 'run' and a file.",
                             "For example: " + m_text.example,
                             "file"});
    }
    const Result<Requests> requests = jobs::readQueueFile(m_file);
    if (!requests) {
        return console.fail(requests.error());
    }
    return m_isDryRun ? dryRun(console, *requests) : runAll(console, *requests, interrupts);
}

int QueueCommand::dryRun(Console& console, const Requests& requests) const {
    Json list = Json::array();
    double total = 0.0;
    int refused = 0;
    int unknown = 0;
    for (std::size_t i = 0; i < requests.size(); ++i) {
        console.print(std::to_string(i + 1) + "  " + title(requests[i]));
        Json entry{{"kind", jobs::kindName(requests[i])}};
        const auto* clip = std::get_if<GenerationRequest>(&requests[i]);
        if (clip == nullptr) {
            ++unknown;
        } else if (const auto estimate = engine::estimate(*clip)) {
            console.print("   " + valuesLine(estimate->effective));
            if (estimate->seconds > 0.0) {
                console.print("   Estimate: " + secondsText(*estimate));
            }
            unknown += estimate->seconds > 0.0 ? 0 : 1;
            total += estimate->seconds;
            entry.update(estimateJson(*clip, *estimate));
        } else {
            ++refused;
            console.print("   Refused: " + estimate.error().message + " " + estimate.error().hint);
            entry["error"] = errorJson(estimate.error());
        }
        list.push_back(std::move(entry));
    }
    std::string sum = std::to_string(requests.size()) + (requests.size() == 1 ? " job" : " jobs");
    sum += total > 0.0 ? ", about " + base::duration(total) : "";
    sum += total > 0.0 && unknown > 0 ? " and what is not known of " + std::to_string(unknown) : "";
    sum += refused > 0 ? ", " + std::to_string(refused) + " refused" : "";
    console.print(sum + ".");
    console.printJson(Json{{"file", m_file.string()},
                           {"dry_run", true},
                           {"jobs", std::move(list)},
                           {"estimate_seconds", total},
                           {"refused", refused}});
    const int code = console.finish();
    return code == 0 && refused > 0 ? 1 : code;
}

int QueueCommand::runAll(Console& console,
                         const Requests& requests,
                         const Interrupts& interrupts) const {
    JobRunner runner(console, interrupts);
    Json list = Json::array();
    int done = 0;
    int failed = 0;
    bool isInterrupted = false;
    for (std::size_t i = 0; i < requests.size(); ++i) {
        Json entry{{"kind", jobs::kindName(requests[i])}};
        const std::string place = std::to_string(i + 1) + "/" + std::to_string(requests.size());
        // A signal between two jobs counts as well.
        if (interrupts.token().stop_requested()) {
            isInterrupted = true;
            entry["status"] = "not_run";
            list.push_back(std::move(entry));
            continue;
        }
        console.note(place + "  " + title(requests[i]));
        const Result<jobs::JobResult> end = runner.run(requests[i]);
        if (end) {
            ++done;
            console.print(place + "  " + resultLine(*end));
            entry["status"] = "finished";
            entry["result"] = resultJsonOf(requests[i], *end);
        } else if (end.error().code == ErrorCode::Cancelled) {
            isInterrupted = true;
            entry["status"] = "cancelled";
        } else {
            ++failed;
            const base::Error& error = end.error();
            console.warn(
                "tessera: " + place + ": " +
                (console.verbose ? base::describe(error) : error.message + " " + error.hint));
            entry["status"] = "failed";
            entry["error"] = errorJson(error);
        }
        list.push_back(std::move(entry));
    }
    std::string sum = std::to_string(done) + " of " + std::to_string(requests.size()) + " made";
    sum += failed > 0 ? ", " + std::to_string(failed) + " failed" : "";
    console.note((isInterrupted ? "Interrupted. " : "") + sum + ".");
    console.printJson(Json{{"file", m_file.string()},
                           {"jobs", std::move(list)},
                           {"finished", done},
                           {"failed", failed},
                           {"interrupted", isInterrupted}});
    const int code = console.finish();
    return isInterrupted ? kInterruptedExit : code == 0 && failed > 0 ? 1 : code;
}

}  // namespace

std::unique_ptr<Command> makeQueueCommand() {
    return std::make_unique<QueueCommand>();
}

}  // namespace tessera::cli
