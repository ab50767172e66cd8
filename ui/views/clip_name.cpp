#include "ui/views/clip_name.h"

#include "ui/bridge/text.h"

#include <QDir>
#include <QFileInfo>

namespace tessera::ui {

namespace {

constexpr int kMostWords = 4;
constexpr int kLongest = 40;

// Plain letters and digits only: the name travels to file systems and shells of any kind.
QString slugOf(const QString& prompt) {
    QString slug;
    int words = 0;
    bool isGap = true;
    for (const QChar letter : prompt.toLower()) {
        const bool isPlain = letter.unicode() < 128 && letter.isLetterOrNumber();
        if (isPlain && isGap) {
            if (++words > kMostWords) {
                break;
            }
            if (!slug.isEmpty()) {
                slug += QLatin1Char('-');
            }
        }
        if (isPlain) {
            slug += letter;
        }
        isGap = !isPlain;
    }
    return slug.left(kLongest);
}

}  // namespace

std::filesystem::path newClipPath(const QString& folder,
                                  const QString& prompt,
                                  std::uint64_t seed,
                                  const QDateTime& now,
                                  QSet<QString>& given) {
    QStringList parts{now.toString(QStringLiteral("yyyy-MM-dd-HHmmss"))};
    if (const QString slug = slugOf(prompt); !slug.isEmpty()) {
        parts.append(slug);
    }
    parts.append(QString::number(seed));
    const QString stem = QDir(folder).filePath(parts.join(QLatin1Char('-')));
    QString path = stem + QStringLiteral(".mp4");
    for (int copy = 2; given.contains(path) || QFileInfo::exists(path); ++copy) {
        path = QStringLiteral("%1-%2.mp4").arg(stem).arg(copy);
    }
    given.insert(path);
    return pathOf(path);
}

}  // namespace tessera::ui
