#include "ui/views/bench_baselines_panel.h"

#include "ui/actions/action_registry.h"
#include "ui/bridge/text.h"
#include "ui/models/bench_words.h"
#include "ui/style/fonts.h"
#include "ui/style/icons.h"
#include "ui/style/style.h"
#include "ui/theme.h"

#include <QCheckBox>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPainter>
#include <QPushButton>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace tessera::ui {

namespace {

constexpr int kMostLetters = 60;
constexpr int kNameWidth = 204;  // the rest of a dock is box, gaps and menu

// In high contrast the box would not be seen on the selection.
bool isGroundFilled() {
    return currentTheme().selection != currentTheme().primary;
}

// "23 Nov, 10:12, cpu, bf16".
QString whenText(const bench::BenchResult& result) {
    const bench::BenchEnvironment& machine = result.environment;
    QStringList parts;
    for (const QString& part :
         {dateText(machine.date), toQt(machine.device), toQt(machine.precision)}) {
        if (!part.isEmpty()) {
            parts.append(part);
        }
    }
    return parts.join(QStringLiteral(", "));
}

}  // namespace

BaselineRow::BaselineRow(const Baseline& baseline, QWidget* parent)
    : QWidget(parent), m_id(baseline.id) {
    setObjectName(QStringLiteral("bench.baseline-row"));
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(
        measure::kLabelGap, measure::kGrid + 2, measure::kGrid, measure::kGrid + 2);
    row->setSpacing(measure::kGrid);
    auto* words = new QVBoxLayout;
    words->setSpacing(0);
    m_box = new QCheckBox(this);
    m_box->setObjectName(QStringLiteral("bench.baseline"));
    connect(m_box, &QCheckBox::clicked, this, &BaselineRow::ticked);
    words->addWidget(m_box);
    m_name = new QLineEdit(this);
    m_name->setObjectName(QStringLiteral("bench.baseline-name"));
    m_name->setAccessibleName(tr("Name of the baseline"));
    m_name->setMaxLength(kMostLetters);
    m_name->setTextMargins(6, 0, 6, 0);
    m_name->installEventFilter(this);
    m_name->hide();
    words->addWidget(m_name);
    m_when = new QLabel(this);
    m_when->setFont(captionFont());
    m_when->setForegroundRole(QPalette::PlaceholderText);
    m_when->setContentsMargins(measure::kSmallIcon + measure::kLabelGap, 0, 0, 0);
    words->addWidget(m_when);
    row->addLayout(words, 1);
    auto* more = new QToolButton(this);
    more->setObjectName(QStringLiteral("bench.baseline-more"));
    more->setProperty("look", QStringLiteral("tool"));
    more->setIcon(icon(QStringLiteral("more")));
    more->setIconSize({measure::kSmallIcon, measure::kSmallIcon});
    more->setAutoRaise(true);
    more->setFocusPolicy(Qt::StrongFocus);
    more->setToolTip(tr("Rename or remove"));
    auto* menu = new QMenu(more);
    menu->addAction(tr("&Rename"), this, &BaselineRow::beginRename);
    menu->addAction(
        icon(QStringLiteral("delete")), tr("Re&move"), this, &BaselineRow::removeWanted);
    // Not as the button's own menu, which would put an arrow under the dots.
    connect(more, &QToolButton::clicked, menu, [more, menu] {
        menu->popup(more->mapToGlobal(QPoint(0, more->height())));
    });
    row->addWidget(more, 0, Qt::AlignVCenter);
    m_more = more;
    show(baseline, false);
}

void BaselineRow::show(const Baseline& baseline, bool isShown) {
    m_full = baseline.name;
    QString shown = m_box->fontMetrics().elidedText(m_full, Qt::ElideRight, kNameWidth);
    m_box->setText(shown.replace(QLatin1Char('&'), QStringLiteral("&&")));
    m_box->setToolTip(tr("Shows “%1” in the chart and the table; one at a time.").arg(m_full));
    m_box->setAccessibleName(tr("Baseline %1").arg(baseline.name));
    m_more->setAccessibleName(tr("Rename or remove %1").arg(baseline.name));
    m_box->setChecked(isShown);
    m_when->setText(whenText(baseline.result));
    const QColor ink = isShown && isGroundFilled() ? currentTheme().selectionText : QColor();
    for (QWidget* words : std::initializer_list<QWidget*>{m_box, m_when}) {
        QPalette palette;
        if (ink.isValid()) {
            palette.setColor(QPalette::WindowText, ink);
            palette.setColor(QPalette::PlaceholderText, ink);
        }
        words->setPalette(palette);
    }
    update();
}

