#include "app/cli/command_line.h"

#include "app/cli/command.h"
#include "app/cli/nearest_word.h"
#include "core/base/check.h"
#include "core/base/log.h"
#include "core/base/paths.h"
#include "core/base/version.h"

#include <algorithm>
#include <cstdio>
#include <exception>
#include <new>

namespace tessera::cli {

using base::ErrorCode;
using base::Result;

namespace {

using Commands = std::vector<std::unique_ptr<Command>>;

void writeOut(const std::string& text) {
    std::fwrite(text.data(), 1, text.size(), stdout);
}

std::string overview(const Commands& commands) {
    std::string text =
        "Tessera makes video from text with video diffusion transformers.\n\n"
        "Usage: tessera COMMAND [FLAGS]\n\nCommands:\n";
    for (const auto& command : commands) {
        std::string name = command->text().name;
        name.resize(std::max<std::size_t>(name.size(), 10), ' ');
        text += "  " + name + command->text().summary + "\n";
    }
    text += "\n'tessera COMMAND --help' lists the flags of a command.\n\nExample:\n  " +
            commands.front()->text().example + "\n";
    return text;
}

base::Error noSuchCommand(const std::string& word, const Commands& commands) {
    std::vector<std::string> names;
    std::string list;
    for (const auto& command : commands) {
        names.push_back(command->text().name);
        list += (list.empty() ? "" : ", ") + command->text().name;
    }
    const std::string nearest = nearestWord(word, names);
    return {ErrorCode::BadInput,
            "There is no command '" + word + "'.",
            nearest.empty() ? "Use one of: " + list + "."
                            : "Did you mean '" + nearest + "'? 'tessera --help' lists all.",
            {}};
}

struct CommonFlags {
    bool json = false;
    bool quiet = false;
    bool verbose = false;
    ProgressStyle progress = ProgressStyle::Auto;
    std::filesystem::path dataFolder;
};

void addCommonFlags(FlagSet& flags, CommonFlags& common) {
    flags.flag("--json", common.json, "One JSON object on standard output, nothing else there");
    flags.choice(
        "--progress",
        {"bar", "json", "none"},
        [&common](std::size_t index) {
            constexpr ProgressStyle kStyles[]{
                ProgressStyle::Bar, ProgressStyle::Json, ProgressStyle::None};
            common.progress = kStyles[index];
        },
        "Progress on standard error (default: a bar on a terminal)");
    flags.flag("--quiet", common.quiet, "No messages but errors");
    flags.flag("--verbose", common.verbose, "More messages, and where an error comes from");
    flags.path("--data-dir", common.dataFolder, "Folder for clips, models, journal");
}

int runCommand(Command& command,
               const std::vector<std::string>& words,
               Console& console,
               const Interrupts& interrupts) {
    FlagSet flags("tessera " + command.text().name, command.text().summary, command.text().example);
    CommonFlags common;
    command.addFlags(flags);
    addCommonFlags(flags, common);
    const Result<FlagSet::Outcome> outcome = flags.parse(words);
    if (!outcome) {
        return console.fail(outcome.error());
    }
    if (*outcome == FlagSet::Outcome::HelpShown) {
        return console.finish();
    }
    console.quiet = common.quiet;
    console.verbose = common.verbose;
    console.progress = common.progress;
    base::setLogLevel(common.verbose ? base::LogLevel::Info
                      : common.quiet ? base::LogLevel::Error
                                     : base::LogLevel::Warning);
    if (!common.dataFolder.empty()) {
        base::setDataFolder(common.dataFolder);
    }
    return command.run(console, flags, interrupts);
}

// An exception that reaches this far is a mistake of ours or the end of memory; the exit code and
// the sentence are kept all the same.
int runGuarded(Command& command,
               const std::vector<std::string>& words,
               Console& console,
               const Interrupts& interrupts) {
    try {
        return runCommand(command, words, console, interrupts);
    } catch (const std::bad_alloc&) {
        return console.fail({ErrorCode::OutOfMemory,
                             "Memory ran out.",
                             "Choose a smaller size or fewer frames, or close other programs.",
                             {}});
    } catch (const std::exception& exception) {
        return console.fail({ErrorCode::Internal,
                             std::string("The program made a mistake: ") + exception.what() + ".",
                             "Report it with the command you typed.",
                             {}});
    }
}

}  // namespace

std::vector<std::unique_ptr<Command>> makeCommands() {
    Commands commands;
    commands.push_back(makeGenerateCommand());
    commands.push_back(makeQueueCommand());
    commands.push_back(makeEvalCommand());
    commands.push_back(makeModelsCommand());
    commands.push_back(makePlanCommand());
    commands.push_back(makeBenchCommand());
    commands.push_back(makeInfoCommand());
    commands.push_back(makeDoctorCommand());
    commands.push_back(makeTrainCommand());
    commands.push_back(makeWorldCommand());
    return commands;
}

int runCommandLine(const std::vector<std::string>& words, const Interrupts& interrupts) {
    const Commands commands = makeCommands();
    Console console;
    // Read before the flags, so that a wrong flag is answered in JSON as well.
    console.json = std::ranges::find(words, "--json") != words.end();
    if (words.empty()) {
        console.warn(overview(commands));
        return base::exitCode(ErrorCode::BadInput);
    }
    const std::string& first = words.front();
    if (first == "--help" || first == "-h") {
        writeOut(overview(commands));
        return console.finish();
    }
    if (first == "--version") {
        writeOut(std::string("tessera ") + base::versionText() + "\n");
        return console.finish();
    }
    if (first.starts_with("-")) {
        return console.fail(
            {ErrorCode::BadInput,
             "'" + first + "' stands where the command is expected.",
             "Write the command first, for example: " + commands.front()->text().example,
             {}});
    }
    for (const auto& command : commands) {
        if (command->text().name == first) {
            return runGuarded(*command, {words.begin() + 1, words.end()}, console, interrupts);
        }
    }
    return console.fail(noSuchCommand(first, commands));
}

}  // namespace tessera::cli
