#include "ui/models/job_words.h"

#include "ui/bridge/text.h"

#include <QCoreApplication>

#include <utility>

namespace tessera::ui {
namespace {

constexpr int kShortPrompt = 60;

QString words(const char* text) {
    return QCoreApplication::translate("JobWords", text);
}

}  // namespace

QString phaseWord(const QString& phase) {
    static const std::pair<const char*, const char*> kWords[] = {
        {"load", QT_TRANSLATE_NOOP("JobWords", "Load model")},
        {"encode", QT_TRANSLATE_NOOP("JobWords", "Encode text")},
        {"denoise", QT_TRANSLATE_NOOP("JobWords", "Denoise")},
        {"decode", QT_TRANSLATE_NOOP("JobWords", "Decode")},
        {"write", QT_TRANSLATE_NOOP("JobWords", "Write file")},
        {"train", QT_TRANSLATE_NOOP("JobWords", "Train")},
        {"score", QT_TRANSLATE_NOOP("JobWords", "Score")}};
    for (const auto& [name, shown] : kWords) {
        if (phase == QLatin1String(name)) {
            return words(shown);
        }
    }
    return phase;
}

QString stateWord(JobState state) {
    switch (state) {
        case JobState::Waiting:
            return words(QT_TRANSLATE_NOOP("JobWords", "Waiting"));
        case JobState::Running:
            return words(QT_TRANSLATE_NOOP("JobWords", "Running"));
        case JobState::Paused:
            return words(QT_TRANSLATE_NOOP("JobWords", "Paused"));
        case JobState::Stopping:
            return words(QT_TRANSLATE_NOOP("JobWords", "Stopping…"));
        case JobState::Done:
            return words(QT_TRANSLATE_NOOP("JobWords", "Done"));
        case JobState::Failed:
            return words(QT_TRANSLATE_NOOP("JobWords", "Failed"));
        case JobState::Cancelled:
            return words(QT_TRANSLATE_NOOP("JobWords", "Cancelled"));
    }
    return {};
}

QString stepWords(const QueueRow& row) {
    if (row.of <= 0) {
        return {};
    }
    return words(QT_TRANSLATE_NOOP("JobWords", "step %1 of %2")).arg(row.step).arg(row.of);
}

QString masksWord(const std::vector<std::string>& masks) {
    if (masks.empty()) {
        return words(QT_TRANSLATE_NOOP("JobWords", "dense"));
    }
    return masks.size() == 1 ? toQt(masks.front())
                             : words(QT_TRANSLATE_NOOP("JobWords", "%1 masks")).arg(masks.size());
}

QString shortPrompt(const QString& prompt) {
    const QString line = prompt.simplified();
    return line.size() <= kShortPrompt ? line : line.left(kShortPrompt - 1) + QChar(0x2026);
}

}  // namespace tessera::ui
