#pragma once

// Fusion drawn flat, with the measures of look.md 2. Widgets say what they are by dynamic
// properties that are set before they are first shown:
//
//   "look"     on QPushButton, QToolButton: "primary" (36 px, filled), "filled" (the same in the
//              height of other buttons), "small" (24 px), "tool" (28 px, no frame until hovered),
//              "workspace" (the bar at the top). A dialog's default button is filled by itself.
//   "fault"    bool on an input: error outline of 2 px; setFault() sets it and repaints
//   "surface"  on QWidget: "panel" "canvas" "window" "base": the ground it paints itself with
//
// GUI thread.

#include <QProxyStyle>

namespace tessera::ui {

// Measures in device-independent pixels (look.md, 2).
namespace measure {
inline constexpr int kGrid = 4;
inline constexpr int kBodyMargin = 12;
inline constexpr int kLabelGap = 8;
inline constexpr int kRowGap = 8;
inline constexpr int kGroupGap = 12;
inline constexpr int kControl = 28;
inline constexpr int kSmallControl = 24;
inline constexpr int kPrimaryControl = 36;
inline constexpr int kIcon = 18;
inline constexpr int kSmallIcon = 16;
inline constexpr int kTableRow = 26;
inline constexpr int kWorkspaceBar = 44;
inline constexpr int kDockTitle = 28;
inline constexpr int kToolRow = 36;
inline constexpr int kTransport = 44;
inline constexpr int kStatus = 28;
inline constexpr int kRadius = 3;
inline constexpr int kWorkspaceRadius = 4;
}  // namespace measure

class Style final : public QProxyStyle {
    Q_OBJECT

public:
    Style();

    int pixelMetric(PixelMetric metric,
                    const QStyleOption* option,
                    const QWidget* widget) const override;
    int styleHint(StyleHint hint,
                  const QStyleOption* option,
                  const QWidget* widget,
                  QStyleHintReturn* data) const override;
    QSize sizeFromContents(ContentsType type,
                           const QStyleOption* option,
                           const QSize& contents,
                           const QWidget* widget) const override;
    QRect subControlRect(ComplexControl control,
                         const QStyleOptionComplex* option,
                         SubControl part,
                         const QWidget* widget) const override;
    QIcon standardIcon(StandardPixmap icon,
                       const QStyleOption* option,
                       const QWidget* widget) const override;
    void drawPrimitive(PrimitiveElement element,
                       const QStyleOption* option,
                       QPainter* painter,
                       const QWidget* widget) const override;
    void drawControl(ControlElement element,
                     const QStyleOption* option,
                     QPainter* painter,
                     const QWidget* widget) const override;
    void drawComplexControl(ComplexControl control,
                            const QStyleOptionComplex* option,
                            QPainter* painter,
                            const QWidget* widget) const override;
    void polish(QWidget* widget) override;
    using QProxyStyle::polish;
};

// Height of a control: `pixels`, but never below the font's height + 10.
int controlHeight(const QWidget* widget, int pixels = measure::kControl);

// Height of a "small" button, whose font is small too.
int smallControlHeight(const QWidget* widget);

void setFault(QWidget* input, bool isFault);

}  // namespace tessera::ui
