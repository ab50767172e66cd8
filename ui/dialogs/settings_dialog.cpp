#include "ui/dialogs/settings_dialog.h"

#include "core/base/paths.h"
#include "ui/bridge/engine_client.h"
#include "ui/bridge/text.h"
#include "ui/dialogs/data_removal.h"
#include "ui/dialogs/dialog_parts.h"
#include "ui/settings.h"
#include "ui/style/icons.h"
#include "ui/style/style.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QFileDialog>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QListWidget>
#include <QPushButton>
#include <QSpinBox>
#include <QStackedWidget>
#include <QThread>
#include <QVBoxLayout>

namespace tessera::ui {
namespace {

constexpr int kWidth = 720;
constexpr int kHeight = 500;
constexpr int kListWidth = 150;
constexpr int kMaxRamGb = 100'000;
constexpr int kLeastCacheMb = 16;
constexpr int kMostCacheMb = 65'536;

// Chooses the item whose data is `value`; adds it when the list does not know it.
void choose(QComboBox& box, const QString& value) {
    int at = box.findData(value);
    if (at < 0) {
        box.addItem(value, value);
        at = box.count() - 1;
    }
    box.setCurrentIndex(at);
}

QComboBox* comboBox(const QString& name, const QString& label, QWidget* parent) {
    auto* box = new QComboBox(parent);
    box->setObjectName(name);
    box->setAccessibleName(label);
    return box;
}

QCheckBox* checkBox(const QString& name, const QString& text, bool isOn, QWidget* parent) {
    auto* box = new QCheckBox(text, parent);
    box->setObjectName(name);
    box->setAccessibleName(text);
    box->setChecked(isOn);
    return box;
}

}  // namespace

SettingsDialog::SettingsDialog(const Services& services, QWidget* parent)
    : QDialog(parent), m_services(services) {
    QVBoxLayout* layout = startDialog(*this, QStringLiteral("settings"), tr("Settings"));
    resize(kWidth, kHeight);
    m_list = new QListWidget(this);
    m_list->setObjectName(QStringLiteral("settings.pages"));
    m_list->setAccessibleName(tr("Pages of the settings"));
    m_list->setFixedWidth(kListWidth);
    m_list->setIconSize(QSize(measure::kIcon, measure::kIcon));
    m_pages = new QStackedWidget(this);
    auto* body = new QHBoxLayout;
    body->setSpacing(measure::kBodyMargin + measure::kGrid);
    body->addWidget(m_list);
    body->addWidget(m_pages, 1);
    layout->addLayout(body, 1);
    addLookPage();
    addClipsPage();
    addMachinePage();
    addDataPage();
    connect(m_list, &QListWidget::currentRowChanged, m_pages, &QStackedWidget::setCurrentIndex);
    m_list->setCurrentRow(0);

    auto* buttons = new QHBoxLayout;
    buttons->addWidget(quietText(tr("Each change is kept at once."), this), 1);
    auto* close = dialogButton(QStringLiteral("settings.close"), tr("Close"), nullptr, this);
    buttons->addWidget(close);
    layout->addLayout(buttons);
    connect(close, &QPushButton::clicked, this, &QDialog::accept);
    m_list->setFocus();
}

QFormLayout* SettingsDialog::addPage(const QString& name,
                                     const QString& title,
                                     const QString& iconName) {
    new QListWidgetItem(icon(iconName), title, m_list);
    auto* page = new QWidget(m_pages);
    page->setObjectName(QStringLiteral("settings.page.") + name);
    page->setAccessibleName(title);
    auto* form = new QFormLayout(page);
    form->setContentsMargins(0, 0, 0, 0);
    form->setHorizontalSpacing(measure::kBodyMargin);
    form->setVerticalSpacing(measure::kRowGap);
    form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    form->setLabelAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    m_pages->addWidget(page);
    return form;
}

void SettingsDialog::addLookPage() {
    QFormLayout* form = addPage(QStringLiteral("look"), tr("Look"), QStringLiteral("settings"));
    Settings& settings = m_services.settings;
    QComboBox* theme = comboBox(QStringLiteral("settings.theme"), tr("Theme"), m_pages);
    const std::pair<QString, ThemeChoice> choices[] = {
        {tr("As the desktop"), ThemeChoice::System},
        {tr("Dark"), ThemeChoice::Dark},
        {tr("Light"), ThemeChoice::Light},
        {tr("High contrast"), ThemeChoice::HighContrast}};
    for (const auto& [words, choice] : choices) {
        theme->addItem(words, static_cast<int>(choice));
        if (choice == settings.theme()) {
            theme->setCurrentIndex(theme->count() - 1);
        }
    }
    connect(theme, &QComboBox::currentIndexChanged, this, [&settings, theme] {
        settings.setTheme(static_cast<ThemeChoice>(theme->currentData().toInt()));
    });
    form->addRow(tr("Theme"), theme);
    auto* previews = checkBox(QStringLiteral("settings.previews"),
                              tr("Show the clip while it is made"),
                              settings.previews(),
                              m_pages);
    connect(previews, &QCheckBox::toggled, &settings, &Settings::setPreviews);
    form->addRow(tr("Preview"), previews);
    form->addRow(QString(),
                 quietText(tr("A preview costs a few milliseconds a step and changes nothing in "
                              "the clip."),
                           m_pages));
}

void SettingsDialog::addClipsPage() {
    QFormLayout* form =
        addPage(QStringLiteral("clips"), tr("Clips"), QStringLiteral("workspace-library"));
    Settings& settings = m_services.settings;
    m_clipsFolder = selectable(settings.clipsFolder(), m_pages);
    m_clipsFolder->setObjectName(QStringLiteral("settings.clips-folder"));
    m_clipsFolder->setAccessibleName(tr("Folder of the clips"));
    auto* change =
        dialogButton(QStringLiteral("settings.change-clips"), tr("Change…"), "small", m_pages);
    auto* row = new QHBoxLayout;
    row->addWidget(m_clipsFolder, 1);
    row->addWidget(change, 0, Qt::AlignTop);
    form->addRow(tr("Clips"), row);
    connect(change, &QPushButton::clicked, this, &SettingsDialog::askClipsFolder);
    form->addRow(
        QString(),
        quietText(tr("New clips go there. Those that exist stay where they are."), m_pages));
    auto* dataFolder = selectable(toQt(base::dataFolder()), m_pages);
    dataFolder->setAccessibleName(tr("Data folder"));
    form->addRow(tr("Data"), dataFolder);
    form->addRow(QString(),
                 quietText(tr("Another one for a start with the option --data-dir."), m_pages));
    auto* embed = checkBox(QStringLiteral("settings.embed"),
                           tr("Put the recipe into each clip"),
                           settings.embedRecipe(),
                           m_pages);
    connect(embed, &QCheckBox::toggled, &settings, &Settings::setEmbedRecipe);
    form->addRow(tr("Recipe"), embed);
    form->addRow(
        QString(),
        quietText(tr("Without it no prompt and no setting is in the file, and it cannot be "
                     "made again from the clip alone."),
                  m_pages));
    auto* cache = new QSpinBox(m_pages);
    cache->setObjectName(QStringLiteral("settings.thumbnail-cache"));
    cache->setAccessibleName(tr("Memory for thumbnails"));
    cache->setRange(kLeastCacheMb, kMostCacheMb);
    cache->setSingleStep(kLeastCacheMb);
    cache->setSuffix(QStringLiteral(" MB"));
    cache->setValue(settings.thumbnailCacheMb());
    connect(cache, &QSpinBox::valueChanged, &settings, &Settings::setThumbnailCacheMb);
    form->addRow(tr("Thumbnails"), cache);
}

void SettingsDialog::addDevices(QComboBox& box) {
    box.addItem(tr("Automatic"), QStringLiteral("auto"));
    box.addItem(tr("CPU"), QStringLiteral("cpu"));
    choose(box, m_services.settings.device());
    connect(&m_services.engine,
            &EngineClient::doctorReady,
            &box,
            [&box](const engine::DoctorReport& report) {
                for (const engine::DeviceReport& device : report.devices) {
                    const QString name = toQt(device.name);
                    const int at = box.findData(name);
                    const QString words =
                        toQt(device.model) + QStringLiteral(" (") + name + QLatin1Char(')');
                    if (at < 0) {
                        box.addItem(words, name);
                    } else {
                        box.setItemText(at, words);
                    }
                }
            });
}

void SettingsDialog::addMachinePage() {
    QFormLayout* form = addPage(QStringLiteral("machine"), tr("Machine"), QStringLiteral("device"));
    Settings& settings = m_services.settings;
    QComboBox* device = comboBox(QStringLiteral("settings.device"), tr("Device"), m_pages);
    addDevices(*device);
    connect(device, &QComboBox::currentIndexChanged, this, [&settings, device] {
        settings.setDevice(device->currentData().toString());
    });
    form->addRow(tr("Device"), device);

    auto* threads = new QSpinBox(m_pages);
    threads->setObjectName(QStringLiteral("settings.threads"));
    threads->setAccessibleName(tr("Threads"));
    threads->setRange(0, QThread::idealThreadCount());
    threads->setSpecialValueText(tr("All %1").arg(QThread::idealThreadCount()));
    threads->setValue(settings.threads());
    connect(threads, &QSpinBox::valueChanged, &settings, &Settings::setThreads);
    form->addRow(tr("Threads"), threads);

    QComboBox* precision = comboBox(QStringLiteral("settings.precision"), tr("Precision"), m_pages);
    precision->addItem(tr("Automatic"), QStringLiteral("auto"));
    precision->addItem(tr("32 bits (fp32)"), QStringLiteral("fp32"));
    precision->addItem(tr("16 bits (bf16)"), QStringLiteral("bf16"));
    choose(*precision, settings.precision());
    connect(precision, &QComboBox::currentIndexChanged, this, [&settings, precision] {
        settings.setPrecision(precision->currentData().toString());
    });
    form->addRow(tr("Precision"), precision);

    auto* memory = new QDoubleSpinBox(m_pages);
    memory->setObjectName(QStringLiteral("settings.max-ram"));
    memory->setAccessibleName(tr("Memory limit"));
    memory->setRange(0.0, kMaxRamGb);
    memory->setDecimals(1);
    memory->setSingleStep(0.5);
    memory->setSpecialValueText(tr("No limit"));
    memory->setSuffix(QStringLiteral(" GB"));
    memory->setValue(settings.maxRamGb());
    connect(memory, &QDoubleSpinBox::valueChanged, &settings, &Settings::setMaxRamGb);
    form->addRow(tr("Memory"), memory);
    form->addRow(QString(),
                 quietText(tr("A job that needs more is refused before it starts. All of these are "
                              "where new jobs begin; jobs in the queue keep their own."),
                           m_pages));
    m_services.engine.askDoctor(0.0);
}

void SettingsDialog::addDataPage() {
    QFormLayout* form = addPage(QStringLiteral("data"), tr("Data"), QStringLiteral("disk"));
    form->addRow(new DataRemoval(m_services, m_pages));
}

void SettingsDialog::askClipsFolder() {
    auto* dialog =
        new QFileDialog(this, tr("Folder of the clips"), m_services.settings.clipsFolder());
    dialog->setObjectName(QStringLiteral("settings.clips-dialog"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::Directory);
    dialog->setOption(QFileDialog::ShowDirsOnly);
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& folder) {
        m_services.settings.setClipsFolder(folder);
        m_clipsFolder->setText(folder);
    });
    dialog->open();
}

}  // namespace tessera::ui
