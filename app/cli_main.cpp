// The command line program `tessera`.

#include "app/cli/command_line.h"
#include "app/cli/interrupts.h"
#include "app/keep_freed_memory.h"

#include <string>
#include <vector>

int main(int argc, char** argv) {
    tessera::keepFreedMemory();
    const tessera::cli::Interrupts interrupts;
    return tessera::cli::runCommandLine(std::vector<std::string>(argv + 1, argv + argc),
                                        interrupts);
}
