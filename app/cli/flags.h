#pragma once

// Flags with our own reading: numbers are the same in every locale, each has a range, and a wrong
// value is answered with what was expected. Built on CLI11, which the commands see through
// FlagSet alone.

#include "core/base/result.h"
#include "core/pipeline/request.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tessera::cli {

// The flags of one command. `names` is "-s,--seed", or a word without dash for a positional value;
// fields must outlive the parse and are written only when the flag is given.
class FlagSet {
public:
    // `usage` is the command's name as typed, `summary` and `example` are shown by --help.
    FlagSet(const std::string& usage, const std::string& summary, const std::string& example);
    ~FlagSet();
    FlagSet(const FlagSet&) = delete;
    FlagSet& operator=(const FlagSet&) = delete;

    void flag(const std::string& names, bool& field, const std::string& help);
    void text(const std::string& names, std::string& field, const std::string& help);
    void path(const std::string& names, std::filesystem::path& field, const std::string& help);
    void integer(const std::string& names, int& field, int low, int high, const std::string& help);
    void count(const std::string& names,
               std::int64_t& field,
               std::int64_t high,
               const std::string& help);
    void number(
        const std::string& names, double& field, double low, double high, const std::string& help);
    void number(const std::string& names,
                std::optional<double>& field,
                double low,
                double high,
                const std::string& help);
    void seed(const std::string& names, std::uint64_t& field, const std::string& help);

    // "288x192".
    void size(const std::string& names, int& width, int& height, const std::string& help);

    // One of `words`; `choose` gets its index.
    void choice(const std::string& names,
                const std::vector<std::string>& words,
                std::function<void(std::size_t)> choose,
                const std::string& help);

    // Any value with its own reader; --help shows it as `shownAs`.
    void value(const std::string& names,
               const std::string& shownAs,
               std::function<base::Status(const std::string&)> read,
               const std::string& help);

    enum class Outcome { Run, HelpShown };

    // Reads the words after the command. BadInput with the nearest right flag for a wrong one.
    // --help prints to standard output.
    base::Result<Outcome> parse(const std::vector<std::string>& words);

    // Writes the fields of all flags given once more: what was typed wins over what was put into
    // the fields since, for example from a recipe.
    void reapply();

    // True when the flag (any of its names, with dashes) was given.
    bool isGiven(const std::string& name) const;

private:
    struct State;
    std::unique_ptr<State> m_state;
};

// The flags that generate and eval share: model, stage, mask, size, steps, guidance, device,
// precision, threads, limits of memory. A mask that is given is no longer that of a plan.
void addGenerationFlags(FlagSet& flags, pipeline::GenerationRequest& request);

// --mask K:F-K|full, one for all layers or with commas one for each.
void addMaskFlag(FlagSet& flags,
                 std::function<void(std::vector<std::string>)> take,
                 const std::string& help);

// --device auto|cpu|cuda:N.
void addDeviceFlag(FlagSet& flags, pipeline::DeviceChoice& device, const std::string& help);

// BadInput when the text is not UTF-8 or longer than a recipe may hold.
base::Status checkPromptText(const std::string& text, const char* flag);

}  // namespace tessera::cli
