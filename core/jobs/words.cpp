#include "core/jobs/words.h"

#include <array>
#include <charconv>
#include <utility>

namespace tessera::jobs {

using base::ErrorCode;
using bench::Pass;
using bench::Verdict;
using pipeline::DeviceChoice;
using pipeline::Precision;
using pipeline::Stage;
using train::Network;

namespace {

constexpr int kMaxDeviceIndex = 255;

constexpr std::array<std::pair<Stage, const char*>, 3> kStages{
    {{Stage::Base, "base"}, {Stage::Mlcd, "mlcd"}, {Stage::Sparse, "sparse"}}};
constexpr std::array<std::pair<Precision, const char*>, 3> kPrecisions{
    {{Precision::Auto, "auto"}, {Precision::Fp32, "fp32"}, {Precision::Bf16, "bf16"}}};
constexpr std::array<std::pair<Network, const char*>, 3> kNetworks{
    {{Network::Vae, "vae"}, {Network::Base, "base"}, {Network::Eval, "eval"}}};
constexpr std::array<std::pair<Pass, const char*>, 2> kPasses{
    {{Pass::Forward, "forward"}, {Pass::Backward, "backward"}}};
constexpr std::array<std::pair<Verdict, const char*>, 3> kVerdicts{
    {{Verdict::Agrees, "agrees"}, {Verdict::Wrong, "wrong"}, {Verdict::NotRun, "not run"}}};

template <class Table, class Choice>
const char* wordIn(const Table& table, Choice choice) {
    for (const auto& [value, text] : table) {
        if (value == choice) {
            return text;
        }
    }
    return "?";
}

template <class Choice, std::size_t kCount>
base::Result<Choice> choiceIn(const std::array<std::pair<Choice, const char*>, kCount>& table,
                              std::string_view word,
                              const char* what) {
    std::string list;
    for (const auto& [value, text] : table) {
        if (word == text) {
            return value;
        }
        list += (list.empty() ? "" : ", ") + std::string(text);
    }
    return base::fail(ErrorCode::BadInput,
                      "'" + std::string(word) + "' is not a " + what + ".",
                      "Use one of: " + list + ".");
}

}  // namespace

const char* word(Stage stage) {
    return wordIn(kStages, stage);
}

const char* word(Precision precision) {
    return wordIn(kPrecisions, precision);
}

const char* word(Network network) {
    return wordIn(kNetworks, network);
}

const char* word(Pass pass) {
    return wordIn(kPasses, pass);
}

const char* word(Verdict verdict) {
    return wordIn(kVerdicts, verdict);
}

std::string word(const DeviceChoice& device) {
    switch (device.kind) {
        case DeviceChoice::Kind::Cpu:
            return "cpu";
        case DeviceChoice::Kind::Cuda:
            return "cuda:" + std::to_string(device.index);
        case DeviceChoice::Kind::Auto:
            break;
    }
    return "auto";
}

std::string masksWord(const std::vector<std::string>& masks) {
    if (masks.empty()) {
        return "dense";
    }
    std::string text = masks.front();
    for (std::size_t layer = 1; layer < masks.size(); ++layer) {
        text += " " + masks[layer];
    }
    return text;
}

base::Result<Stage> stageOf(std::string_view word) {
    return choiceIn(kStages, word, "stage");
}

base::Result<Precision> precisionOf(std::string_view word) {
    return choiceIn(kPrecisions, word, "precision");
}

base::Result<Network> networkOf(std::string_view word) {
    return choiceIn(kNetworks, word, "network");
}

base::Result<DeviceChoice> deviceOf(std::string_view word) {
    if (word == "auto") {
        return DeviceChoice{};
    }
    if (word == "cpu") {
        return DeviceChoice{DeviceChoice::Kind::Cpu, 0};
    }
    if (word == "cuda") {
        return DeviceChoice{DeviceChoice::Kind::Cuda, 0};
    }
    constexpr std::string_view kPrefix = "cuda:";
    if (word.starts_with(kPrefix)) {
        const std::string_view digits = word.substr(kPrefix.size());
        int index = -1;
        const auto [end, error] =
            std::from_chars(digits.data(), digits.data() + digits.size(), index);
        if (error == std::errc{} && end == digits.data() + digits.size() && index >= 0 &&
            index <= kMaxDeviceIndex) {
            return DeviceChoice{DeviceChoice::Kind::Cuda, index};
        }
    }
    return base::fail(ErrorCode::BadInput,
                      "'" + std::string(word) + "' is not a device.",
                      "Use auto, cpu, or cuda:N with the number of the card, for example cuda:0.");
}

}  // namespace tessera::jobs
