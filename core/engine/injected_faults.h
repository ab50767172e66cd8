#pragma once

// Errors on demand for tests of what happens after one: TESSERA_INJECT names them, in the order in
// which they happen, for example "bad_alloc@denoise:3,bad_shape@decode:0". Each is thrown once, at
// that step of that phase (0: when the phase begins), inside the engine; the jobs after the last
// run as ever. Kinds: bad_alloc, bad_shape, cuda_error, and "slow", which throws nothing but waits
// for a second. Only in builds with TESSERA_TESTS; no other build reads the variable. The thread
// of the engine.

#include "core/jobs/engine.h"

#include <memory>

namespace tessera::engine {

// `engine` itself when TESSERA_INJECT is not set.
std::unique_ptr<jobs::Engine> withInjectedFaults(std::unique_ptr<jobs::Engine> engine);

}  // namespace tessera::engine
