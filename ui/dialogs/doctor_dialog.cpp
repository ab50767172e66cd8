#include "ui/dialogs/doctor_dialog.h"

#include "core/base/version.h"
#include "ui/bridge/engine_client.h"
#include "ui/bridge/text.h"
#include "ui/dialogs/dialog_parts.h"
#include "ui/numbers.h"
#include "ui/style/icons.h"
#include "ui/style/style.h"
#include "ui/widgets/banner.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QScrollArea>
#include <QTableWidget>
#include <QVBoxLayout>

namespace tessera::ui {
namespace {

constexpr int kWidth = 760;
constexpr int kHeight = 680;
constexpr double kBudgetSeconds = 3.0;
constexpr int kTickMs = 100;
constexpr int kProgressSteps = 1000;

QString joined(const std::vector<std::string>& words) {
    QStringList list;
    for (const std::string& word : words) {
        list.append(toQt(word));
    }
    return list.isEmpty() ? QString(kUnknown) : list.join(QLatin1Char(' '));
}

}  // namespace

DoctorDialog::DoctorDialog(EngineClient& engine, QWidget* parent)
    : QDialog(parent), m_engine(engine) {
    QVBoxLayout* layout = startDialog(*this, QStringLiteral("doctor"), tr("Doctor"));
    resize(kWidth, kHeight);
    auto* top = new QHBoxLayout;
    m_note = new QLabel(this);
    m_note->setObjectName(QStringLiteral("doctor.note"));
    m_progress = new QProgressBar(this);
    m_progress->setObjectName(QStringLiteral("doctor.progress"));
    m_progress->setAccessibleName(tr("Progress of the measurement"));
    m_progress->setRange(0, kProgressSteps);
    m_progress->setTextVisible(false);
    top->addWidget(m_note);
    top->addWidget(m_progress, 1);
    layout->addLayout(top);
    m_area = new QScrollArea(this);
    m_area->setObjectName(QStringLiteral("doctor.report"));
    m_area->setAccessibleName(tr("Report"));
    m_area->setFrameShape(QFrame::NoFrame);
    m_area->setWidgetResizable(true);
    m_area->viewport()->setAutoFillBackground(false);
    m_area->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    layout->addWidget(m_area, 1);
    auto* buttons = new QHBoxLayout;
    m_again = dialogButton(QStringLiteral("doctor.again"), tr("Measure again"), nullptr, this);
    m_copy = dialogButton(QStringLiteral("doctor.copy"), tr("Copy report"), nullptr, this);
    m_copy->setIcon(icon(QStringLiteral("copy")));
    auto* close = dialogButton(QStringLiteral("doctor.close"), tr("Close"), nullptr, this);
    buttons->addWidget(m_again);
    buttons->addStretch();
    buttons->addWidget(m_copy);
    buttons->addWidget(close);
    layout->addLayout(buttons);
    connect(m_again, &QPushButton::clicked, this, &DoctorDialog::measure);
    connect(m_copy, &QPushButton::clicked, this, [this] {
        QGuiApplication::clipboard()->setText(m_text);
    });
    connect(close, &QPushButton::clicked, this, &QDialog::accept);
    connect(&m_engine, &EngineClient::doctorReady, this, &DoctorDialog::showReport);
    connect(&m_engine, &EngineClient::engineMissing, this, [this](const base::Error& error) {
        m_timer.stop();
        m_progress->hide();
        newPage()->insertWidget(
            0,
            new Banner(
                Banner::Kind::Error, toQt(error.message), toQt(error.hint), m_area->widget()));
        m_note->setText(tr("The engine could not be asked."));
    });
    m_timer.setInterval(kTickMs);
    connect(&m_timer, &QTimer::timeout, this, &DoctorDialog::showMeasuring);
    close->setFocus();
    measure();
}

void DoctorDialog::measure() {
    m_again->setEnabled(false);
    m_copy->setEnabled(false);
    m_progress->show();
    m_since.start();
    m_timer.start();
    showMeasuring();
    m_engine.askDoctor(kBudgetSeconds);
}

void DoctorDialog::showMeasuring() {
    if (!m_engine.isEngineReady()) {
        m_since.start();
        m_note->setText(tr("Loading the engine"));
    } else {
        m_note->setText(m_engine.running()
                            ? tr("Measuring beside the running job: times are longer")
                            : tr("Measuring, about %1").arg(seconds(kBudgetSeconds)));
    }
    const double share =
        std::min(1.0, static_cast<double>(m_since.elapsed()) / (kBudgetSeconds * 1000.0));
    m_progress->setValue(static_cast<int>(share * kProgressSteps));
}

QVBoxLayout* DoctorDialog::newPage() {
    auto* body = new QWidget(m_area);
    auto* page = new QVBoxLayout(body);
    page->setContentsMargins(0, 0, measure::kRowGap, 0);
    page->setSpacing(measure::kRowGap);
    page->addStretch();
    m_area->setWidget(body);
    body->setAutoFillBackground(false);  // setWidget() switches it on
    return page;
}

void DoctorDialog::showReport(const engine::DoctorReport& report) {
    m_timer.stop();
    m_progress->hide();
    m_again->setEnabled(true);
    m_copy->setEnabled(true);
    m_note->setText(tr("Automatic means %1 with %2, %3 threads.")
                        .arg(toQt(report.defaultDevice), toQt(report.defaultPrecision))
                        .arg(report.threads));
    m_text = reportText(report);
    QVBoxLayout* page = newPage();
    addMissing(*page, report);
    addDevices(*page, report);
    addProducts(*page, report);
    addFolders(*page, report);
}

namespace {

void addSection(QVBoxLayout& page, const QString& title, QTableWidget* table) {
    QWidget* body = page.parentWidget();
    page.insertWidget(page.count() - 1, heading(title, body));
    table->setAccessibleName(title);
    page.insertWidget(page.count() - 1, table);
    page.insertSpacing(page.count() - 1, measure::kRowGap);
}

}  // namespace

void DoctorDialog::addMissing(QVBoxLayout& page, const engine::DoctorReport& report) {
    QWidget* body = page.parentWidget();
    if (report.missing.empty()) {
        page.insertWidget(page.count() - 1,
                          new Banner(Banner::Kind::Success, tr("Nothing is missing."), {}, body));
    }
    for (const engine::MissingPart& part : report.missing) {
        page.insertWidget(page.count() - 1,
                          new Banner(Banner::Kind::Warning,
                                     toQt(part.what),
                                     toQt(part.consequence) + QLatin1Char(' ') + toQt(part.remedy),
                                     body));
    }
}

void DoctorDialog::addDevices(QVBoxLayout& page, const engine::DoctorReport& report) {
    std::vector<QStringList> rows;
    for (const engine::DeviceReport& device : report.devices) {
        rows.push_back({toQt(device.name),
                        toQt(device.model),
                        bytes(device.memoryBytes),
                        bytes(device.freeBytes),
                        toQt(device.note)});
    }
    QWidget* body = page.parentWidget();
    addSection(page,
               tr("Devices"),
               plainTable(QStringLiteral("doctor.devices"),
                          {tr("Device"), tr("Model"), tr("Memory"), tr("Free"), tr("Note")},
                          rows,
                          1,
                          {2, 3},
                          body));
    std::vector<QStringList> libraries;
    libraries.push_back({tr("Instructions"), joined(report.instructionSets)});
    for (const engine::LibraryReport& library : report.libraries) {
        libraries.push_back({toQt(library.name), toQt(library.version)});
    }
    addSection(page,
               tr("Libraries"),
               plainTable(QStringLiteral("doctor.libraries"),
                          {tr("Library"), tr("Version")},
                          libraries,
                          1,
                          {},
                          body));
}

void DoctorDialog::addProducts(QVBoxLayout& page, const engine::DoctorReport& report) {
    std::vector<QStringList> rows;
    for (const engine::ProductTime& product : report.products) {
        const bool isTimed = product.seconds > 0.0;
        rows.push_back(
            {toQt(product.device),
             toQt(product.precision),
             isTimed ? number(product.size) : QString(kUnknown),
             isTimed ? decimal(product.seconds * 1000.0, 2) + QStringLiteral(" ms")
                     : QString(kUnknown),
             isTimed ? number(static_cast<std::int64_t>(product.gflops)) : QString(kUnknown),
             toQt(product.note)});
    }
    addSection(
        page,
        tr("One matrix product"),
        plainTable(
            QStringLiteral("doctor.products"),
            {tr("Device"), tr("Precision"), tr("Size"), tr("Time"), tr("GFLOP/s"), tr("Note")},
            rows,
            5,
            {2, 3, 4},
            page.parentWidget()));
}

void DoctorDialog::addFolders(QVBoxLayout& page, const engine::DoctorReport& report) {
    std::vector<QStringList> rows;
    for (const engine::FolderReport& folder : report.folders) {
        rows.push_back({toQt(folder.what),
                        toQt(folder.path),
                        folder.isWritable ? tr("writable") : tr("not writable"),
                        bytes(folder.freeBytes)});
    }
    addSection(page,
               tr("Folders"),
               plainTable(QStringLiteral("doctor.folders"),
                          {tr("For"), tr("Path"), tr("State"), tr("Free")},
                          rows,
                          1,
                          {3},
                          page.parentWidget()));
}

QString reportText(const engine::DoctorReport& report) {
    QStringList lines{QStringLiteral("Tessera ") + toQt(base::versionText())};
    for (const engine::DeviceReport& device : report.devices) {
        lines.append(QStringLiteral("%1: %2, %3, %4 free %5")
                         .arg(toQt(device.name),
                              toQt(device.model),
                              plain(bytes(device.memoryBytes)),
                              plain(bytes(device.freeBytes)),
                              toQt(device.note)));
    }
    lines.append(QStringLiteral("threads: %1").arg(report.threads));
    lines.append(QStringLiteral("instructions: ") + joined(report.instructionSets));
    for (const engine::LibraryReport& library : report.libraries) {
        lines.append(toQt(library.name) + QLatin1Char(' ') + toQt(library.version));
    }
    for (const engine::ProductTime& product : report.products) {
        lines.append(QStringLiteral("product %1 %2 %3: %4 ms, %5 GFLOP/s %6")
                         .arg(toQt(product.device), toQt(product.precision))
                         .arg(product.size)
                         .arg(product.seconds * 1000.0, 0, 'f', 2)
                         .arg(product.gflops, 0, 'f', 0)
                         .arg(toQt(product.note)));
    }
    for (const engine::FolderReport& folder : report.folders) {
        lines.append(QStringLiteral("%1: %2, %3")
                         .arg(toQt(folder.what),
                              toQt(folder.path),
                              folder.isWritable ? QStringLiteral("writable")
                                                : QStringLiteral("not writable")));
    }
    for (const engine::MissingPart& part : report.missing) {
        lines.append(QStringLiteral("missing: %1. %2 %3")
                         .arg(toQt(part.what), toQt(part.consequence), toQt(part.remedy)));
    }
    return lines.join(QLatin1Char('\n')) + QLatin1Char('\n');
}

}  // namespace tessera::ui