void BaselineRow::beginRename() {
    m_name->setText(m_full);
    m_box->hide();
    m_name->show();
    m_name->selectAll();
    m_name->setFocus(Qt::OtherFocusReason);
}

void BaselineRow::endRename(bool takes) {
    if (m_name->isHidden()) {
        return;
    }
    m_name->hide();
    m_box->show();
    if (takes) {
        Q_EMIT renamed(m_name->text());
    }
}

bool BaselineRow::eventFilter(QObject* watched, QEvent* event) {
    if (watched == m_name && event->type() == QEvent::FocusOut) {
        endRename(true);
    }
    if (watched == m_name && event->type() == QEvent::KeyPress) {
        const int key = static_cast<QKeyEvent*>(event)->key();
        if (key == Qt::Key_Return || key == Qt::Key_Enter || key == Qt::Key_Escape) {
            endRename(key != Qt::Key_Escape);
            m_box->setFocus(Qt::OtherFocusReason);
            return true;
        }
    }
    return QWidget::eventFilter(watched, event);
}

void BaselineRow::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    if (m_box->isChecked()) {
        if (isGroundFilled()) {
            painter.setPen(Qt::NoPen);
            painter.setBrush(currentTheme().selection);
        } else {
            painter.setPen(QPen(currentTheme().accent, 2.0));
        }
        painter.drawRoundedRect(
            QRectF(rect()).adjusted(1, 1, -1, -1), measure::kRadius, measure::kRadius);
    }
}

BenchBaselinesPanel::BenchBaselinesPanel(BaselineList& baselines, QAction* add, QWidget* parent)
    : QWidget(parent), m_baselines(baselines) {
    setProperty("surface", QStringLiteral("panel"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(
        measure::kLabelGap, measure::kLabelGap, measure::kLabelGap, measure::kLabelGap);
    column->setSpacing(measure::kRowGap);
    m_rows = new QVBoxLayout;
    m_rows->setSpacing(2);
    column->addLayout(m_rows);
    m_none = new QLabel(tr("A run that you keep here is compared with the next ones."), this);
    m_none->setObjectName(QStringLiteral("bench.no-baselines"));
    m_none->setFont(tableFont());
    m_none->setForegroundRole(QPalette::PlaceholderText);
    m_none->setWordWrap(true);
    m_none->setContentsMargins(measure::kGrid, 0, measure::kGrid, 0);
    column->addWidget(m_none);
    column->addWidget(actionButton(add, nullptr, this));
    column->addStretch(1);
    connect(&baselines, &BaselineList::changed, this, &BenchBaselinesPanel::follow);
    follow();
}

void BenchBaselinesPanel::addRow(const Baseline& baseline) {
    auto* row = new BaselineRow(baseline, this);
    m_rows->addWidget(row);
    m_entries.push_back(row);
    // A row that loses the focus because everything ends finds the list gone: it ends the
    // connections.
    connect(row, &BaselineRow::ticked, &m_baselines, [this, row](bool isOn) {
        m_baselines.show(isOn ? row->id() : QString());
    });
    connect(row, &BaselineRow::renamed, &m_baselines, [this, row](const QString& name) {
        m_baselines.rename(row->id(), name);
    });
    connect(row, &BaselineRow::removeWanted, &m_baselines, [this, row] {
        if (const Baseline* found = m_baselines.find(row->id())) {
            const Baseline gone = *found;
            m_baselines.remove(gone.id);
            Q_EMIT removed(gone);
        }
    });
}

// Rows are made anew when others are there; deleted later, since a row may have asked for it.
void BenchBaselinesPanel::follow() {
    const std::vector<Baseline>& all = m_baselines.all();
    if (!std::ranges::equal(all, m_entries, {}, &Baseline::id, &BaselineRow::id)) {
        for (BaselineRow* row : m_entries) {
            m_rows->removeWidget(row);
            row->hide();
            row->deleteLater();
        }
        m_entries.clear();
        for (const Baseline& each : all) {
            addRow(each);
        }
    }
    const Baseline* shown = m_baselines.shown();
    for (std::size_t i = 0; i < all.size(); ++i) {
        m_entries[i]->show(all[i], &all[i] == shown);
        m_entries[i]->QWidget::show();
    }
    m_none->setVisible(all.empty());
}

void BenchBaselinesPanel::beginRename(const QString& id) {
    const auto row = std::ranges::find(m_entries, id, &BaselineRow::id);
    if (row != m_entries.end()) {
        (*row)->beginRename();
    }
}

// The words on the selection have colours of their own.
void BenchBaselinesPanel::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange && m_none != nullptr) {
        follow();
    }
}

void BenchBaselinesPanel::paintEvent(QPaintEvent*) {
    QPainter(this).fillRect(rect(), currentTheme().panel);
}

}  // namespace tessera::ui
