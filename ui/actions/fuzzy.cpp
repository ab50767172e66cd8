#include "ui/actions/fuzzy.h"

#include <limits>

namespace tessera::ui {
namespace {

constexpr int kWordStart = 8;
constexpr int kNeighbour = 6;
constexpr int kTextStart = 4;
constexpr int kNone = std::numeric_limits<int>::min() / 2;

bool startsWord(const QString& text, int position) {
    return position == 0 || !text[position - 1].isLetterOrNumber();
}

// Best score of a match whose last letter lies at each place, for one letter more than `before`.
struct Row {
    std::vector<int> score;
    std::vector<int> from;  // place of the letter before; -1 = this is the first
};

Row nextRow(const QString& text, QChar letter, const Row* before) {
    const auto length = static_cast<std::size_t>(text.size());
    Row row{std::vector<int>(length, kNone), std::vector<int>(length, -1)};
    int best = kNone;
    int bestAt = -1;
    for (int at = 0; at < text.size(); ++at) {
        const auto here = static_cast<std::size_t>(at);
        if (text[at].toCaseFolded() == letter) {
            const int own = (startsWord(text, at) ? kWordStart : 0) + (at == 0 ? kTextStart : 0);
            if (before == nullptr) {
                row.score[here] = own - at / 8;
            } else {
                const int neighbour = at > 0 && before->score[here - 1] > kNone
                                          ? before->score[here - 1] + kNeighbour
                                          : kNone;
                const int distant = best > kNone ? best - 1 : kNone;
                if (neighbour > kNone || distant > kNone) {
                    row.score[here] = own + std::max(neighbour, distant);
                    row.from[here] = neighbour >= distant ? at - 1 : bestAt;
                }
            }
        }
        if (before != nullptr && before->score[here] > best) {
            best = before->score[here];
            bestAt = at;
        }
    }
    return row;
}

}  // namespace

std::optional<FuzzyMatch> fuzzyMatch(const QString& typed, const QString& text) {
    std::vector<Row> rows;
    for (const QChar raw : typed) {
        if (!raw.isSpace()) {
            rows.push_back(
                nextRow(text, raw.toCaseFolded(), rows.empty() ? nullptr : &rows.back()));
        }
    }
    FuzzyMatch match;
    if (rows.empty()) {
        return match;
    }
    const std::vector<int>& last = rows.back().score;
    int at = -1;
    match.score = kNone;
    for (std::size_t place = 0; place < last.size(); ++place) {
        if (last[place] > match.score) {
            match.score = last[place];
            at = static_cast<int>(place);
        }
    }
    if (at < 0) {
        return std::nullopt;
    }
    match.positions.resize(rows.size());
    for (std::size_t row = rows.size(); row-- > 0;) {
        match.positions[row] = at;
        at = rows[row].from[static_cast<std::size_t>(at)];
    }
    return match;
}

}  // namespace tessera::ui
