#include "ui/dialogs/quit_dialog.h"

#include "ui/bridge/engine_client.h"
#include "ui/bridge/text.h"
#include "ui/dialogs/dialog_parts.h"
#include "ui/models/job_words.h"
#include "ui/models/queue_model.h"
#include "ui/numbers.h"
#include "ui/style/fonts.h"
#include "ui/style/style.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QVBoxLayout>

namespace tessera::ui {
namespace {

constexpr int kWidth = 460;
constexpr int kProgressSteps = 1000;

}  // namespace

QuitDialog::QuitDialog(const Services& services, QWidget* parent)
    : QDialog(parent), m_services(services), m_wasHeld(services.engine.isQueueHeld()) {
    QVBoxLayout* layout = startDialog(*this, QStringLiteral("quit"), tr("Quit Tessera"));
    setMinimumWidth(kWidth);
    layout->addWidget(heading(tr("A job is running."), this));
    m_what = paragraph({}, this);
    m_what->setObjectName(QStringLiteral("quit.what"));
    layout->addWidget(m_what);
    auto* row = new QHBoxLayout;
    m_step = new QLabel(this);
    m_step->setObjectName(QStringLiteral("quit.step"));
    m_progress = new QProgressBar(this);
    m_progress->setObjectName(QStringLiteral("quit.progress"));
    m_progress->setAccessibleName(tr("Progress of the running job"));
    m_progress->setRange(0, kProgressSteps);
    m_progress->setTextVisible(false);
    m_left = new QLabel(this);
    m_left->setObjectName(QStringLiteral("quit.left"));
    m_left->setFont(numberFont());
    row->addWidget(m_step);
    row->addWidget(m_progress, 1);
    row->addWidget(m_left);
    layout->addLayout(row);
    m_waiting = quietText({}, this);
    m_waiting->setObjectName(QStringLiteral("quit.waiting"));
    layout->addWidget(m_waiting);

    auto* buttons = new QHBoxLayout;
    m_cancel = dialogButton(QStringLiteral("quit.cancel"), tr("Cancel and quit"), nullptr, this);
    m_finish =
        dialogButton(QStringLiteral("quit.finish"), tr("Finish first and quit"), nullptr, this);
    m_stay = dialogButton(QStringLiteral("quit.stay"), tr("Stay"), "primary", this);
    buttons->addStretch();
    buttons->addWidget(m_cancel);
    buttons->addWidget(m_finish);
    buttons->addWidget(m_stay);
    layout->addLayout(buttons);
    m_stay->setFocus();
    m_stay->setAutoDefault(true);

    connect(m_cancel, &QPushButton::clicked, this, [this] { choose(Choice::Cancel); });
    connect(m_finish, &QPushButton::clicked, this, [this] { choose(Choice::Finish); });
    connect(m_stay, &QPushButton::clicked, this, &QuitDialog::reject);
    connect(&services.queue, &QueueModel::dataChanged, this, &QuitDialog::showJob);
    connect(&services.queue, &QueueModel::summaryChanged, this, &QuitDialog::showJob);
    // After the model: by then it has the job's end, and the engine may have begun the next job.
    const auto ended = [this] { checkEnd(); };
    connect(&services.engine, &EngineClient::finished, this, ended, Qt::QueuedConnection);
    connect(&services.engine, &EngineClient::failed, this, ended, Qt::QueuedConnection);
    connect(&services.engine, &EngineClient::cancelled, this, ended, Qt::QueuedConnection);
    showJob();
}

void QuitDialog::choose(Choice choice) {
    m_choice = choice;
    m_services.engine.holdQueue(true);
    const jobs::JobId job = m_services.engine.running().value_or(jobs::JobId{});
    if (jobs::value(job) != 0) {
        if (choice == Choice::Cancel) {
            m_services.engine.cancel(job);
        }
        m_cancel->setEnabled(choice != Choice::Cancel);
        m_finish->setEnabled(false);
        showJob();
        return;
    }
    checkEnd();
}

void QuitDialog::reject() {
    if (m_choice != Choice::None) {
        m_services.engine.holdQueue(m_wasHeld);
    }
    QDialog::reject();
}

void QuitDialog::checkEnd() {
    if (m_services.engine.running()) {
        return;
    }
    if (m_choice != Choice::None) {
        Q_EMIT readyToQuit();
        accept();
        return;
    }
    showJob();
    m_what->setText(tr("The job has ended meanwhile."));
}

void QuitDialog::showJob() {
    const int waiting = m_services.queue.waitingCount();
    m_waiting->setVisible(waiting > 0);
    m_waiting->setText(waiting == 1
                           ? tr("The waiting job is kept for the next start.")
                           : tr("The %1 waiting jobs are kept for the next start.").arg(waiting));
    const QueueRow* row = m_services.queue.running();
    if (row == nullptr) {
        m_what->setText(tr("It has just begun."));
        m_step->clear();
        m_left->clear();
        return;
    }
    const QString prompt = shortPrompt(toQt(row->request.prompt));
    m_what->setText(m_choice == Choice::Cancel ? tr("Stopping \"%1\".").arg(prompt)
                    : m_choice == Choice::Finish
                        ? tr("Finishing \"%1\", then Tessera closes.").arg(prompt)
                        : tr("\"%1\" is not done yet.").arg(prompt));
    const bool isMoving = row->state == JobState::Running && !row->phase.isEmpty();
    m_step->setText(isMoving ? phaseWord(row->phase) + QLatin1Char(' ') + stepWords(*row)
                             : stateWord(row->state));
    const double share = row->share;
    m_progress->setValue(share < 0.0 ? 0 : static_cast<int>(share * kProgressSteps));
    m_left->setText(row->secondsLeft ? tr("%1 left").arg(seconds(*row->secondsLeft))
                                     : tr("estimating"));
}

}  // namespace tessera::ui
