#include "core/tensor/stored_type.h"

#include <array>
#include <utility>

namespace tessera::tensor {
namespace {

using base::StoredType;

constexpr std::array<std::pair<StoredType, c10::ScalarType>, 9> kTypes{
    {{StoredType::F64, c10::ScalarType::Double},
     {StoredType::F32, c10::ScalarType::Float},
     {StoredType::F16, c10::ScalarType::Half},
     {StoredType::BF16, c10::ScalarType::BFloat16},
     {StoredType::I64, c10::ScalarType::Long},
     {StoredType::I32, c10::ScalarType::Int},
     {StoredType::I8, c10::ScalarType::Char},
     {StoredType::U8, c10::ScalarType::Byte},
     {StoredType::Bool, c10::ScalarType::Bool}}};

}  // namespace

c10::ScalarType scalarType(base::StoredType type) {
    for (const auto& [stored, scalar] : kTypes) {
        if (stored == type) {
            return scalar;
        }
    }
    return c10::ScalarType::Undefined;
}

std::optional<base::StoredType> storedType(c10::ScalarType type) {
    for (const auto& [stored, scalar] : kTypes) {
        if (scalar == type) {
            return stored;
        }
    }
    return std::nullopt;
}

}  // namespace tessera::tensor
