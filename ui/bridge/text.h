#pragma once

// Text between the core (UTF-8 std::string, paths) and Qt. Any thread.

#include <QString>

#include <filesystem>
#include <string>
#include <string_view>

namespace tessera::ui {

inline QString toQt(std::string_view text) {
    return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
}

inline QString toQt(const std::filesystem::path& path) {
    return QString::fromStdString(path.string());
}

inline std::string fromQt(const QString& text) {
    return text.toStdString();
}

inline std::filesystem::path pathOf(const QString& text) {
    return std::filesystem::path(text.toStdString());
}

}  // namespace tessera::ui
