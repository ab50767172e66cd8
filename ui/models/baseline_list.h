#pragma once

// Measurements that were kept to be compared with: one JSON file each in
// "<data folder>/bench-baselines", read once and written on the disk worker. At most one of them is
// shown beside the present measurement. GUI thread.

#include "core/base/result.h"
#include "core/bench/result.h"

#include <QObject>
#include <QString>

#include <filesystem>
#include <functional>
#include <vector>

namespace tessera::ui {

class DiskWorker;
class Settings;

struct Baseline {
    QString id;  // of the file, without ending
    QString name;
    bench::BenchResult result;
};

class BaselineList final : public QObject {
    Q_OBJECT

public:
    // Reads the folder on the disk worker; changed() tells when that is done. Which one is shown is
    // remembered in the settings.
    BaselineList(std::filesystem::path folder,
                 Settings& settings,
                 DiskWorker& disk,
                 QObject* parent = nullptr);

    // Newest first.
    const std::vector<Baseline>& all() const { return m_all; }

    const Baseline* find(const QString& id) const;

    const Baseline* shown() const { return find(m_shown); }

    // Empty = none.
    void show(const QString& id);

    // Returns its id.
    QString add(const QString& name, const bench::BenchResult& result);

    // Puts one back that was removed.
    void restore(const Baseline& baseline);
    void rename(const QString& id, const QString& name);
    void remove(const QString& id);

    // In place of all that are there, the first of them shown; no file is read or written: for
    // pictures of the window.
    void showSamples(std::vector<Baseline> samples);

Q_SIGNALS:
    void changed();
    void problem(const tessera::base::Error& error);

private:
    std::filesystem::path fileOf(const QString& id) const;
    QString freeId() const;
    void insert(Baseline baseline);
    void save(const Baseline& baseline);
    void work(std::function<base::Status()> task);

    std::filesystem::path m_folder;
    Settings& m_settings;
    DiskWorker& m_disk;
    std::vector<Baseline> m_all;
    QString m_shown;
};

}  // namespace tessera::ui
