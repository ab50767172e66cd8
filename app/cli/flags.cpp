#include "app/cli/flags.h"

#include "app/cli/nearest_word.h"
#include "core/base/format.h"
#include "core/base/json.h"

#include <charconv>
#include <cmath>
#include <cstdio>
#include <utility>

#include <CLI/CLI.hpp>

namespace tessera::cli {

using base::ErrorCode;
using base::Result;
using base::Status;

namespace {

// Carries an Error through CLI11's parser.
class BadValue : public CLI::ValidationError {
public:
    explicit BadValue(base::Error error)
        : CLI::ValidationError("value", error.message), m_error(std::move(error)) {}

    const base::Error& error() const { return m_error; }

private:
    base::Error m_error;
};

// "-s,--seed" -> "--seed"; "file" -> "FILE".
std::string spokenName(const std::string& names) {
    const std::size_t longName = names.find("--");
    return longName == std::string::npos ? names : names.substr(longName);
}

tl::unexpected<base::Error> notANumber(const std::string& name,
                                       const std::string& text,
                                       const std::string& range) {
    return base::fail(ErrorCode::BadInput,
                      name + " is '" + text + "'; expected " + range + ".",
                      "Correct the value, for example as --help shows it.",
                      name);
}

// The whole text as a number, in the C locale; empty when it is none.
template <class Number>
std::optional<Number> wholeText(const std::string& text) {
    Number number{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size()) {
        return std::nullopt;
    }
    return number;
}

std::string plain(double value) {
    return value == std::floor(value) && std::abs(value) < 1e15
               ? std::to_string(static_cast<std::int64_t>(value))
               : base::fixed(value, 3);
}

Result<double> readNumber(const std::string& name,
                          const std::string& text,
                          double low,
                          double high) {
    const std::optional<double> number = wholeText<double>(text);
    if (!number || !std::isfinite(*number) || *number < low || *number > high) {
        return notANumber(name, text, "a number from " + plain(low) + " to " + plain(high));
    }
    return *number;
}

template <class Integer>
Result<Integer> readInteger(const std::string& name,
                            const std::string& text,
                            Integer low,
                            Integer high) {
    const std::optional<Integer> number = wholeText<Integer>(text);
    if (!number || *number < low || *number > high) {
        return notANumber(
            name,
            text,
            "a whole number from " + std::to_string(low) + " to " + std::to_string(high));
    }
    return *number;
}

}  // namespace

struct FlagSet::State {
    CLI::App app;
    std::vector<std::string> words;
};

FlagSet::FlagSet(const std::string& usage, const std::string& summary, const std::string& example)
    : m_state(std::make_unique<State>()) {
    CLI::App& app = m_state->app;
    app.name(usage);
    app.description(summary);
    app.footer("Example:\n  " + example);
    app.allow_extras();
    app.set_help_flag("-h,--help", "Show this text and stop");
    app.get_formatter()->column_width(34);
}

FlagSet::~FlagSet() = default;

void FlagSet::value(const std::string& names,
                    const std::string& shownAs,
                    std::function<Status(const std::string&)> read,
                    const std::string& help) {
    m_state->app
        .add_option_function<std::string>(
            names,
            [read = std::move(read)](const std::string& text) {
                if (const Status status = read(text); !status) {
                    throw BadValue(status.error());
                }
            },
            help)
        ->take_last()
        ->type_name(shownAs);
}

void FlagSet::flag(const std::string& names, bool& field, const std::string& help) {
    m_state->app.add_flag(names, field, help);
}

void FlagSet::text(const std::string& names, std::string& field, const std::string& help) {
    value(
        names,
        "TEXT",
        [&field, name = spokenName(names)](const std::string& text) {
            Status status = checkPromptText(text, name.c_str());
            if (status) {
                field = text;
            }
            return status;
        },
        help);
}

void FlagSet::path(const std::string& names,
                   std::filesystem::path& field,
                   const std::string& help) {
    value(
        names,
        "PATH",
        [&field, name = spokenName(names)](const std::string& text) -> Status {
            if (text.empty()) {
                return base::fail(ErrorCode::BadInput,
                                  name + " is empty; expected a path.",
                                  "Name a file or folder, or leave the flag out.",
                                  name);
            }
            field = text;
            return {};
        },
        help);
}

void FlagSet::integer(
    const std::string& names, int& field, int low, int high, const std::string& help) {
    value(
        names,
        "N",
        [&field, low, high, name = spokenName(names)](const std::string& text) -> Status {
            const Result<int> number = readInteger<int>(name, text, low, high);
            if (!number) {
                return base::fail(number.error());
            }
            field = *number;
            return {};
        },
        help);
}

void FlagSet::count(const std::string& names,
                    std::int64_t& field,
                    std::int64_t high,
                    const std::string& help) {
    value(
        names,
        "N",
        [&field, high, name = spokenName(names)](const std::string& text) -> Status {
            const Result<std::int64_t> number = readInteger<std::int64_t>(name, text, 0, high);
            if (!number) {
                return base::fail(number.error());
            }
            field = *number;
            return {};
        },
        help);
}

void FlagSet::number(
    const std::string& names, double& field, double low, double high, const std::string& help) {
    value(
        names,
        "X",
        [&field, low, high, name = spokenName(names)](const std::string& text) -> Status {
            const Result<double> number = readNumber(name, text, low, high);
            if (!number) {
                return base::fail(number.error());
            }
            field = *number;
            return {};
        },
        help);
}

void FlagSet::number(const std::string& names,
                     std::optional<double>& field,
                     double low,
                     double high,
                     const std::string& help) {
    value(
        names,
        "X",
        [&field, low, high, name = spokenName(names)](const std::string& text) -> Status {
            const Result<double> number = readNumber(name, text, low, high);
            if (!number) {
                return base::fail(number.error());
            }
            field = *number;
            return {};
        },
        help);
}

void FlagSet::seed(const std::string& names, std::uint64_t& field, const std::string& help) {
    value(
        names,
        "N",
        [&field, name = spokenName(names)](const std::string& text) -> Status {
            const std::optional<std::uint64_t> number = wholeText<std::uint64_t>(text);
            if (!number) {
                return notANumber(name, text, "a whole number from 0 to 18446744073709551615");
            }
            field = *number;
            return {};
        },
        help);
}

void FlagSet::size(const std::string& names, int& width, int& height, const std::string& help) {
    value(
        names,
        "WxH",
        [&width, &height, name = spokenName(names)](const std::string& text) -> Status {
            constexpr int kMost = 16384;
            const std::size_t cross = text.find_first_of("xX");
            const std::optional<int> w = wholeText<int>(text.substr(0, cross));
            const std::optional<int> h =
                cross == std::string::npos ? std::nullopt : wholeText<int>(text.substr(cross + 1));
            if (!w || !h || *w < 1 || *h < 1 || *w > kMost || *h > kMost) {
                return notANumber(name, text, "width x height in pixels, as 288x192");
            }
            width = *w;
            height = *h;
            return {};
        },
        help);
}

void FlagSet::choice(const std::string& names,
                     const std::vector<std::string>& words,
                     std::function<void(std::size_t)> choose,
                     const std::string& help) {
    std::string list;
    for (const std::string& word : words) {
        list += (list.empty() ? "" : "|") + word;
    }
    value(
        names,
        list,
        [words, list, choose = std::move(choose), name = spokenName(names)](
            const std::string& text) -> Status {
            for (std::size_t i = 0; i < words.size(); ++i) {
                if (text == words[i]) {
                    choose(i);
                    return {};
                }
            }
            const std::string nearest = nearestWord(text, words);
            return base::fail(
                ErrorCode::BadInput,
                name + " is '" + text + "'; expected " + list + ".",
                nearest.empty() ? "Use one of these words." : "Did you mean " + nearest + "?",
                name);
        },
        help);
}

Result<FlagSet::Outcome> FlagSet::parse(const std::vector<std::string>& words) {
    CLI::App& app = m_state->app;
    m_state->words.assign(words.rbegin(), words.rend());  // CLI11 takes its words from the back
    const std::string askHelp = "'" + app.get_name() + " --help' lists the flags.";
    try {
        app.parse(std::vector<std::string>(m_state->words));
    } catch (const CLI::CallForHelp&) {
        const std::string help = app.help();
        std::fwrite(help.data(), 1, help.size(), stdout);
        return Outcome::HelpShown;
    } catch (const BadValue& bad) {
        return base::fail(bad.error());
    } catch (const CLI::ArgumentMismatch& mismatch) {
        const std::string what = mismatch.what();
        return base::fail(
            ErrorCode::BadInput,
            what.substr(0, what.find(':')) + " has no value; expected one word after it.",
            askHelp);
    } catch (const CLI::ParseError& error) {
        return base::fail(ErrorCode::BadInput,
                          std::string("The flags cannot be read: ") + error.what() + ".",
                          askHelp);
    }
    const std::vector<std::string> extras = app.remaining();
    if (extras.empty()) {
        return Outcome::Run;
    }
    std::vector<std::string> known;
    for (const CLI::Option* option : app.get_options()) {
        for (const std::string& name : option->get_lnames()) {
            known.push_back("--" + name);
        }
    }
    for (const std::string& word : extras) {
        if (word.starts_with("-") && word.size() > 1) {
            const std::string flag = word.substr(0, word.find('='));
            const std::string nearest = nearestWord(flag, known);
            return base::fail(ErrorCode::BadInput,
                              "There is no flag " + flag + " for " + app.get_name() + ".",
                              nearest.empty()
                                  ? askHelp
                                  : std::string("Did you mean ").append(nearest) + "? " + askHelp);
        }
    }
    return base::fail(ErrorCode::BadInput,
                      "'" + extras.front() + "' is one word too many for " + app.get_name() + ".",
                      "Put words with spaces in quotes. " + askHelp);
}

void FlagSet::reapply() {
    m_state->app.parse(std::vector<std::string>(m_state->words));
}

bool FlagSet::isGiven(const std::string& name) const {
    return m_state->app.count(name) > 0;
}

Status checkPromptText(const std::string& text, const char* flag) {
    constexpr std::size_t kMaxBytes = 65536;
    if (text.size() > kMaxBytes) {
        return base::fail(ErrorCode::BadInput,
                          std::string(flag) + " has " + std::to_string(text.size()) +
                              " bytes; at most " + std::to_string(kMaxBytes) + " are read.",
                          "Shorten the text.",
                          flag);
    }
    try {
        // The strict handler is the check: it refuses what is not UTF-8.
        static_cast<void>(base::Json(text).dump());
    } catch (const nlohmann::json::exception&) {
        return base::fail(ErrorCode::BadInput,
                          std::string(flag) + " is not UTF-8 text.",
                          "Set the terminal to UTF-8, or type the text without accents.",
                          flag);
    }
    return {};
}

}  // namespace tessera::cli
