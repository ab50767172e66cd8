#pragma once

// How the process keeps memory that tensors give back. Called first thing in main() by every
// program that runs the engine in its own process.

namespace tessera {

void keepFreedMemory();

}  // namespace tessera
