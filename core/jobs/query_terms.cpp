#include "core/jobs/query_terms.h"

#include "core/jobs/library_query.h"

#include <algorithm>
#include <utility>

namespace tessera::jobs {

namespace {

bool isSpace(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
}

bool isLetter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

std::vector<std::string> valuesOf(std::string_view text) {
    std::vector<std::string> values(1);
    bool isQuoted = false;
    for (const char c : text) {
        if (c == '"') {
            isQuoted = !isQuoted;
        } else if (c == ',' && !isQuoted) {
            values.emplace_back();
        } else {
            values.back() += c;
        }
    }
    std::erase_if(values, [](const std::string& value) { return value.empty(); });
    return values;
}

Term termOf(std::string_view text) {
    Term term{text, {}, {}};
    const std::size_t letters =
        static_cast<std::size_t>(std::ranges::find_if_not(text, isLetter) - text.begin());
    if (letters > 0 && letters < text.size() && text[letters] == ':') {
        term.field = foldCase(text.substr(0, letters));
        text.remove_prefix(letters + 1);
    }
    term.values = valuesOf(text);
    return term;
}

std::string quoted(const std::string& value) {
    const bool isPlain =
        std::ranges::none_of(value, [](char c) { return isSpace(c) || c == ',' || c == '"'; });
    std::string inner = value;
    std::erase(inner, '"');  // there is no way to write one, and no field that needs one
    return isPlain ? inner : "\"" + inner + "\"";
}

}  // namespace

std::vector<Term> termsOf(std::string_view text) {
    std::vector<Term> terms;
    std::size_t at = 0;
    while (at < text.size()) {
        if (isSpace(text[at])) {
            ++at;
            continue;
        }
        const std::size_t begin = at;
        bool isQuoted = false;
        while (at < text.size() && (isQuoted || !isSpace(text[at]))) {
            isQuoted = isQuoted != (text[at] == '"');
            ++at;
        }
        terms.push_back(termOf(text.substr(begin, at - begin)));
    }
    return terms;
}

std::vector<std::string> queryValues(std::string_view text, std::string_view field) {
    std::vector<std::string> values;
    for (const Term& term : termsOf(text)) {
        if (term.field == field) {
            values.insert(values.end(), term.values.begin(), term.values.end());
        }
    }
    return values;
}

std::string withQueryValues(std::string_view text,
                            std::string_view field,
                            const std::vector<std::string>& values) {
    std::string list;
    for (const std::string& value : values) {
        list += (list.empty() ? std::string(field) + ":" : ",") + quoted(value);
    }
    std::string result;
    const auto append = [&result](std::string_view part) {
        if (!part.empty()) {
            result += (result.empty() ? "" : " ") + std::string(part);
        }
    };
    for (const Term& term : termsOf(text)) {
        append(term.field == field ? std::string_view(std::exchange(list, {})) : term.text);
    }
    append(list);
    return result;
}

std::string foldCase(std::string_view text) {
    std::string folded(text);
    for (std::size_t i = 0; i < folded.size(); ++i) {
        const auto byte = static_cast<unsigned char>(folded[i]);
        if (byte >= 'A' && byte <= 'Z') {
            folded[i] = static_cast<char>(byte + 32);
            continue;
        }
        if (byte < 0xC3 || byte > 0xD0 || i + 1 >= folded.size()) {
            continue;
        }
        const unsigned code =
            ((byte & 0x1Fu) << 6) | (static_cast<unsigned char>(folded[i + 1]) & 0x3Fu);
        unsigned lower = code;
        if ((code >= 0xC0 && code <= 0xDE && code != 0xD7) || (code >= 0x391 && code <= 0x3A9) ||
            (code >= 0x410 && code <= 0x42F)) {
            lower = code + 32;
        } else if (code >= 0x400 && code <= 0x40F) {
            lower = code + 80;
        }
        folded[i] = static_cast<char>(0xC0u | (lower >> 6));
        folded[++i] = static_cast<char>(0x80u | (lower & 0x3Fu));
    }
    return folded;
}

}  // namespace tessera::jobs
