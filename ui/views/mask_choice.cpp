#include "ui/views/mask_choice.h"

#include "ui/bridge/text.h"
#include "ui/numbers.h"

#include <QCoreApplication>
#include <QStringList>

#include <algorithm>

namespace tessera::ui {

namespace {

constexpr int kShownReferences = 6;

QString words(const char* text) {
    return QCoreApplication::translate("MaskChoice", text);
}

QString listed(const std::vector<int>& frames, std::size_t most) {
    QStringList texts;
    for (const int frame : frames) {
        if (static_cast<std::size_t>(texts.size()) == most) {
            texts.append(QStringLiteral("…"));
            break;
        }
        texts.append(QString::number(frame));
    }
    return texts.join(QStringLiteral(", "));
}

std::int64_t countIn(const QJsonObject& json,
                     const char* key,
                     std::int64_t low,
                     std::int64_t high) {
    const double value = json.value(QLatin1String(key)).toDouble(static_cast<double>(low - 1));
    const bool isInside = value >= static_cast<double>(low) && value <= static_cast<double>(high);
    return isInside ? static_cast<std::int64_t>(value) : low - 1;
}

}  // namespace

MaskChoice firstMaskChoice() {
    const plan::TokenLayout layout = plan::shapePresets().front().layout;
    return {layout, plan::maskWithReferences(static_cast<int>(layout.frames), 2), plan::kBlock};
}

MaskChoice withLayout(const MaskChoice& choice, const plan::TokenLayout& layout) {
    MaskChoice other = choice;
    other.layout = layout;
    const int frames = static_cast<int>(layout.frames);
    if (frames != choice.mask.frames) {
        other.mask =
            choice.mask.isFull()
                ? plan::FrameMask{frames, 1}
                : plan::maskWithReferences(frames, std::min(choice.mask.referenceCount(), frames));
    }
    return other;
}

QJsonObject toJson(const MaskChoice& choice) {
    return {{QStringLiteral("frames"), static_cast<qint64>(choice.layout.frames)},
            {QStringLiteral("tokens"), static_cast<qint64>(choice.layout.tokens)},
            {QStringLiteral("text"), static_cast<qint64>(choice.layout.text)},
            {QStringLiteral("mask"), toQt(choice.mask.name())},
            {QStringLiteral("block"), static_cast<qint64>(choice.block)}};
}

MaskChoice maskChoiceOf(const QJsonObject& json) {
    const plan::TokenLayout layout{countIn(json, "frames", 1, kMostMaskFrames),
                                   countIn(json, "tokens", 1, kMostMaskTokens),
                                   countIn(json, "text", 0, kMostMaskText)};
    const std::int64_t block = countIn(json, "block", 1, plan::kBlock);
    if (layout.frames < 1 || layout.tokens < 1 || layout.text < 0 ||
        (block != plan::kBlock / 2 && block != plan::kBlock)) {
        return firstMaskChoice();
    }
    const auto mask = plan::parseFrameMask(fromQt(json.value(QStringLiteral("mask")).toString()),
                                           static_cast<int>(layout.frames));
    return mask ? MaskChoice{layout, *mask, block} : firstMaskChoice();
}

const plan::ShapePreset* presetOf(const plan::TokenLayout& layout) {
    const auto presets = plan::shapePresets();
    const auto found = std::ranges::find(presets, layout, &plan::ShapePreset::layout);
    return found == presets.end() ? nullptr : &*found;
}

QString shapeWord(const plan::ShapePreset& preset) {
    static const std::pair<const char*, const char*> kWords[] = {
        {"osp-29f", QT_TRANSLATE_NOOP("MaskChoice", "Open-Sora-Plan, 29 frames")},
        {"osp-93f", QT_TRANSLATE_NOOP("MaskChoice", "Open-Sora-Plan, 93 frames")},
        {"cogvideox-5b", QT_TRANSLATE_NOOP("MaskChoice", "CogVideoX-5B")},
        {"wan-1.3b", QT_TRANSLATE_NOOP("MaskChoice", "Wan2.1-1.3B")},
        {"bundled-128x192", QT_TRANSLATE_NOOP("MaskChoice", "Bundled, 192 × 128")},
        {"bundled-192x288", QT_TRANSLATE_NOOP("MaskChoice", "Bundled, 288 × 192")},
        {"bundled-256x384", QT_TRANSLATE_NOOP("MaskChoice", "Bundled, 384 × 256")}};
    for (const auto& [name, shown] : kWords) {
        if (preset.name == name) {
            return words(shown);
        }
    }
    return toQt(preset.name);
}

QString layoutWords(const plan::TokenLayout& layout) {
    const QString frames =
        QStringLiteral("%1 × %2").arg(number(layout.frames), number(layout.tokens));
    return layout.text == 0 ? frames : frames + QStringLiteral(" + ") + number(layout.text);
}

QString placeWords(const plan::TokenPlace& place) {
    return place.isText()
               ? words(QT_TRANSLATE_NOOP("MaskChoice", "text token %1")).arg(number(place.token))
               : words(QT_TRANSLATE_NOOP("MaskChoice", "frame %1, token %2"))
                     .arg(QString::number(place.frame), number(place.token));
}

QString referenceWords(const plan::FrameMask& mask) {
    return mask.isFull() ? words(QT_TRANSLATE_NOOP("MaskChoice", "all %1")).arg(mask.frames)
                         : words(QT_TRANSLATE_NOOP("MaskChoice", "%1 of %2"))
                               .arg(listed(mask.referenceFrames(), kShownReferences),
                                    QString::number(mask.frames));
}

QString maskSkips(const MaskChoice& choice) {
    return skips(plan::countBlocks(choice.mask, choice.layout, choice.block).sparsity(),
                 choice.block);
}

QString reasonWords(const plan::FrameMask& mask,
                    const plan::TokenPlace& query,
                    const plan::TokenPlace& key) {
    switch (plan::reasonFor(mask, query, key)) {
        case plan::PairReason::Text:
            return words(QT_TRANSLATE_NOOP("MaskChoice", "kept, text sees all and is seen by all"));
        case plan::PairReason::Reference:
            return words(QT_TRANSLATE_NOOP("MaskChoice", "kept, frame %1 is a reference"))
                .arg(mask.isReference(query.frame) ? query.frame : key.frame);
        case plan::PairReason::OwnFrame:
            return words(QT_TRANSLATE_NOOP("MaskChoice", "kept, both are in frame %1"))
                .arg(query.frame);
        case plan::PairReason::Skipped:
            break;
    }
    return words(QT_TRANSLATE_NOOP("MaskChoice", "skipped, neither frame is a reference"));
}

QString figuresText(const MaskChoice& choice) {
    const plan::BlockCount count = plan::countBlocks(choice.mask, choice.layout, choice.block);
    const plan::ShapePreset* preset = presetOf(choice.layout);
    const auto line = [](const char* name, const QString& value) {
        return words(name) + QStringLiteral(": ") + value;
    };
    QStringList lines;
    if (preset != nullptr) {
        lines.append(line(QT_TRANSLATE_NOOP("MaskChoice", "Shape"), shapeWord(*preset)));
    }
    lines.append(
        line(QT_TRANSLATE_NOOP("MaskChoice", "Tokens"),
             words(QT_TRANSLATE_NOOP("MaskChoice", "%1 frames of %2, %3 of text, %4 in all"))
                 .arg(choice.layout.frames)
                 .arg(choice.layout.tokens)
                 .arg(choice.layout.text)
                 .arg(choice.layout.total())));
    lines.append(line(QT_TRANSLATE_NOOP("MaskChoice", "Mask"), toQt(choice.mask.name())));
    lines.append(line(QT_TRANSLATE_NOOP("MaskChoice", "Reference frames"),
                      listed(choice.mask.referenceFrames(), kMostMaskFrames)));
    lines.append(line(QT_TRANSLATE_NOOP("MaskChoice", "Block sparsity"), maskSkips(choice)));
    lines.append(line(QT_TRANSLATE_NOOP("MaskChoice", "Kept blocks"),
                      words(QT_TRANSLATE_NOOP("MaskChoice", "%1 of %2, %3 of them border blocks"))
                          .arg(count.computed)
                          .arg(count.total)
                          .arg(count.computed - count.full)));
    lines.append(line(QT_TRANSLATE_NOOP("MaskChoice", "Element sparsity"),
                      percent(plan::elementSparsity(choice.mask, choice.layout), 2)));
    lines.append(line(QT_TRANSLATE_NOOP("MaskChoice", "Tile sparsity"),
                      percent(plan::tileSparsity(choice.mask), 2)));
    return plain(lines.join(QLatin1Char('\n'))) + QLatin1Char('\n');
}

}  // namespace tessera::ui
