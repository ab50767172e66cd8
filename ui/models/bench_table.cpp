#include "ui/models/bench_table.h"

#include "ui/bridge/text.h"
#include "ui/models/bench_words.h"
#include "ui/numbers.h"
#include "ui/style/fonts.h"
#include "ui/style/icons.h"
#include "ui/style/style.h"
#include "ui/theme.h"

#include <QGuiApplication>
#include <QIcon>

#include <algorithm>
#include <utility>

namespace tessera::ui {

using bench::BenchRow;
using bench::Verdict;

namespace {

bool isNumber(int column) {
    return column >= BenchTable::Median && column <= BenchTable::Error;
}

bool isSameCell(const BenchRow& a, const BenchRow& b) {
    return a.kernel == b.kernel && a.mask == b.mask && a.pass == b.pass && a.layout == b.layout &&
           a.heads == b.heads && a.headSize == b.headSize;
}

// Of a check: the verdict is seen without its colour.
QVariant sign(Verdict verdict) {
    if (verdict == Verdict::NotRun) {
        return {};
    }
    const Theme& colours = currentTheme();
    const bool agrees = verdict == Verdict::Agrees;
    const QString name = agrees ? QStringLiteral("state-done") : QStringLiteral("state-error");
    const qreal ratio = qApp->devicePixelRatio();
    QIcon sign(
        iconPixmap(name, measure::kSmallIcon, agrees ? colours.success : colours.error, ratio));
    sign.addPixmap(iconPixmap(name, measure::kSmallIcon, colours.selectionText, ratio),
                   QIcon::Selected);
    return sign;
}

bool isMeasured(const BenchRow& row) {
    return row.verdict == Verdict::Agrees && row.medianMs > 0.0;
}

}  // namespace

BenchTable::BenchTable(QObject* parent) : QAbstractTableModel(parent) {}

int BenchTable::rowCount(const QModelIndex& parent) const {
    return parent.isValid() || !m_result ? 0 : static_cast<int>(m_result->rows.size());
}

int BenchTable::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : ColumnCount;
}

const BenchRow& BenchTable::row(int row) const {
    return m_result->rows[static_cast<std::size_t>(row)];
}

void BenchTable::setResult(std::optional<bench::BenchResult> result) {
    beginResetModel();
    m_result = std::move(result);
    endResetModel();
    Q_EMIT changed();
}

void BenchTable::setBaseline(std::optional<bench::BenchResult> baseline) {
    m_baseline = std::move(baseline);
    if (rowCount() > 0) {
        Q_EMIT dataChanged(index(0, AgainstBaseline), index(rowCount() - 1, AgainstBaseline));
    }
    Q_EMIT changed();
}

std::optional<BenchTable::Change> BenchTable::change(int at) const {
    const BenchRow& now = row(at);
    if (!m_baseline || !isMeasured(now)) {
        return std::nullopt;
    }
    const auto before = std::ranges::find_if(
        m_baseline->rows, [&](const BenchRow& other) { return isSameCell(now, other); });
    if (before == m_baseline->rows.end() || !isMeasured(*before)) {
        return std::nullopt;
    }
    Change change;
    change.baselineMs = before->medianMs;
    change.share = now.medianMs / before->medianMs - 1.0;
    change.isNoise = now.p20Ms <= before->p80Ms && before->p20Ms <= now.p80Ms;
    return change;
}

bool BenchTable::hasSeveralShapes() const {
    return rowCount() > 0 && std::ranges::any_of(m_result->rows, [this](const BenchRow& other) {
               const BenchRow& first = m_result->rows.front();
               return !(other.layout == first.layout) || other.heads != first.heads ||
                      other.headSize != first.headSize;
           });
}

bool BenchTable::hasSeveralPasses() const {
    return rowCount() > 0 && std::ranges::any_of(m_result->rows, [this](const BenchRow& other) {
               return other.pass != m_result->rows.front().pass;
           });
}

