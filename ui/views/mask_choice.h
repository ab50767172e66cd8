#pragma once

// What the mask explorer looks at, as a value: a shape, a mask and a block size; and its words. GUI
// thread.

#include "core/plan/block_count.h"
#include "core/plan/shape_preset.h"
#include "core/plan/token_place.h"

#include <QJsonObject>
#include <QString>

namespace tessera::ui {

struct MaskChoice {
    plan::TokenLayout layout;  // frames are those of the mask
    plan::FrameMask mask;
    std::int64_t block = plan::kBlock;

    bool operator==(const MaskChoice&) const = default;
};

// Most of each that the fields take: at more frames a tile of the fitted map is smaller than a
// pixel.
inline constexpr int kMostMaskFrames = 512;
inline constexpr int kMostMaskTokens = 100'000;
inline constexpr int kMostMaskText = 10'000;

// Open-Sora-Plan's 29 frames under 2:6.
MaskChoice firstMaskChoice();

// The choice with another shape: as many reference frames as there were, full stays full.
MaskChoice withLayout(const MaskChoice& choice, const plan::TokenLayout& layout);

// For settings and the window's state; a damaged one is firstMaskChoice().
QJsonObject toJson(const MaskChoice& choice);
MaskChoice maskChoiceOf(const QJsonObject& json);

// The known shape with that layout; null for an own one.
const plan::ShapePreset* presetOf(const plan::TokenLayout& layout);

QString shapeWord(const plan::ShapePreset& preset);    // "Open-Sora-Plan, 29 frames"
QString layoutWords(const plan::TokenLayout& layout);  // "8 × 3 600", "13 × 1 350 + 226"
QString placeWords(const plan::TokenPlace& place);     // "frame 3, token 120"
QString referenceWords(const plan::FrameMask& mask);   // "0, 4 of 8", shortened where long
QString maskSkips(const MaskChoice& choice);           // "skips 45.47 % (keeps 54.53 %) of ..."

// "kept, frame 4 is a reference".
QString reasonWords(const plan::FrameMask& mask,
                    const plan::TokenPlace& query,
                    const plan::TokenPlace& key);

// All figures as lines of plain text, for the clipboard and inside of pictures.
QString figuresText(const MaskChoice& choice);

}  // namespace tessera::ui
