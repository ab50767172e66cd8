#include "ui/dialogs/welcome_dialog.h"

#include "core/base/paths.h"
#include "ui/bridge/text.h"
#include "ui/dialogs/dialog_parts.h"
#include "ui/settings.h"
#include "ui/style/fonts.h"
#include "ui/style/icons.h"
#include "ui/style/style.h"
#include "ui/theme.h"

#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QStackedWidget>
#include <QVBoxLayout>

namespace tessera::ui {
namespace {

constexpr int kWidth = 640;
constexpr int kHeight = 440;

QVBoxLayout* startPage(QWidget* page, const QString& title) {
    auto* layout = new QVBoxLayout(page);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(measure::kGroupGap);
    QLabel* label = heading(title, page);
    QFont large = bold(bigNumberFont());
    large.setFamily(bodyFont().family());
    label->setFont(large);
    layout->addWidget(label);
    return layout;
}

// An icon and two lines beside it.
void addPoint(QVBoxLayout& layout,
              const QString& iconName,
              const QString& what,
              const QString& how) {
    QWidget* page = layout.parentWidget();
    auto* row = new QHBoxLayout;
    row->setSpacing(measure::kBodyMargin);
    auto* mark = new QPushButton(page);
    mark->setFlat(true);
    mark->setProperty("look", QStringLiteral("tool"));
    mark->setIcon(icon(iconName));
    mark->setIconSize(QSize(24, 24));
    mark->setFixedSize(36, 36);
    mark->setFocusPolicy(Qt::NoFocus);
    mark->setAttribute(Qt::WA_TransparentForMouseEvents);
    mark->setObjectName(QStringLiteral("welcome.icon"));
    mark->setAccessibleName(what);
    auto* words = new QVBoxLayout;
    words->setSpacing(2);
    words->addWidget(heading(what, page));
    words->addWidget(quietText(how, page));
    row->addWidget(mark, 0, Qt::AlignTop);
    row->addLayout(words, 1);
    layout.addLayout(row);
}

}  // namespace

WelcomeDialog::WelcomeDialog(Settings& settings, QWidget* parent)
    : QDialog(parent), m_settings(settings) {
    QVBoxLayout* layout = startDialog(*this, QStringLiteral("welcome"), tr("Welcome to Tessera"));
    resize(kWidth, kHeight);
    m_pages = new QStackedWidget(this);
    m_pages->addWidget(makeFirstPage());
    m_pages->addWidget(makeFolderPage());
    m_pages->addWidget(makePromptPage());
    layout->addWidget(m_pages, 1);
    auto* buttons = new QHBoxLayout;
    m_place = new QLabel(this);
    m_place->setObjectName(QStringLiteral("welcome.place"));
    m_place->setForegroundRole(QPalette::PlaceholderText);
    m_back = dialogButton(QStringLiteral("welcome.back"), tr("Back"), nullptr, this);
    m_next = dialogButton(QStringLiteral("welcome.next"), tr("Next"), "primary", this);
    m_next->setAutoDefault(true);
    m_next->setDefault(true);
    buttons->addWidget(m_place);
    buttons->addStretch();
    buttons->addWidget(m_back);
    buttons->addWidget(m_next);
    layout->addLayout(buttons);
    connect(m_back, &QPushButton::clicked, this, [this] { turn(-1); });
    connect(m_next, &QPushButton::clicked, this, [this] { turn(1); });
    showPage();
}

QWidget* WelcomeDialog::makeFirstPage() {
    auto* page = new QWidget(this);
    QVBoxLayout* layout = startPage(page, tr("Video from a sentence, on this machine"));
    layout->addWidget(paragraph(tr("You write what should happen; Tessera makes the clip here. "
                                   "Nothing is sent anywhere, and "
                                   "no account or network is needed."),
                                page));
    addPoint(
        *layout,
        QStringLiteral("workspace-generate"),
        tr("Watch it take shape"),
        tr("A preview moves from the first step on. Stop at any time, or finish early and keep "
           "what is there."));
    addPoint(
        *layout,
        QStringLiteral("recipe-restore"),
        tr("Make it again"),
        tr("Each clip carries its recipe. Drop a clip on the window and all fields are back."));
    addPoint(*layout,
             QStringLiteral("workspace-library"),
             tr("Lose nothing"),
             tr("Queue, drafts and clips are on the disk at once. After a crash they are offered "
                "again, and nothing starts by itself."));
    layout->addStretch();
    return page;
}

QWidget* WelcomeDialog::makeFolderPage() {
    auto* page = new QWidget(this);
    QVBoxLayout* layout = startPage(page, tr("Where things are kept"));
    layout->addWidget(paragraph(tr("Tessera writes to these places and to no others."), page));
    const std::filesystem::path root = base::dataFolder();
    const std::pair<QString, QString> places[] = {
        {m_settings.clipsFolder(),
         tr("Clips that you make, with their recipes inside; .trash below "
            "it holds those you deleted")},
        {toQt(root / "models"), tr("Models that you add")},
        {toQt(root / "logs"), tr("What the program did, three files of 2 MB at most")},
        {toQt(root / "journal.sqlite"), tr("The queue, so that a crash loses no job")},
        {toQt(root / "library.sqlite"), tr("Ratings, tags and the list of clips")},
        {toQt(root / "settings.ini"), tr("Settings, layouts, shortcuts and drafts")},
        {toQt(root),
         tr("The data folder around all of it; \u2011\u2011data\u2011dir chooses another one")}};
    auto* grid = new QGridLayout;
    grid->setHorizontalSpacing(measure::kBodyMargin);
    grid->setVerticalSpacing(measure::kRowGap);
    grid->setColumnStretch(0, 3);
    grid->setColumnStretch(1, 4);
    int row = 0;
    for (const auto& [path, what] : places) {
        QLabel* name = selectable(path, page);
        name->setObjectName(QStringLiteral("welcome.folder.%1").arg(row));
        name->setAccessibleName(what);
        grid->addWidget(name, row, 0, Qt::AlignTop);
        grid->addWidget(quietText(what, page), row, 1, Qt::AlignTop);
        ++row;
    }
    layout->addLayout(grid);
    layout->addStretch();
    return page;
}

QWidget* WelcomeDialog::makePromptPage() {
    auto* page = new QWidget(this);
    QVBoxLayout* layout = startPage(page, tr("Your first clip"));
    layout->addWidget(paragraph(tr("Say what is there, what it does and where. The bundled model "
                                   "knows simple shapes, colours "
                                   "and motions; it is small and made for trying things out."),
                                page));
    m_prompt = new QPlainTextEdit(page);
    m_prompt->setObjectName(QStringLiteral("welcome.prompt"));
    m_prompt->setAccessibleName(tr("First prompt"));
    m_prompt->setTabChangesFocus(true);
    m_prompt->setFixedHeight(4 * fontMetrics().height());
    layout->addWidget(m_prompt);
    layout->addWidget(quietText(tr("Or take one of these:"), page));
    // Prompts are in the model's language, whatever the window's is.
    const QString examples[] = {QStringLiteral("a large red ball bounces in front of a blue wall"),
                                QStringLiteral("a small yellow star moves to the right at night"),
                                QStringLiteral("a green cube rotates slowly on a checkered floor")};
    int at = 0;
    for (const QString& example : examples) {
        auto* button =
            dialogButton(QStringLiteral("welcome.example.%1").arg(at++), example, "small", page);
        connect(button, &QPushButton::clicked, this, [this, example] {
            m_prompt->setPlainText(example);
        });
        layout->addWidget(button, 0, Qt::AlignLeft);
    }
    m_prompt->setPlainText(examples[0]);
    layout->addStretch();
    layout->addWidget(quietText(tr("Then press Ctrl+Enter, or Generate at the lower left."), page));
    return page;
}

void WelcomeDialog::turn(int by) {
    const int page = m_pages->currentIndex() + by;
    if (page >= m_pages->count()) {
        Q_EMIT promptChosen(m_prompt->toPlainText().trimmed());
        accept();
        return;
    }
    m_pages->setCurrentIndex(std::max(0, page));
    showPage();
}

void WelcomeDialog::showPage() {
    const int page = m_pages->currentIndex();
    m_place->setText(tr("%1 of %2").arg(page + 1).arg(m_pages->count()));
    m_back->setEnabled(page > 0);
    const bool isLast = page + 1 == m_pages->count();
    m_next->setText(isLast ? tr("Open Generate") : tr("Next"));
    m_next->setAccessibleName(m_next->text());
    m_next->setFocus();
}

void WelcomeDialog::done(int result) {
    m_settings.setWelcomeSeen();
    QDialog::done(result);
}

}  // namespace tessera::ui
