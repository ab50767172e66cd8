#include "ui/theme.h"

#include "core/base/check.h"
#include "ui/style/style.h"

#include <QApplication>
#include <QToolTip>

#include <algorithm>
#include <cmath>

namespace tessera::ui {
namespace {

constexpr int kDarkBelow = 128;

QColor rgb(unsigned value) {
    return QColor(QRgb(0xff000000U | value));
}

const Theme kDark = {
    .id = ThemeId::Dark,
    .window = rgb(0x1F2124),
    .panel = rgb(0x27292D),
    .raised = rgb(0x33363C),
    .hover = rgb(0x3C4047),
    .pressed = rgb(0x2A2C31),
    .base = rgb(0x191A1D),
    .alternate = rgb(0x1E2023),
    .canvas = rgb(0x141414),
    .border = rgb(0x3A3D43),
    .outline = rgb(0x5E646E),
    .text = rgb(0xE4E6EA),
    .muted = rgb(0xA6ACB6),
    .disabled = rgb(0x7A808B),
    .accent = rgb(0x4CC9B8),
    .primary = rgb(0x0E7F72),
    .primaryHover = rgb(0x0C7569),
    .primaryText = rgb(0xFFFFFF),
    .selection = rgb(0x1F5751),
    .selectionText = rgb(0xFFFFFF),
    .link = rgb(0x6FD6C8),
    .success = rgb(0x9CCB62),
    .successGround = rgb(0x28331F),
    .warning = rgb(0xE8C04F),
    .warningGround = rgb(0x3A3220),
    .error = rgb(0xFF8A7A),
    .errorGround = rgb(0x40272A),
    .infoGround = rgb(0x1D3734),
    .icon = rgb(0xC6CBD3),
    .plotGrid = rgb(0x34373D),
    .plotAxis = rgb(0x8A909B),
    .tooltip = rgb(0x34373D),
    .stageBase = rgb(0xE4E6EA),
    .stageMlcd = rgb(0x5AA9F0),
    .stageSparse = rgb(0xF2A93B),
    .stageSparseKd = rgb(0xEC6397),
};

const Theme kLight = {
    .id = ThemeId::Light,
    .window = rgb(0xEEEFF1),
    .panel = rgb(0xF7F7F8),
    .raised = rgb(0xFFFFFF),
    .hover = rgb(0xF1F3F8),
    .pressed = rgb(0xE3E5EA),
    .base = rgb(0xFFFFFF),
    .alternate = rgb(0xF4F5F7),
    .canvas = rgb(0xDCDCDC),
    .border = rgb(0xD3D6DB),
    .outline = rgb(0xA9AEB7),
    .text = rgb(0x1D2025),
    .muted = rgb(0x5A616C),
    .disabled = rgb(0x8A909A),
    .accent = rgb(0x00756A),
    .primary = rgb(0x00796D),
    .primaryHover = rgb(0x006A60),
    .primaryText = rgb(0xFFFFFF),
    .selection = rgb(0xBDE5DF),
    .selectionText = rgb(0x0B2421),
    .link = rgb(0x006B61),
    .success = rgb(0x3F6F12),
    .successGround = rgb(0xE6F2D8),
    .warning = rgb(0x7F5900),
    .warningGround = rgb(0xFBEFD0),
    .error = rgb(0xB42318),
    .errorGround = rgb(0xFBE4E2),
    .infoGround = rgb(0xDDF1EE),
    .icon = rgb(0x434953),
    .plotGrid = rgb(0xE3E5E9),
    .plotAxis = rgb(0x6B727D),
    .tooltip = rgb(0xFFFFFF),
    .stageBase = rgb(0x2B2F36),
    .stageMlcd = rgb(0x0B72D0),
    .stageSparse = rgb(0xA36200),
    .stageSparseKd = rgb(0xCF2585),
};

const Theme kHighContrast = {
    .id = ThemeId::HighContrast,
    .window = rgb(0x000000),
    .panel = rgb(0x000000),
    .raised = rgb(0x0D0D0D),
    .hover = rgb(0x1F1F1F),
    .pressed = rgb(0x2B2B2B),
    .base = rgb(0x000000),
    .alternate = rgb(0x0A0A0A),
    .canvas = rgb(0x000000),
    .border = rgb(0x9A9A9A),
    .outline = rgb(0xFFFFFF),
    .text = rgb(0xFFFFFF),
    .muted = rgb(0xD9D9D9),
    .disabled = rgb(0xA8A8A8),
    .accent = rgb(0x4FE8D5),
    .primary = rgb(0x4FE8D5),
    .primaryHover = rgb(0x8AF2E5),
    .primaryText = rgb(0x000000),
    .selection = rgb(0x4FE8D5),
    .selectionText = rgb(0x000000),
    .link = rgb(0x8FD3FF),
    .success = rgb(0x6BEFA0),
    .successGround = rgb(0x000000),
    .warning = rgb(0xFFD84D),
    .warningGround = rgb(0x000000),
    .error = rgb(0xFF9E94),
    .errorGround = rgb(0x000000),
    .infoGround = rgb(0x000000),
    .icon = rgb(0xFFFFFF),
    .plotGrid = rgb(0x3A3A3A),
    .plotAxis = rgb(0xFFFFFF),
    .tooltip = rgb(0x000000),
    .stageBase = rgb(0xFFFFFF),
    .stageMlcd = rgb(0x4D9BFF),
    .stageSparse = rgb(0xFFC04D),
    .stageSparseKd = rgb(0xFF4FA3),
};

const Theme* shownTheme = &kDark;

double linear(double channel) {
    return channel <= 0.04045 ? channel / 12.92 : std::pow((channel + 0.055) / 1.055, 2.4);
}

double luminance(const QColor& colour) {
    return 0.2126 * linear(colour.redF()) + 0.7152 * linear(colour.greenF()) +
           0.0722 * linear(colour.blueF());
}

ThemeId chosen(ThemeChoice choice, const QPalette& start) {
    switch (choice) {
        case ThemeChoice::Dark:
            return ThemeId::Dark;
        case ThemeChoice::Light:
            return ThemeId::Light;
        case ThemeChoice::HighContrast:
            return ThemeId::HighContrast;
        case ThemeChoice::System:
            break;
    }
    const bool isDark = qGray(start.color(QPalette::Window).rgb()) < kDarkBelow;
    return isDark ? ThemeId::Dark : ThemeId::Light;
}

void setDisabled(QPalette& palette, const Theme& theme) {
    for (const QPalette::ColorRole role : {QPalette::WindowText,
                                           QPalette::Text,
                                           QPalette::ButtonText,
                                           QPalette::PlaceholderText,
                                           QPalette::BrightText,
                                           QPalette::Link,
                                           QPalette::LinkVisited,
                                           QPalette::HighlightedText,
                                           QPalette::ToolTipText}) {
        palette.setColor(QPalette::Disabled, role, theme.disabled);
    }
    palette.setColor(QPalette::Disabled, QPalette::Base, theme.panel);
    palette.setColor(QPalette::Disabled, QPalette::Button, theme.panel);
    palette.setColor(QPalette::Disabled, QPalette::Dark, theme.border);
    palette.setColor(QPalette::Disabled, QPalette::Highlight, theme.pressed);
}

}  // namespace

const QColor& Theme::stage(StageMark mark) const {
    switch (mark) {
        case StageMark::Base:
            return stageBase;
        case StageMark::Mlcd:
            return stageMlcd;
        case StageMark::Sparse:
            return stageSparse;
        case StageMark::SparseKd:
            return stageSparseKd;
    }
    CHECK(false, static_cast<int>(mark));
    return stageBase;
}

const Theme& theme(ThemeId id) {
    switch (id) {
        case ThemeId::Dark:
            return kDark;
        case ThemeId::Light:
            return kLight;
        case ThemeId::HighContrast:
            return kHighContrast;
    }
    CHECK(false, static_cast<int>(id));
    return kDark;
}

const Theme& currentTheme() {
    return *shownTheme;
}

QPalette paletteOf(const Theme& theme) {
    QPalette palette;
    palette.setColor(QPalette::Window, theme.window);
    palette.setColor(QPalette::WindowText, theme.text);
    palette.setColor(QPalette::Base, theme.base);
    palette.setColor(QPalette::AlternateBase, theme.alternate);
    palette.setColor(QPalette::Text, theme.text);
    palette.setColor(QPalette::PlaceholderText, theme.muted);
    palette.setColor(QPalette::Button, theme.raised);
    palette.setColor(QPalette::ButtonText, theme.text);
    palette.setColor(QPalette::BrightText, theme.error);
    palette.setColor(QPalette::Light, theme.hover);
    palette.setColor(QPalette::Midlight, theme.pressed);
    palette.setColor(QPalette::Mid, theme.border);
    palette.setColor(QPalette::Dark, theme.outline);
    palette.setColor(QPalette::Shadow, theme.outline);
    palette.setColor(QPalette::Highlight, theme.selection);
    palette.setColor(QPalette::HighlightedText, theme.selectionText);
    palette.setColor(QPalette::Link, theme.link);
    palette.setColor(QPalette::LinkVisited, theme.link);
    palette.setColor(QPalette::ToolTipBase, theme.tooltip);
    palette.setColor(QPalette::ToolTipText, theme.text);
    setDisabled(palette, theme);
    return palette;
}

void applyTheme(QApplication& application, ThemeChoice choice) {
    static const QPalette start = QApplication::palette();
    // Before the palette: widgets read currentTheme() when they hear of the change.
    shownTheme = &theme(chosen(choice, start));
    if (dynamic_cast<Style*>(QApplication::style()) == nullptr) {
        application.setStyle(new Style);
    }
    const QPalette palette = paletteOf(*shownTheme);
    QApplication::setPalette(palette);
    QToolTip::setPalette(palette);
}

double contrastRatio(const QColor& a, const QColor& b) {
    const double first = luminance(a);
    const double second = luminance(b);
    return (std::max(first, second) + 0.05) / (std::min(first, second) + 0.05);
}

}  // namespace tessera::ui
