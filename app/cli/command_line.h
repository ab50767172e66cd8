#pragma once

// The command line as a whole: finds the verb, reads its flags, runs it. Called by main() alone.

#include "app/cli/interrupts.h"

#include <string>
#include <vector>

namespace tessera::cli {

// `words`: what was typed after the program's name. Returns the exit code of design.md 9.
int runCommandLine(const std::vector<std::string>& words, const Interrupts& interrupts);

}  // namespace tessera::cli
