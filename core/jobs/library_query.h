#pragma once

// The words of a library search: read into a condition over the library's table, and changed one
// field at a time, so that a search field and a list of filters can be two views of one text. Pure
// functions; any thread.

#include "core/base/result.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace tessera::jobs {

// A condition for WHERE. Whatever the user typed is only in `values`, never in `where`.
struct LibraryCondition {
    std::string where;
    std::vector<std::variant<std::int64_t, double, std::string>> values;  // one a '?', in order
};

// BadInput whose `where` is the word that cannot be read.
base::Result<LibraryCondition> readQuery(std::string_view text);

// What the query says of the field, "stage" for example; empty when it says nothing.
std::vector<std::string> queryValues(std::string_view text, std::string_view field);

// The text with other values of the field, in the place where it stood; none = without the field.
// All else stays as it was typed.
std::string withQueryValues(std::string_view text,
                            std::string_view field,
                            const std::vector<std::string>& values);

// Lower case for comparing, in Latin, Greek and Cyrillic letters.
std::string foldCase(std::string_view text);

// A seed as text whose order is that of the numbers: SQLite has no unsigned 64 bits.
std::string sortableSeed(std::uint64_t seed);

}  // namespace tessera::jobs
