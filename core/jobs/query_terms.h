#pragma once

// A search as the terms it is written in: words and "field:value" pairs between spaces, with quotes
// around what holds spaces and commas between values. Internal to jobs; library_query.h is the
// door. Pure functions; any thread.

#include <string>
#include <string_view>
#include <vector>

namespace tessera::jobs {

struct Term {
    std::string_view text;            // as typed, with its quotes; part of the query
    std::string field;                // lower case; empty = words of the prompt
    std::vector<std::string> values;  // without quotes and empty ones
};

// A quotation that is not closed reaches to the end: it is still being typed.
std::vector<Term> termsOf(std::string_view text);

}  // namespace tessera::jobs