QString BenchTable::text(const BenchRow& row, int column, int at) const {
    const bool isTimed = isMeasured(row);
    switch (column) {
        case Kernel:
            return toQt(row.kernel);
        case Shape:
            return toQt(row.shape);
        case Mask:
            return toQt(row.mask);
        case Pass:
            return passText(row.pass);
        case Median:
            return isTimed                         ? msText(row.medianMs)
                   : row.verdict == Verdict::Wrong ? tr("hidden")
                                                   : QString(kUnknown);
        case Range:
            return isTimed ? msText(row.p20Ms) + QStringLiteral(" – ") + msText(row.p80Ms)
                           : QString();
        case Rate:
            return isTimed ? rateText(row.teraflops) : QString();
        case AgainstBaseline: {
            const auto beside = change(at);
            return beside ? changeText(beside->share) : isTimed ? QString(kUnknown) : QString();
        }
        case Cold:
            return isTimed ? coldText(row.coldMs) : QString();
        case Error:
            return row.verdict == Verdict::NotRun ? QString() : errorText(row.error);
        case Check:
            return checkText(row);
        default:
            return {};
    }
}

QVariant BenchTable::ink(const BenchRow& row, int column, int at) const {
    const Theme& colours = currentTheme();
    if (row.verdict == Verdict::NotRun) {
        return colours.muted;
    }
    if (row.verdict == Verdict::Wrong) {
        return column == Error || column == Check ? QVariant(colours.error)
               : column == Median                 ? QVariant(colours.muted)
                                                  : QVariant();
    }
    if (column == AgainstBaseline) {
        const auto beside = change(at);
        return !beside || beside->isNoise ? colours.muted
               : beside->share < 0.0      ? colours.success
                                          : colours.warning;
    }
    if (column == Check) {
        return colours.success;
    }
    return column == Range ? QVariant(colours.muted) : QVariant();
}

QVariant BenchTable::data(const QModelIndex& index, int role) const {
    if (!index.isValid()) {
        return {};
    }
    const BenchRow& of = row(index.row());
    const int column = index.column();
    switch (role) {
        case Qt::DisplayRole:
            return text(of, column, index.row());
        case Qt::FontRole:
            return column == Median                     ? bold(numberFont())
                   : isNumber(column) || column == Mask ? numberFont()
                                                        : tableFont();
        case Qt::TextAlignmentRole:
            return QVariant::fromValue((isNumber(column) ? Qt::AlignRight : Qt::AlignLeft) |
                                       Qt::AlignVCenter);
        case Qt::ForegroundRole:
            return ink(of, column, index.row());
        case Qt::DecorationRole:
            return column == Check ? sign(of.verdict) : QVariant();
        case Qt::ToolTipRole:
            return of.verdict == Verdict::Agrees ? QVariant() : QVariant(toQt(of.reason));
        default:
            return {};
    }
}

QVariant BenchTable::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal) {
        return {};
    }
    if (role == Qt::TextAlignmentRole) {
        return QVariant::fromValue((isNumber(section) ? Qt::AlignRight : Qt::AlignLeft) |
                                   Qt::AlignVCenter);
    }
    if (role != Qt::DisplayRole) {
        return {};
    }
    const QString names[ColumnCount] = {tr("Kernel"),
                                        tr("Shape"),
                                        tr("Mask"),
                                        tr("Pass"),
                                        tr("Median, ms"),
                                        tr("p20 – p80"),
                                        tr("TFLOP/s"),
                                        tr("Against baseline"),
                                        tr("Cold, ms"),
                                        tr("Rel. error"),
                                        tr("Check")};
    return names[section];
}

QString BenchTable::plainTable() const {
    QString lines;
    for (int line = -1; line < rowCount(); ++line) {
        QStringList fields;
        for (int column = 0; column < ColumnCount; ++column) {
            if ((column == Shape && !hasSeveralShapes()) ||
                (column == Pass && !hasSeveralPasses())) {
                continue;
            }
            const QString shown =
                line < 0 ? headerData(column, Qt::Horizontal, Qt::DisplayRole).toString()
                         : index(line, column).data().toString();
            fields.append(
                line >= 0 && isNumber(column)
                    ? plain(QString(shown).replace(QStringLiteral(" – "), QStringLiteral(" to ")))
                    : shown);
        }
        lines += fields.join(QLatin1Char('\t')) + QLatin1Char('\n');
    }
    return lines;
}

}  // namespace tessera::ui
