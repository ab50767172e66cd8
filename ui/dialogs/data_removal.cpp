#include "ui/dialogs/data_removal.h"

#include "core/base/log.h"
#include "core/base/paths.h"
#include "ui/bridge/disk_worker.h"
#include "ui/bridge/text.h"
#include "ui/dialogs/dialog_parts.h"
#include "ui/models/library_model.h"
#include "ui/numbers.h"
#include "ui/settings.h"
#include "ui/style/fonts.h"
#include "ui/style/icons.h"
#include "ui/style/style.h"

#include <QDialog>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QTableWidget>
#include <QVBoxLayout>

#include <memory>

namespace tessera::ui {
namespace {

enum Column { What, Path, Size, ColumnCount };

const QString kPending = QStringLiteral("removal/pending");

std::uint64_t total(const std::vector<KeptData>& data) {
    std::uint64_t bytes = 0;
    for (const KeptData& item : data) {
        bytes += item.bytes;
    }
    return bytes;
}

// A database has its write-ahead log beside it.
void removeWithCompanions(const std::filesystem::path& path) {
    for (const char* suffix : {"", "-wal", "-shm"}) {
        std::filesystem::path file = path;
        file += suffix;
        std::error_code error;
        std::filesystem::remove_all(file, error);
        if (error) {
            base::logWarning(file.string() + " could not be removed: " + error.message());
        }
    }
}

}  // namespace

std::vector<KeptData> keptData(const Settings& settings) {
    const std::filesystem::path data = base::dataFolder();
    const std::filesystem::path clips = pathOf(settings.clipsFolder());
    return {{DataRemoval::tr("Deleted clips"), clips / ".trash"},
            {DataRemoval::tr("All clips"), clips},
            {DataRemoval::tr("Library: ratings and tags"), data / "library.sqlite", true},
            {DataRemoval::tr("Queue and its history"), data / "journal.sqlite", true},
            {DataRemoval::tr("Models you added"), data / "models"},
            {DataRemoval::tr("Logs"), data / "logs"},
            {DataRemoval::tr("Settings, layouts, drafts"), data / "settings.ini", true}};
}

void measureKeptData(std::vector<KeptData>& data) {
    namespace fs = std::filesystem;
    for (KeptData& item : data) {
        item.bytes = 0;
        item.files = 0;
        std::error_code error;
        if (fs::is_regular_file(item.path, error)) {
            item.bytes = fs::file_size(item.path, error);
            item.files = 1;
            continue;
        }
        fs::recursive_directory_iterator walk(
            item.path, fs::directory_options::skip_permission_denied, error);
        for (; !error && walk != fs::recursive_directory_iterator(); walk.increment(error)) {
            std::error_code gone;
            if (walk->is_regular_file(gone)) {
                item.bytes += walk->file_size(gone);
                ++item.files;
            }
        }
    }
}

void removePending(Settings& settings) {
    const QStringList pending = settings.value(kPending).toStringList();
    if (pending.isEmpty()) {
        return;
    }
    settings.remove(kPending);
    const QString own = toQt(base::dataFolder() / "settings.ini");
    for (const QString& path : pending) {
        if (path == own) {
            settings.clear();
        } else {
            removeWithCompanions(pathOf(path));
        }
        base::logInfo("Removed as asked: " + fromQt(path));
    }
    settings.sync();
}

DataRemoval::DataRemoval(const Services& services, QWidget* parent)
    : QWidget(parent), m_services(services), m_data(keptData(services.settings)) {
    setObjectName(QStringLiteral("removal"));
    setAccessibleName(tr("Kept data"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(measure::kRowGap);
    layout->addWidget(paragraph(tr("All that Tessera keeps on this machine:"), this));
    m_table = new QTableWidget(static_cast<int>(m_data.size()), ColumnCount, this);
    m_table->setObjectName(QStringLiteral("removal.table"));
    m_table->setAccessibleName(tr("What is kept, where, and how large it is"));
    m_table->setHorizontalHeaderLabels({tr("What"), tr("Path"), tr("Size")});
    m_table->horizontalHeader()->setHighlightSections(false);
    m_table->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    m_table->horizontalHeader()->setSectionResizeMode(Path, QHeaderView::Stretch);
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setDefaultSectionSize(
        std::max(measure::kTableRow, fontMetrics().height() + 8));
    m_table->setShowGrid(false);
    m_table->setTextElideMode(Qt::ElideMiddle);
    m_table->setSelectionMode(QAbstractItemView::NoSelection);
    m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_table->setTabKeyNavigation(false);
    layout->addWidget(m_table, 1);
    auto* row = new QHBoxLayout;
    m_note = quietText({}, this);
    m_note->setObjectName(QStringLiteral("removal.note"));
    m_remove = dialogButton(QStringLiteral("removal.remove"), tr("Remove…"), nullptr, this);
    m_remove->setIcon(icon(QStringLiteral("delete")));
    row->addWidget(m_note, 1);
    row->addWidget(m_remove);
    layout->addLayout(row);
    showData();
    connect(m_table, &QTableWidget::itemChanged, this, &DataRemoval::showChosen);
    connect(m_remove, &QPushButton::clicked, this, &DataRemoval::ask);
    measure();
}

void DataRemoval::measure() {
    m_note->setText(tr("Measuring"));
    auto measured = std::make_shared<std::vector<KeptData>>(m_data);
    m_services.disk.run(
        this,
        [measured] { measureKeptData(*measured); },
        [this, measured] {
            m_data = *measured;
            showData();
            showChosen();
        });
}

void DataRemoval::showData() {
    const QSignalBlocker quiet(m_table);
    for (std::size_t at = 0; at < m_data.size(); ++at) {
        const KeptData& item = m_data[at];
        const int row = static_cast<int>(at);
        auto* what = new QTableWidgetItem(item.what);
        what->setFlags(Qt::ItemIsEnabled | Qt::ItemIsUserCheckable);
        what->setCheckState(Qt::Unchecked);
        auto* path = new QTableWidgetItem(toQt(item.path));
        path->setToolTip(toQt(item.path));
        path->setFlags(Qt::ItemIsEnabled);
        auto* size =
            new QTableWidgetItem(item.files == 0 ? QString(kUnknown) : ui::bytes(item.bytes));
        size->setFlags(Qt::ItemIsEnabled);
        size->setFont(numberFont());
        size->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
        size->setToolTip(
            tr("%1 files, %2 bytes")
                .arg(number(item.files), number(static_cast<std::int64_t>(item.bytes))));
        m_table->setItem(row, What, what);
        m_table->setItem(row, Path, path);
        m_table->setItem(row, Size, size);
    }
}

std::vector<KeptData> DataRemoval::chosen() const {
    std::vector<KeptData> chosen;
    for (std::size_t at = 0; at < m_data.size(); ++at) {
        if (m_table->item(static_cast<int>(at), What)->checkState() == Qt::Checked) {
            chosen.push_back(m_data[at]);
        }
    }
    return chosen;
}

void DataRemoval::showChosen() {
    const std::vector<KeptData> ticked = chosen();
    m_remove->setEnabled(!ticked.empty());
    m_note->setText(ticked.empty() ? tr("Tick what should go.")
                                   : tr("%1 chosen").arg(ui::bytes(total(ticked))));
}

void DataRemoval::ask() {
    const std::vector<KeptData> going = chosen();
    auto* dialog = new QDialog(this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    QVBoxLayout* layout =
        startDialog(*dialog, QStringLiteral("removal.confirm"), tr("Remove data"));
    layout->addWidget(heading(tr("This cannot be taken back:"), dialog));
    bool isLater = false;
    for (const KeptData& item : going) {
        layout->addWidget(paragraph(
            tr("%1: %2 in %3 files").arg(item.what, ui::bytes(item.bytes), number(item.files)),
            dialog));
        layout->addWidget(selectable(toQt(item.path), dialog));
        isLater = isLater || item.isOpen;
    }
    if (isLater) {
        layout->addWidget(quietText(
            tr("What is in use now is removed when Tessera starts the next time."), dialog));
    }
    auto* buttons = new QHBoxLayout;
    auto* yes = dialogButton(QStringLiteral("removal.yes"),
                             tr("Remove %1").arg(ui::bytes(total(going))),
                             nullptr,
                             dialog);
    auto* no = dialogButton(QStringLiteral("removal.no"), tr("Keep everything"), "primary", dialog);
    buttons->addStretch();
    buttons->addWidget(yes);
    buttons->addWidget(no);
    layout->addLayout(buttons);
    connect(no, &QPushButton::clicked, dialog, &QDialog::reject);
    connect(yes, &QPushButton::clicked, dialog, [this, dialog, going] {
        dialog->accept();
        remove(going);
    });
    no->setFocus();
    dialog->open();
}

void DataRemoval::remove(const std::vector<KeptData>& going) {
    QStringList later = m_services.settings.value(kPending).toStringList();
    std::vector<std::filesystem::path> now;
    for (const KeptData& item : going) {
        if (item.isOpen) {
            later.append(toQt(item.path));
        } else {
            now.push_back(item.path);
        }
    }
    later.removeDuplicates();
    if (!later.isEmpty()) {
        m_services.settings.setValue(kPending, later);
        m_services.settings.sync();
    }
    m_services.disk.run(
        this,
        [now] {
            for (const std::filesystem::path& path : now) {
                removeWithCompanions(path);
            }
        },
        [this] {
            m_services.library.refresh();
            measure();
        });
}

}  // namespace tessera::ui
