#include "ui/settings.h"

#include "core/base/paths.h"

#include <QLatin1String>
#include <QRegularExpression>
#include <QStringList>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace tessera::ui {
namespace {

constexpr int kMaxThreads = 1024;
constexpr double kMaxRamGb = 100'000.0;
constexpr int kThumbnailCacheMb = 256;
constexpr int kMinThumbnailCacheMb = 16;
constexpr int kMaxThumbnailCacheMb = 65'536;

constexpr QLatin1String kTheme{"look/theme"};
constexpr QLatin1String kWelcomeSeen{"welcome/seen"};
constexpr QLatin1String kClipsFolder{"clips/folder"};
constexpr QLatin1String kThreads{"engine/threads"};
constexpr QLatin1String kPrecision{"engine/precision"};
constexpr QLatin1String kDevice{"engine/device"};
constexpr QLatin1String kMaxRam{"engine/max_ram_gb"};
constexpr QLatin1String kPreviews{"engine/previews"};
constexpr QLatin1String kEmbedRecipe{"clips/embed_recipe"};
constexpr QLatin1String kThumbnailCache{"library/thumbnail_cache_mb"};

const std::array<std::pair<ThemeChoice, QString>, 4>& themeWords() {
    static const std::array<std::pair<ThemeChoice, QString>, 4> words = {
        std::pair{ThemeChoice::System, QStringLiteral("system")},
        std::pair{ThemeChoice::Dark, QStringLiteral("dark")},
        std::pair{ThemeChoice::Light, QStringLiteral("light")},
        std::pair{ThemeChoice::HighContrast, QStringLiteral("high-contrast")}};
    return words;
}

// The value when it is a whole number of the range, else the fallback.
int whole(const QVariant& value, int low, int high, int fallback) {
    bool isNumber = false;
    const int read = value.toInt(&isNumber);
    return isNumber && read >= low && read <= high ? read : fallback;
}

// QVariant takes every word but "false" and "0" for true; here a damaged value is the fallback.
bool flag(const QVariant& value, bool fallback) {
    const QString word = value.toString();
    if (word == QStringLiteral("true") || word == QStringLiteral("1")) {
        return true;
    }
    return word == QStringLiteral("false") || word == QStringLiteral("0") ? false : fallback;
}

bool isPrecision(const QString& word) {
    return QStringList{QStringLiteral("auto"), QStringLiteral("fp32"), QStringLiteral("bf16")}
        .contains(word);
}

bool isDevice(const QString& word) {
    static const QRegularExpression pattern(QStringLiteral("^(auto|cpu|cuda(:[0-9]{1,3})?)$"));
    return pattern.match(word).hasMatch();
}

}  // namespace

Settings::Settings(const QString& file, QObject* parent)
    : QObject(parent), m_file(std::make_unique<QSettings>(file, QSettings::IniFormat)) {}

ThemeChoice Settings::theme() const {
    const QString word = value(kTheme).toString();
    for (const auto& [choice, known] : themeWords()) {
        if (word == known) {
            return choice;
        }
    }
    return ThemeChoice::System;
}

void Settings::setTheme(ThemeChoice theme) {
    for (const auto& [choice, word] : themeWords()) {
        if (choice == theme) {
            setValue(kTheme, word);
        }
    }
}

bool Settings::welcomeSeen() const {
    return flag(value(kWelcomeSeen), false);
}

void Settings::setWelcomeSeen() {
    setValue(kWelcomeSeen, true);
}

QString Settings::clipsFolder() const {
    const QString folder = value(kClipsFolder).toString();
    return folder.isEmpty() ? QString::fromStdString(base::clipsFolder().string()) : folder;
}

void Settings::setClipsFolder(const QString& folder) {
    setValue(kClipsFolder, folder);
}

int Settings::threads() const {
    return whole(value(kThreads), 0, kMaxThreads, 0);
}

void Settings::setThreads(int threads) {
    setValue(kThreads, std::clamp(threads, 0, kMaxThreads));
}

QString Settings::precision() const {
    const QString word = value(kPrecision).toString();
    return isPrecision(word) ? word : QStringLiteral("auto");
}

void Settings::setPrecision(const QString& precision) {
    setValue(kPrecision, precision);
}

QString Settings::device() const {
    const QString word = value(kDevice).toString();
    return isDevice(word) ? word : QStringLiteral("auto");
}

void Settings::setDevice(const QString& device) {
    setValue(kDevice, device);
}

double Settings::maxRamGb() const {
    bool isNumber = false;
    const double limit = value(kMaxRam).toDouble(&isNumber);
    return isNumber && std::isfinite(limit) && limit >= 0.0 && limit <= kMaxRamGb ? limit : 0.0;
}

void Settings::setMaxRamGb(double limit) {
    setValue(kMaxRam, std::isfinite(limit) ? std::clamp(limit, 0.0, kMaxRamGb) : 0.0);
}

bool Settings::previews() const {
    return flag(value(kPreviews), true);
}

void Settings::setPreviews(bool on) {
    setValue(kPreviews, on);
}

bool Settings::embedRecipe() const {
    return flag(value(kEmbedRecipe), true);
}

void Settings::setEmbedRecipe(bool on) {
    setValue(kEmbedRecipe, on);
}

int Settings::thumbnailCacheMb() const {
    return whole(
        value(kThumbnailCache), kMinThumbnailCacheMb, kMaxThumbnailCacheMb, kThumbnailCacheMb);
}

void Settings::setThumbnailCacheMb(int megabytes) {
    setValue(kThumbnailCache, std::clamp(megabytes, kMinThumbnailCacheMb, kMaxThumbnailCacheMb));
}

QVariant Settings::value(const QString& key, const QVariant& fallback) const {
    return m_file->value(key, fallback);
}

void Settings::setValue(const QString& key, const QVariant& value) {
    if (m_file->contains(key) && m_file->value(key) == value) {
        return;
    }
    m_file->setValue(key, value);
    Q_EMIT changed(key);
}

void Settings::remove(const QString& key) {
    m_file->remove(key);
    Q_EMIT changed(key);
}

void Settings::clear() {
    m_file->clear();
    Q_EMIT changed({});
}

void Settings::sync() {
    m_file->sync();
}

}  // namespace tessera::ui
