#include "ui/views/status_line.h"

#include "core/jobs/words.h"
#include "ui/bridge/engine_client.h"
#include "ui/bridge/text.h"
#include "ui/models/job_words.h"
#include "ui/models/library_model.h"
#include "ui/models/queue_model.h"
#include "ui/numbers.h"
#include "ui/settings.h"
#include "ui/style/fonts.h"
#include "ui/style/icons.h"
#include "ui/style/style.h"
#include "ui/views/process_memory.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QProgressBar>
#include <QThread>

namespace tessera::ui {
namespace {

constexpr int kMemoryEveryMs = 1000;
constexpr int kProgressWidth = 140;
constexpr int kProgressHeight = 8;
constexpr int kProgressSteps = 1000;

QString gigabytes(std::uint64_t bytes) {
    return decimal(static_cast<double>(bytes) / 1e9, 1);
}

}  // namespace

StatusLine::StatusLine(const Services& services, QWidget* parent)
    : QWidget(parent), m_services(services) {
    setObjectName(QStringLiteral("status"));
    setAccessibleName(tr("Status"));
    setFixedHeight(std::max(measure::kStatus, QFontMetrics(tableFont()).height() + 10));
    addParts();
    followServices();
    m_memoryTimer.setInterval(kMemoryEveryMs);
    connect(&m_memoryTimer, &QTimer::timeout, this, &StatusLine::showMemory);

    pipeline::GenerationRequest asked;
    asked.threads = services.settings.threads();
    if (const auto device = jobs::deviceOf(fromQt(services.settings.device()))) {
        asked.device = *device;
    }
    if (const auto precision = jobs::precisionOf(fromQt(services.settings.precision()))) {
        asked.precision = *precision;
    }
    showDevice(asked);
    showMemory();
    showJob();
    showSaved();
    showLibrary();
}

QLabel* StatusLine::addLabel(const char* name, const QString& accessibleName) {
    auto* label = new QLabel(this);
    label->setObjectName(QStringLiteral("status.") + QString::fromLatin1(name));
    label->setAccessibleName(accessibleName);
    label->setFont(tableFont());
    label->setTextFormat(Qt::PlainText);
    layout()->addWidget(label);
    return label;
}

void StatusLine::addParts() {
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(measure::kBodyMargin, 1, measure::kBodyMargin, 0);
    row->setSpacing(measure::kGrid + 2);
    m_deviceIcon = addLabel("device-icon", {});
    m_device = addLabel("device", tr("Device"));
    m_deviceRest = addLabel("threads", tr("Threads and precision"));
    row->addSpacing(measure::kGroupGap);
    m_memoryWord = addLabel("memory-word", {});
    m_memoryWord->setText(tr("Memory"));
    m_memory = addLabel("memory", tr("Memory of the program"));
    m_memory->setFont(numberFont());
    row->addSpacing(measure::kGroupGap);
    m_phase = addLabel("phase", tr("Phase"));
    m_step = addLabel("step", tr("Step"));
    row->addSpacing(measure::kGrid);
    m_progress = new QProgressBar(this);
    m_progress->setObjectName(QStringLiteral("status.progress"));
    m_progress->setAccessibleName(tr("Progress"));
    m_progress->setRange(0, kProgressSteps);
    m_progress->setTextVisible(false);
    m_progress->setFixedSize(kProgressWidth, kProgressHeight);
    row->addWidget(m_progress, 0, Qt::AlignVCenter);
    row->addSpacing(measure::kGrid);
    m_left = addLabel("left", tr("Time left"));
    row->addStretch();
    m_savedIcon = addLabel("saved-icon", {});
    m_saved = addLabel("saved", tr("Saved"));
    row->addSpacing(measure::kGroupGap);
    m_library = addLabel("library", tr("Library"));
    for (QLabel* quiet : {m_deviceRest, m_memoryWord, m_step, m_left, m_library}) {
        quiet->setForegroundRole(QPalette::PlaceholderText);
    }
    paintIcons();
}

void StatusLine::followServices() {
    const QueueModel& queue = m_services.queue;
    connect(&queue, &QueueModel::dataChanged, this, &StatusLine::showJob);
    connect(&queue, &QueueModel::summaryChanged, this, &StatusLine::showJob);
    connect(&queue, &QueueModel::modelReset, this, &StatusLine::showJob);
    connect(&m_services.library, &LibraryModel::refreshed, this, &StatusLine::showLibrary);
    connect(&m_services.engine,
            &EngineClient::estimateReady,
            this,
            [this](std::uint64_t, const base::Result<engine::GenerationEstimate>& estimate) {
                if (estimate) {
                    showDevice(estimate->effective);
                }
            });
    connect(&m_services.engine,
            &EngineClient::finished,
            this,
            [this](jobs::JobId, const jobs::JobResult& result) {
                if (const auto* clip = std::get_if<pipeline::GenerationResult>(&result)) {
                    showDevice(clip->effective);
                    m_saved->setToolTip(toQt(clip->path));
                }
            });
}

void StatusLine::showDevice(const pipeline::GenerationRequest& effective) {
    QString device = tr("Auto");
    if (effective.device.kind == pipeline::DeviceChoice::Kind::Cpu) {
        device = tr("CPU");
    } else if (effective.device.kind == pipeline::DeviceChoice::Kind::Cuda) {
        device = tr("GPU %1").arg(effective.device.index);
    }
    m_device->setText(device);
    const int threads = effective.threads > 0 ? effective.threads : QThread::idealThreadCount();
    m_deviceRest->setText((threads == 1 ? tr("1 thread") : tr("%1 threads").arg(threads)) +
                          QStringLiteral(" · ") + toQt(jobs::word(effective.precision)));
}

void StatusLine::showMemory() {
    const std::uint64_t held = residentBytes();
    m_memory->setText(held == 0
                          ? QString(kUnknown)
                          : tr("%1 of %2 GB").arg(gigabytes(held), gigabytes(machineBytes())));
}

void StatusLine::showJob() {
    const QueueRow* row = m_services.queue.running();
    const bool isRunning = row != nullptr;
    m_step->setVisible(isRunning);
    m_progress->setVisible(isRunning);
    m_left->setVisible(isRunning);
    if (!isRunning) {
        m_phase->setText(m_message.isEmpty() ? tr("Ready") : m_message);
        return;
    }
    const bool isInPhase = row->state == JobState::Running && !row->phase.isEmpty();
    m_phase->setText(isInPhase ? phaseWord(row->phase) : stateWord(row->state));
    m_step->setText(stepWords(*row));
    const double share = row->share;
    m_progress->setValue(share < 0.0 ? 0 : static_cast<int>(share * kProgressSteps));
    m_left->setText(row->secondsLeft ? tr("%1 left").arg(seconds(*row->secondsLeft))
                                     : tr("estimating"));
}

void StatusLine::setMessage(const QString& text) {
    m_message = text;
    showJob();
}

void StatusLine::setProblem(const QString& words, const QString& tooltip) {
    m_problem = words;
    m_problemTooltip = tooltip;
    showSaved();
}

void StatusLine::showSaved() {
    const bool isWell = m_problem.isEmpty();
    m_saved->setText(isWell ? tr("Saved") : m_problem);
    m_saved->setToolTip(isWell ? tr("Clips, queue, drafts and settings are on the disk.")
                               : m_problemTooltip);
    paintIcons();
}

void StatusLine::showLibrary() {
    const int clips = m_services.library.total();
    m_library->setText(clips == 1 ? tr("Library 1 clip")
                                  : tr("Library %1 clips").arg(number(clips)));
}

void StatusLine::paintIcons() {
    const Theme& colours = currentTheme();
    const qreal ratio = devicePixelRatioF();
    m_deviceIcon->setPixmap(
        iconPixmap(QStringLiteral("device"), measure::kSmallIcon, colours.icon, ratio));
    const bool isWell = m_problem.isEmpty();
    m_savedIcon->setPixmap(
        iconPixmap(isWell ? QStringLiteral("state-done") : QStringLiteral("state-warning"),
                   measure::kSmallIcon,
                   isWell ? colours.success : colours.warning,
                   ratio));
}

void StatusLine::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.fillRect(rect(), currentTheme().window);
    painter.fillRect(QRect(0, 0, width(), 1), currentTheme().border);
}

void StatusLine::changeEvent(QEvent* event) {
    if (event->type() == QEvent::PaletteChange && m_savedIcon != nullptr) {
        paintIcons();
    }
    QWidget::changeEvent(event);
}

void StatusLine::showEvent(QShowEvent* event) {
    m_memoryTimer.start();
    paintIcons();  // the ratio of the screen is known now
    QWidget::showEvent(event);
}

void StatusLine::hideEvent(QHideEvent* event) {
    m_memoryTimer.stop();
    QWidget::hideEvent(event);
}

}  // namespace tessera::ui
