#pragma once

// The one table between element types of files and of tensors. Any thread.

#include "core/base/safetensors_layout.h"

#include <c10/core/ScalarType.h>

#include <optional>

namespace tessera::tensor {

c10::ScalarType scalarType(base::StoredType type);

// Empty for a type that safetensors files of this program do not hold.
std::optional<base::StoredType> storedType(c10::ScalarType type);

}  // namespace tessera::tensor
