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

// A path is made from these too; without them the call would be ambiguous.
inline QString toQt(const std::string& text) {
    return QString::fromStdString(text);
}

inline QString toQt(const char* text) {
    return QString::fromUtf8(text);
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
