#pragma once

// The one place where exceptions become errors: called once per job. Any thread.

#include "core/base/error.h"

#include <exception>

namespace tessera::engine {

// OutOfMemory for LibTorch's and the library's allocation failures, NotWritable or NotFound for
// files, Internal with the text for everything else.
base::Error toError(const std::exception_ptr& exception);

}  // namespace tessera::engine
