#include "ui/dialogs/recover_dialog.h"

#include "core/base/log.h"
#include "ui/bridge/engine_client.h"
#include "ui/bridge/text.h"
#include "ui/dialogs/dialog_parts.h"
#include "ui/models/job_words.h"
#include "ui/numbers.h"
#include "ui/style/fonts.h"
#include "ui/style/icons.h"
#include "ui/style/style.h"
#include "ui/theme.h"
#include "ui/widgets/banner.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLocale>
#include <QPushButton>
#include <QTableWidget>
#include <QVBoxLayout>

#include <algorithm>

namespace tessera::ui {
namespace {

using Fate = jobs::RecoveredJob::Fate;

constexpr int kWidth = 620;
constexpr int kMostRows = 8;
constexpr int kRowHeight = 34;

enum Column { Icon, Job, State, Button, ColumnCount };

QString jobWords(const jobs::JobRequest& request) {
    if (const auto* clip = std::get_if<pipeline::GenerationRequest>(&request)) {
        return shortPrompt(toQt(clip->prompt));
    }
    return toQt(jobs::kindName(request));
}

QString fateWords(const jobs::RecoveredJob& job) {
    switch (job.fate) {
        case Fate::Interrupted:
            return RecoverDialog::tr("Interrupted");
        case Fate::SetAside:
            return RecoverDialog::tr("Set aside after %1 crashes").arg(job.crashes);
        case Fate::Waiting:
            break;
    }
    return RecoverDialog::tr("Waiting");
}

QString fateIcon(Fate fate) {
    return fate == Fate::Interrupted ? QStringLiteral("state-interrupted")
           : fate == Fate::SetAside  ? QStringLiteral("state-error")
                                     : QStringLiteral("job-queue");
}

QColor fateInk(Fate fate) {
    const Theme& colours = currentTheme();
    return fate == Fate::Interrupted ? colours.warning
           : fate == Fate::SetAside  ? colours.error
                                     : colours.muted;
}

}  // namespace

RecoverDialog::RecoverDialog(LeftBehind left,
                             EngineClient& engine,
                             jobs::Journal& journal,
                             QWidget* parent)
    : QDialog(parent),
      m_left(std::move(left)),
      m_engine(engine),
      m_journal(journal),
      m_isTaken(m_left.jobs.size(), false) {
    QVBoxLayout* layout = startDialog(*this, QStringLiteral("recover"), tr("Recover"));
    const QString when = m_left.lastSign.isValid()
                             ? tr("Tessera did not close properly on %1.")
                                   .arg(m_left.lastSign.toString(tr("d MMM 'at' HH:mm")))
                             : tr("Tessera did not close properly.");
    layout->addWidget(
        heading(hasCrashed() ? when : tr("Jobs were waiting when Tessera closed."), this));
    layout->addWidget(new Banner(hasCrashed() ? Banner::Kind::Warning : Banner::Kind::Info,
                                 tr("Nothing starts by itself."),
                                 tr("Your prompt, the queue and its order are kept."),
                                 this));
    addTable();
    addFacts();
    auto* buttons = new QHBoxLayout;
    auto* later = dialogButton(QStringLiteral("recover.later"), tr("Decide later"), nullptr, this);
    auto* discard = dialogButton(QStringLiteral("recover.discard"), tr("Discard"), nullptr, this);
    auto* recover =
        dialogButton(QStringLiteral("recover.queue"), tr("Recover queue"), "primary", this);
    recover->setIcon(icon(QStringLiteral("recipe-restore")));
    recover->setToolTip(tr("Puts waiting and interrupted jobs in line, with the queue paused"));
    discard->setToolTip(tr("Forgets all of these jobs; clips that exist stay"));
    buttons->addWidget(later);
    buttons->addStretch();
    buttons->addWidget(discard);
    buttons->addWidget(recover);
    layout->addLayout(buttons);
    connect(later, &QPushButton::clicked, this, &QDialog::reject);
    connect(discard, &QPushButton::clicked, this, &RecoverDialog::discardAll);
    connect(recover, &QPushButton::clicked, this, &RecoverDialog::recoverAll);
    recover->setAutoDefault(true);
    recover->setFocus();
    fitToWidth(*this, kWidth);
}

bool RecoverDialog::hasCrashed() const {
    return std::any_of(m_left.jobs.begin(), m_left.jobs.end(), [](const jobs::RecoveredJob& job) {
        return job.fate == Fate::Interrupted;
    });
}

void RecoverDialog::addTable() {
    const int rows = static_cast<int>(m_left.jobs.size());
    m_table = new QTableWidget(rows, ColumnCount, this);
    m_table->setObjectName(QStringLiteral("recover.jobs"));
    m_table->setAccessibleName(tr("Jobs that were left"));
    m_table->setHorizontalHeaderLabels({{}, tr("Job"), tr("State"), {}});
    m_table->horizontalHeader()->setHighlightSections(false);
    m_table->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    m_table->horizontalHeader()->setMinimumSectionSize(measure::kControl);
    m_table->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    m_table->horizontalHeader()->setSectionResizeMode(Job, QHeaderView::Stretch);
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setDefaultSectionSize(kRowHeight);
    m_table->setShowGrid(false);
    m_table->setFrameShape(QFrame::NoFrame);
    m_table->setWordWrap(false);
    m_table->setIconSize(QSize(measure::kSmallIcon, measure::kSmallIcon));
    m_table->setSelectionMode(QAbstractItemView::NoSelection);
    m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_table->setFocusPolicy(Qt::NoFocus);
    for (int row = 0; row < rows; ++row) {
        addRow(row, m_left.jobs[static_cast<std::size_t>(row)]);
    }
    const int header = m_table->horizontalHeader()->sizeHint().height();
    m_table->setFixedHeight(header + std::min(rows, kMostRows) * kRowHeight + 2);
    layout()->addWidget(m_table);
}

void RecoverDialog::addRow(int row, const jobs::RecoveredJob& job) {
    auto* mark = new QTableWidgetItem(
        QIcon(iconPixmap(
            fateIcon(job.fate), measure::kSmallIcon, fateInk(job.fate), devicePixelRatioF())),
        QString());
    auto* words = new QTableWidgetItem(jobWords(job.request));
    words->setToolTip(words->text());
    auto* fate = new QTableWidgetItem(fateWords(job));
    fate->setForeground(fateInk(job.fate));
    fate->setFont(tableFont());
    m_table->setItem(row, Icon, mark);
    m_table->setItem(row, Job, words);
    m_table->setItem(row, State, fate);
    if (job.fate == Fate::Waiting) {
        return;
    }
    auto* cell = new QWidget(m_table);
    auto* layout = new QHBoxLayout(cell);
    layout->setContentsMargins(measure::kGrid, 0, measure::kGrid, 0);
    auto* again =
        dialogButton(QStringLiteral("recover.retry.%1").arg(row), tr("Retry"), "small", cell);
    again->setAccessibleName(tr("Retry %1").arg(words->text()));
    again->setToolTip(tr("Puts this job alone in line, with the queue paused"));
    layout->addWidget(again);
    m_table->setCellWidget(row, Button, cell);
    connect(again, &QPushButton::clicked, this, [this, row] {
        retry(static_cast<std::size_t>(row), row);
    });
}

void RecoverDialog::addFacts() {
    const auto add = [this](const QString& what, const QString& value) {
        auto* row = new QHBoxLayout;
        auto* name = new QLabel(what, this);
        name->setForegroundRole(QPalette::PlaceholderText);
        auto* text = new QLabel(value, this);
        text->setTextFormat(Qt::PlainText);
        row->addWidget(name);
        row->addStretch();
        row->addWidget(text);
        static_cast<QVBoxLayout*>(layout())->addLayout(row);
    };
    if (!m_left.unsavedPrompt.isEmpty()) {
        add(tr("Unsaved prompt"),
            QChar(0x201C) + shortPrompt(m_left.unsavedPrompt) + QChar(0x201D));
    }
    if (m_left.temporaryFiles > 0) {
        add(tr("Temporary files removed"),
            number(m_left.temporaryFiles) + QStringLiteral(", ") + bytes(m_left.temporaryBytes));
    }
}

bool RecoverDialog::submit(std::size_t at) {
    if (m_isTaken[at]) {
        return true;
    }
    m_engine.holdQueue(true);
    const auto job = m_engine.submit(m_left.jobs[at].request, m_left.jobs[at].row);
    if (!job) {
        base::logWarning(base::describe(job.error()));
        m_table->item(static_cast<int>(at), State)->setText(toQt(job.error().message));
        return false;
    }
    m_isTaken[at] = true;
    return true;
}

void RecoverDialog::retry(std::size_t at, int row) {
    if (submit(at)) {
        m_table->item(row, State)->setText(tr("In line"));
        m_table->item(row, State)->setForeground(currentTheme().success);
        m_table->cellWidget(row, Button)->setEnabled(false);
    }
    if (std::all_of(m_isTaken.begin(), m_isTaken.end(), [](bool taken) { return taken; })) {
        accept();
    }
}

void RecoverDialog::recoverAll() {
    bool isWell = true;
    for (std::size_t at = 0; at < m_left.jobs.size(); ++at) {
        // What ended two starts is not taken back with the others, only by its own button.
        if (m_left.jobs[at].fate != Fate::SetAside) {
            isWell = submit(at) && isWell;
        }
    }
    if (isWell) {
        accept();
    }
}

void RecoverDialog::discardAll() {
    for (std::size_t at = 0; at < m_left.jobs.size(); ++at) {
        if (!m_isTaken[at]) {
            // The journal has logged what went wrong; the job is then offered again.
            static_cast<void>(m_journal.forget(m_left.jobs[at].row));
        }
    }
    accept();
}

}  // namespace tessera::ui
