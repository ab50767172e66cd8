#pragma once

// What the user set, kept in "<data folder>/settings.ini". Typed reads with defaults and ranges: a
// damaged value is its default. GUI thread.

#include "ui/theme.h"

#include <QObject>
#include <QSettings>
#include <QString>

#include <memory>

namespace tessera::ui {

class Settings final : public QObject {
    Q_OBJECT

public:
    // Opens (or will make) the file.
    explicit Settings(const QString& file, QObject* parent = nullptr);

    ThemeChoice theme() const;
    void setTheme(ThemeChoice theme);

    bool welcomeSeen() const;
    void setWelcomeSeen();

    QString clipsFolder() const;  // default: base::clipsFolder()
    void setClipsFolder(const QString& folder);

    int threads() const;  // 0 = all cores
    void setThreads(int threads);
    QString precision() const;  // "auto", "fp32", "bf16"
    void setPrecision(const QString& precision);
    QString device() const;  // "auto", "cpu", "cuda:0"
    void setDevice(const QString& device);
    double maxRamGb() const;  // 0 = no limit
    void setMaxRamGb(double limit);
    bool previews() const;
    void setPreviews(bool on);
    bool embedRecipe() const;
    void setEmbedRecipe(bool on);
    int thumbnailCacheMb() const;
    void setThumbnailCacheMb(int megabytes);

    // Anything else: layouts, shortcuts, drafts. `key` with '/' as in QSettings.
    QVariant value(const QString& key, const QVariant& fallback = {}) const;
    void setValue(const QString& key, const QVariant& value);
    void remove(const QString& key);
    void clear();  // everything; the defaults hold again
    void sync();

Q_SIGNALS:
    void changed(const QString& key);

private:
    std::unique_ptr<QSettings> m_file;
};

}  // namespace tessera::ui
