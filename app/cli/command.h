#pragma once

// One verb of the command line: its words as data, its flags, and what it does. Each lives in a
// file of its own; commands.h lists them.

#include "app/cli/console.h"
#include "app/cli/flags.h"
#include "app/cli/interrupts.h"

#include <memory>
#include <string>
#include <vector>

namespace tessera::cli {

struct CommandText {
    std::string name;
    std::string summary;  // one sentence for the list of commands
    std::string example;  // a whole line that works
};

class Command {
public:
    virtual ~Command() = default;
    virtual const CommandText& text() const = 0;
    virtual void addFlags(FlagSet& flags) = 0;

    // Returns the exit code. `flags` has been parsed; `interrupts` tells of SIGINT and SIGTERM.
    virtual int run(Console& console, FlagSet& flags, const Interrupts& interrupts) = 0;
};

// All verbs, in the order of the overview.
std::vector<std::unique_ptr<Command>> makeCommands();

std::unique_ptr<Command> makeGenerateCommand();
std::unique_ptr<Command> makeTrainCommand();
std::unique_ptr<Command> makeEvalCommand();
std::unique_ptr<Command> makeBenchCommand();
std::unique_ptr<Command> makeWorldCommand();
std::unique_ptr<Command> makeInfoCommand();
std::unique_ptr<Command> makeModelsCommand();
std::unique_ptr<Command> makeDoctorCommand();
std::unique_ptr<Command> makePlanCommand();
std::unique_ptr<Command> makeQueueCommand();

}  // namespace tessera::cli
