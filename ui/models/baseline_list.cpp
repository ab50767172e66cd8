#include "ui/models/baseline_list.h"

#include "core/base/file.h"
#include "core/base/format.h"
#include "core/base/json.h"
#include "core/jobs/bench_file.h"
#include "ui/bridge/disk_worker.h"
#include "ui/bridge/text.h"
#include "ui/settings.h"

#include <QDateTime>

#include <algorithm>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>

namespace tessera::ui {

namespace fs = std::filesystem;

namespace {

constexpr const char* kShownKey = "bench/baseline";
constexpr const char* kNameKey = "name";
constexpr std::size_t kMostFiles = 1000;
constexpr std::size_t kMostNameBytes = 200;

base::Result<Baseline> readBaseline(const fs::path& file) {
    const auto json = base::readJsonFile(file);
    if (!json) {
        return base::fail(json.error());
    }
    auto result = jobs::benchResultFromJson(*json);
    if (!result) {
        return base::fail(result.error());
    }
    const auto name = json->contains(kNameKey) ? base::jsonText(*json, kNameKey)
                                               : base::Result<std::string>(file.stem().string());
    if (!name) {
        return base::fail(name.error());
    }
    return Baseline{
        toQt(file.stem()), toQt(base::printable(*name, kMostNameBytes)), std::move(*result)};
}

// What cannot be read is told, and left where it is.
void readFolder(const fs::path& folder,
                std::vector<Baseline>& all,
                std::optional<base::Error>& problem) {
    std::error_code error;
    fs::directory_iterator walk(folder, error);
    for (; !error && walk != fs::directory_iterator() && all.size() < kMostFiles;
         walk.increment(error)) {
        if (walk->path().extension() != ".json") {
            continue;
        }
        auto read = readBaseline(walk->path());
        if (read) {
            all.push_back(std::move(*read));
        } else {
            problem = read.error();
        }
    }
}

bool isNewer(const Baseline& a, const Baseline& b) {
    return a.result.environment.date != b.result.environment.date
               ? a.result.environment.date > b.result.environment.date
               : a.id > b.id;
}

}  // namespace

BaselineList::BaselineList(fs::path folder, Settings& settings, DiskWorker& disk, QObject* parent)
    : QObject(parent),
      m_folder(std::move(folder)),
      m_settings(settings),
      m_disk(disk),
      m_shown(settings.value(QLatin1String(kShownKey)).toString()) {
    struct Found {
        std::vector<Baseline> all;
        std::optional<base::Error> problem;
    };

    auto found = std::make_shared<Found>();
    m_disk.run(
        this,
        [found, at = m_folder] { readFolder(at, found->all, found->problem); },
        [this, found] {
            for (Baseline& each : found->all) {
                insert(std::move(each));
            }
            Q_EMIT changed();
            if (found->problem) {
                Q_EMIT problem(*found->problem);
            }
        });
}

const Baseline* BaselineList::find(const QString& id) const {
    const auto found = std::ranges::find(m_all, id, &Baseline::id);
    return found == m_all.end() ? nullptr : &*found;
}

void BaselineList::show(const QString& id) {
    if (id == m_shown) {
        return;
    }
    m_shown = id;
    m_settings.setValue(QLatin1String(kShownKey), id);
    Q_EMIT changed();
}

QString BaselineList::add(const QString& name, const bench::BenchResult& result) {
    const Baseline baseline{freeId(), name, result};
    restore(baseline);
    return baseline.id;
}

void BaselineList::restore(const Baseline& baseline) {
    insert(baseline);
    save(baseline);
    Q_EMIT changed();
}

void BaselineList::rename(const QString& id, const QString& name) {
    const auto found = std::ranges::find(m_all, id, &Baseline::id);
    if (found == m_all.end() || name.trimmed().isEmpty() || found->name == name.trimmed()) {
        return;
    }
    found->name = name.trimmed();
    save(*found);
    Q_EMIT changed();
}

void BaselineList::remove(const QString& id) {
    const auto found = std::ranges::find(m_all, id, &Baseline::id);
    if (found == m_all.end()) {
        return;
    }
    m_all.erase(found);
    work([file = fileOf(id)]() -> base::Status {
        std::error_code error;
        if (fs::remove(file, error) || !error) {
            return {};
        }
        return base::fail(base::ErrorCode::NotWritable,
                          "The baseline '" + file.filename().string() +
                              "' could not be removed: " + error.message() + ".",
                          "Make the folder writable, or remove the file by hand.",
                          file.string());
    });
    Q_EMIT changed();
}

void BaselineList::showSamples(std::vector<Baseline> samples) {
    m_all = std::move(samples);
    m_shown = m_all.empty() ? QString() : m_all.front().id;
    Q_EMIT changed();
}

fs::path BaselineList::fileOf(const QString& id) const {
    return m_folder / (fromQt(id) + ".json");
}

// The time of the day it was kept; a number behind it where two are kept within a second.
QString BaselineList::freeId() const {
    const QString stem =
        QDateTime::currentDateTimeUtc().toString(QStringLiteral("yyyyMMdd-HHmmss"));
    QString id = stem;
    for (int number = 2; find(id) != nullptr; ++number) {
        id = stem + QLatin1Char('-') + QString::number(number);
    }
    return id;
}

void BaselineList::insert(Baseline baseline) {
    const auto at = std::ranges::upper_bound(m_all, baseline, isNewer);
    m_all.insert(at, std::move(baseline));
}

void BaselineList::save(const Baseline& baseline) {
    work([baseline, folder = m_folder, file = fileOf(baseline.id)]() -> base::Status {
        std::error_code ignored;  // writing says what is wrong with the folder
        fs::create_directories(folder, ignored);
        base::Json json = {{kNameKey, fromQt(baseline.name)}};
        json.update(jobs::toJson(baseline.result));
        return base::writeJsonFile(file, json);
    });
}

void BaselineList::work(std::function<base::Status()> task) {
    auto status = std::make_shared<base::Status>();
    m_disk.run(
        this,
        [status, task = std::move(task)] { *status = task(); },
        [this, status] {
            if (!*status) {
                Q_EMIT problem(status->error());
            }
        });
}

}  // namespace tessera::ui
