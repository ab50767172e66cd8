#include "ui/views/prompt_panel.h"

#include "core/world/caption.h"
#include "ui/bridge/text.h"
#include "ui/style/fonts.h"
#include "ui/style/style.h"
#include "ui/theme.h"
#include "ui/views/fault_places.h"
#include "ui/widgets/field.h"

#include <QEvent>
#include <QLabel>
#include <QLineEdit>
#include <QMimeData>
#include <QVBoxLayout>

namespace tessera::ui {

namespace {

constexpr int kLines = 3;
// Longer texts than the grammar can hold are read up to here while they are typed.
constexpr int kMostRead = 2000;

}  // namespace

PromptEdit::PromptEdit(QWidget* parent) : QPlainTextEdit(parent) {
    setObjectName(QStringLiteral("generate.prompt"));
    setAccessibleName(tr("Prompt"));
    setPlaceholderText(tr("What the clip should show"));
    setTabChangesFocus(true);
    setLineWrapMode(QPlainTextEdit::WidgetWidth);
    document()->setDocumentMargin(6);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

int PromptEdit::lines(int count) const {
    return count * fontMetrics().lineSpacing() +
           2 * (static_cast<int>(document()->documentMargin()) + frameWidth()) + 2;
}

QSize PromptEdit::sizeHint() const {
    return {240, lines(kLines)};
}

QSize PromptEdit::minimumSizeHint() const {
    return {120, lines(kLines)};
}

bool PromptEdit::canInsertFromMimeData(const QMimeData* source) const {
    return !source->hasUrls() && QPlainTextEdit::canInsertFromMimeData(source);
}

void PromptEdit::insertFromMimeData(const QMimeData* source) {
    insertPlainText(source->text());
}

PromptPanel::PromptPanel(FaultPlaces& places, QWidget* parent) : QWidget(parent) {
    setProperty("surface", QStringLiteral("panel"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(
        measure::kBodyMargin, measure::kBodyMargin, measure::kBodyMargin, measure::kBodyMargin);
    column->setSpacing(measure::kRowGap - 2);
    m_prompt = new PromptEdit(this);
    auto* promptRow = new Field(QString(), m_prompt, this);
    column->addWidget(promptRow);
    places.add(FormField::Prompt, promptRow, m_prompt);
    m_understood = new QLabel(this);
    m_understood->setObjectName(QStringLiteral("generate.understood"));
    m_understood->setTextFormat(Qt::RichText);
    m_understood->setWordWrap(true);
    m_understood->setFont(tableFont());
    m_understood->setTextInteractionFlags(Qt::TextSelectableByMouse);
    column->addWidget(m_understood);
    m_negative = new QLineEdit(this);
    m_negative->setObjectName(QStringLiteral("generate.negative"));
    m_negative->setPlaceholderText(tr("What it should not show"));
    m_negative->setAcceptDrops(false);
    auto* negativeRow = new Field(tr("Negative"), m_negative, this);
    column->addWidget(negativeRow);
    places.add(FormField::Negative, negativeRow, m_negative);
    connect(m_prompt, &QPlainTextEdit::textChanged, this, [this] {
        const bool hasText = !m_prompt->toPlainText().trimmed().isEmpty();
        if (m_hadText && !hasText) {
            Q_EMIT promptCleared();
        }
        m_hadText = hasText;
        understand();
        Q_EMIT edited();
    });
    connect(m_negative, &QLineEdit::textEdited, this, &PromptPanel::edited);
    understand();
}

void PromptPanel::show(const FormValues& values) {
    if (m_prompt->toPlainText() != values.prompt) {
        const QSignalBlocker quiet(m_prompt);
        // Through the cursor, so that Undo brings the earlier words back.
        QTextCursor cursor(m_prompt->document());
        cursor.select(QTextCursor::Document);
        cursor.insertText(values.prompt);
        m_hadText = !values.prompt.trimmed().isEmpty();
        understand();
    }
    if (m_negative->text() != values.negative) {
        m_negative->setText(values.negative);
    }
}

void PromptPanel::read(FormValues& values) const {
    values.prompt = m_prompt->toPlainText();
    values.negative = m_negative->text();
}

void PromptPanel::setUnderstands(bool on) {
    if (on != m_understands) {
        m_understands = on;
        understand();
    }
}

void PromptPanel::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange) {
        understand();  // its colours are part of the text
    }
}

void PromptPanel::understand() {
    const QString prompt = m_prompt->toPlainText().left(kMostRead);
    m_understood->setVisible(m_understands && !prompt.trimmed().isEmpty());
    m_understoodText.clear();
    if (!m_understands || prompt.trimmed().isEmpty()) {
        return;
    }
    const world::Understood read = world::understand(fromQt(prompt));
    m_understoodText = toQt(read.text);
    QStringList ignored;
    for (const std::string& word : read.ignoredWords) {
        ignored.append(toQt(word));
    }
    const QString words =
        m_understoodText.isEmpty() ? tr("nothing the model knows") : m_understoodText;
    QString text =
        QStringLiteral("<span style=\"color:%1\">%2</span>")
            .arg(currentTheme().muted.name(), tr("Understood as: %1").arg(words).toHtmlEscaped());
    if (!ignored.isEmpty()) {
        text +=
            QStringLiteral("<br><span style=\"color:%1\">%2</span>")
                .arg(currentTheme().disabled.name(),
                     tr("Not known: %1").arg(ignored.join(QStringLiteral(", "))).toHtmlEscaped());
    }
    m_understood->setText(text);
}

}  // namespace tessera::ui
