#pragma once

// Result<T>: a value or an Error. Returned by everything that can fail in normal use.
//
//     Result<Clip> clip = readClip(path);
//     if (!clip) {
//         return fail(clip.error());
//     }

#include "core/base/error.h"

#include <string>
#include <utility>

#include <tl/expected.hpp>

namespace tessera::base {

template <class T>
class [[nodiscard]] Result : public tl::expected<T, Error> {
public:
    using tl::expected<T, Error>::expected;
};

using Status = Result<void>;

// Returns the error form of any Result.
inline tl::unexpected<Error> fail(Error error) {
    return tl::unexpected<Error>(std::move(error));
}

// The same from its parts; `hint` says what to do now and must not be empty.
inline tl::unexpected<Error> fail(ErrorCode code,
                                  std::string message,
                                  std::string hint,
                                  std::string where = {}) {
    return fail(Error{code, std::move(message), std::move(hint), std::move(where)});
}

}  // namespace tessera::base
