#include "ui/views/library_filters.h"

#include "core/jobs/library_query.h"
#include "core/jobs/words.h"
#include "ui/actions/action_registry.h"
#include "ui/bridge/text.h"
#include "ui/models/library_model.h"
#include "ui/numbers.h"
#include "ui/style/fonts.h"
#include "ui/style/icons.h"
#include "ui/style/style.h"
#include "ui/views/filter_choice.h"
#include "ui/views/rule.h"
#include "ui/widgets/flow_layout.h"
#include "ui/widgets/stage_mark.h"

#include <QLabel>
#include <QLineEdit>
#include <QPainter>
#include <QPushButton>
#include <QVBoxLayout>

#include <algorithm>
#include <array>

namespace tessera::ui {

namespace {

using Place = jobs::LibraryQuery::Place;

constexpr std::size_t kMostSizes = 8;
constexpr std::size_t kMostTags = 40;
constexpr std::array kStages{pipeline::Stage::Base, pipeline::Stage::Mlcd, pipeline::Stage::Sparse};

QLabel* heading(const QString& text, QWidget* parent) {
    auto* label = new QLabel(text, parent);
    label->setFont(titleFont());
    label->setForegroundRole(QPalette::PlaceholderText);
    return label;
}

void addRule(QVBoxLayout* column, QWidget* parent) {
    column->addSpacing(measure::kRowGap);
    column->addWidget(new Rule(Qt::Horizontal, parent));
    column->addSpacing(measure::kRowGap);
}

QString sizeValue(const jobs::LibraryFacets::Size& size) {
    return QStringLiteral("%1x%2").arg(size.width).arg(size.height);
}

}  // namespace

KindRow::KindRow(const QString& drawing, const QString& word, QWidget* parent)
    : QAbstractButton(parent), m_drawing(drawing) {
    setText(word);
    setCheckable(true);
    setAutoExclusive(true);
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void KindRow::setCount(int count) {
    m_count = count;
    setAccessibleName(tr("%1, %2").arg(text(), number(count)));
    update();
}

QSize KindRow::sizeHint() const {
    return {160, controlHeight(this)};
}

void KindRow::paintEvent(QPaintEvent*) {
    const Theme& colours = currentTheme();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    if (isChecked() || underMouse()) {
        painter.setBrush(isChecked() ? colours.selection : colours.hover);
        painter.drawRoundedRect(rect(), measure::kRadius, measure::kRadius);
    }
    const QColor ink = isChecked() ? colours.selectionText : colours.text;
    const int left = measure::kLabelGap;
    const QPixmap drawing = iconPixmap(
        m_drawing, measure::kSmallIcon, isChecked() ? ink : colours.icon, devicePixelRatioF());
    painter.drawPixmap(left, (height() - measure::kSmallIcon) / 2, drawing);
    painter.setPen(ink);
    painter.setFont(bodyFont());
    const QRect words = rect().adjusted(
        left + measure::kSmallIcon + measure::kLabelGap + 2, 0, -measure::kLabelGap, 0);
    painter.drawText(words, Qt::AlignLeft | Qt::AlignVCenter, text());
    painter.setFont(numberFont());
    painter.setPen(isChecked() ? ink : colours.muted);
    painter.drawText(words, Qt::AlignRight | Qt::AlignVCenter, number(m_count));
    if (hasFocus()) {
        painter.setPen(QPen(colours.accent, 2));
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(
            QRectF(rect()).adjusted(1, 1, -1, -1), measure::kRadius, measure::kRadius);
    }
}

KindsPanel::KindsPanel(const LibraryModel& library, QWidget* parent) : QWidget(parent) {
    setProperty("surface", QStringLiteral("panel"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(
        measure::kLabelGap, measure::kLabelGap, measure::kLabelGap, measure::kLabelGap);
    column->setSpacing(0);
    m_clips = new KindRow(QStringLiteral("workspace-generate"), tr("Clips"), this);
    m_clips->setObjectName(QStringLiteral("library.kind-clips"));
    m_bin = new KindRow(QStringLiteral("delete"), tr("Bin"), this);
    m_bin->setObjectName(QStringLiteral("library.kind-bin"));
    showPlace(Place::Clips);
    const std::pair<KindRow*, Place> rows[] = {{m_clips, Place::Clips}, {m_bin, Place::Trash}};
    for (const auto& [row, place] : rows) {
        column->addWidget(row);
        connect(row, &KindRow::clicked, this, [this, place = place] { Q_EMIT placeChosen(place); });
    }
    const auto follow = [this, &library] {
        m_clips->setCount(library.total());
        m_bin->setCount(library.facets().inTrash);
    };
    connect(&library, &LibraryModel::refreshed, this, follow);
    follow();
}

void KindsPanel::showPlace(Place place) {
    (place == Place::Trash ? m_bin : m_clips)->setChecked(true);
}

FiltersPanel::FiltersPanel(const LibraryModel& library, QAction* clear, QWidget* parent)
    : QWidget(parent), m_library(library) {
    setProperty("surface", QStringLiteral("panel"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(
        measure::kBodyMargin, measure::kBodyMargin, measure::kBodyMargin, measure::kBodyMargin);
    column->setSpacing(2);
    column->addWidget(heading(tr("Stage"), this));
    for (const pipeline::Stage stage : kStages) {
        const auto mark = static_cast<StageMark>(stage);
        m_stages.push_back(
            addChoice(column, "stage", toQt(jobs::word(stage)), stageWord(mark), mark));
    }
    addRule(column, this);
    column->addWidget(heading(tr("Size"), this));
    m_sizeRows = new QVBoxLayout;
    m_sizeRows->setSpacing(2);
    column->addLayout(m_sizeRows);
    addRule(column, this);
    addSeeds(column);
    addRule(column, this);
    column->addWidget(heading(tr("Tags"), this));
    column->addSpacing(measure::kGrid);
    m_noTags = new QLabel(tr("Tags of your clips appear here."), this);
    m_noTags->setWordWrap(true);
    m_noTags->setFont(tableFont());
    m_noTags->setForegroundRole(QPalette::PlaceholderText);
    column->addWidget(m_noTags);
    m_tagRow = new QWidget(this);
    m_tagRow->setLayout(new FlowLayout(measure::kGrid + 2));
    column->addWidget(m_tagRow);
    column->addStretch(1);
    column->addSpacing(measure::kRowGap);
    column->addWidget(actionButton(clear, nullptr, this));
    connect(&library, &LibraryModel::refreshed, this, &FiltersPanel::followLibrary);
    followLibrary();
}

void FiltersPanel::addSeeds(QVBoxLayout* column) {
    column->addWidget(heading(tr("Seed, from – to"), this));
    column->addSpacing(measure::kGrid);
    auto* row = new QHBoxLayout;
    row->setSpacing(measure::kLabelGap);
    m_seedFrom = new QLineEdit(this);
    m_seedFrom->setObjectName(QStringLiteral("library.seed-from"));
    m_seedFrom->setAccessibleName(tr("Seed from"));
    m_seedTo = new QLineEdit(this);
    m_seedTo->setObjectName(QStringLiteral("library.seed-to"));
    m_seedTo->setAccessibleName(tr("Seed to"));
    for (QLineEdit* edit : {m_seedFrom, m_seedTo}) {
        edit->setPlaceholderText(tr("any"));
        edit->setFont(numberFont());
        edit->setTextMargins(6, 0, 6, 0);
        row->addWidget(edit);
        connect(edit, &QLineEdit::textEdited, this, &FiltersPanel::takeSeeds);
    }
    column->addLayout(row);
}

FilterChoice* FiltersPanel::addChoice(QVBoxLayout* column,
                                      const char* field,
                                      const QString& value,
                                      const QString& word,
                                      std::optional<StageMark> mark) {
    auto* choice = new FilterChoice(word, value, mark, this);
    choice->setObjectName(QStringLiteral("library.%1-%2").arg(QLatin1String(field), value));
    column->addWidget(choice);
    connect(choice, &QCheckBox::clicked, this, [this, field, value](bool isOn) {
        setValue(field, value, isOn);
    });
    return choice;
}

void FiltersPanel::setValue(const char* field, const QString& value, bool isOn) {
    const std::string text = fromQt(m_text);
    std::vector<std::string> values = jobs::queryValues(text, field);
    const std::string folded = jobs::foldCase(fromQt(value));
    std::erase_if(values,
                  [&](const std::string& other) { return jobs::foldCase(other) == folded; });
    if (isOn) {
        values.push_back(fromQt(value));
    }
    Q_EMIT queryEdited(toQt(jobs::withQueryValues(text, field, values)));
}

// Both empty = no condition; one alone is open on the other side.
void FiltersPanel::takeSeeds() {
    const QString from = plain(m_seedFrom->text()).trimmed();
    const QString to = plain(m_seedTo->text()).trimmed();
    std::vector<std::string> values;
    if (!from.isEmpty() || !to.isEmpty()) {
        values.push_back(fromQt(from == to ? from : from + QStringLiteral("..") + to));
    }
    Q_EMIT queryEdited(toQt(jobs::withQueryValues(fromQt(m_text), "seed", values)));
}

void FiltersPanel::showQuery(const QString& text) {
    m_text = text;
    const std::string query = fromQt(text);
    const auto isIn = [&](const char* field, const QString& value) {
        const std::string folded = jobs::foldCase(fromQt(value));
        return std::ranges::any_of(jobs::queryValues(query, field), [&](const std::string& other) {
            return jobs::foldCase(other) == folded;
        });
    };
    for (FilterChoice* choice : m_stages) {
        choice->setChecked(isIn("stage", choice->value()));
    }
    for (FilterChoice* choice : m_sizes) {
        choice->setChecked(isIn("size", choice->value()));
    }
    for (QAbstractButton* tag : m_tags) {
        tag->setChecked(isIn("tag", tag->text()));
    }
    const std::vector<std::string> seeds = jobs::queryValues(query, "seed");
    QString from = seeds.empty() ? QString() : toQt(seeds.front());
    QString to = from;
    if (const qsizetype dots = from.indexOf(QStringLiteral("..")); dots >= 0) {
        to = from.mid(dots + 2);
        from.truncate(dots);
    }
    // Who types in one of them need not be corrected; another form (>=7) stays in the search alone.
    const bool isRange = seeds.size() < 2 && !from.startsWith(QLatin1Char('>')) &&
                         !from.startsWith(QLatin1Char('<'));
    if (!m_seedFrom->hasFocus()) {
        m_seedFrom->setText(isRange ? from : QString());
    }
    if (!m_seedTo->hasFocus() && !m_seedFrom->hasFocus()) {
        m_seedTo->setText(isRange ? to : QString());
    }
}

void FiltersPanel::followLibrary() {
    rebuildSizes();
    rebuildTags();
    const jobs::LibraryFacets& facets = m_library.facets();
    for (FilterChoice* choice : m_stages) {
        int count = 0;
        for (const auto& [stage, clips] : facets.stages) {
            count += toQt(jobs::word(stage)) == choice->value() ? clips : 0;
        }
        choice->setCount(count);
    }
    for (FilterChoice* choice : m_sizes) {
        const auto size = std::ranges::find(facets.sizes, choice->value(), sizeValue);
        choice->setCount(size == facets.sizes.end() ? 0 : size->clips);
    }
    showQuery(m_text);
}

// Only when there are other sizes than before: a rebuilt row loses the focus.
void FiltersPanel::rebuildSizes() {
    std::vector<jobs::LibraryFacets::Size> sizes = m_library.facets().sizes;
    if (sizes.size() > kMostSizes) {
        std::ranges::sort(sizes, std::ranges::greater(), &jobs::LibraryFacets::Size::clips);
        sizes.resize(kMostSizes);
    }
    if (std::ranges::equal(
            sizes, m_sizes, {}, sizeValue, [](const FilterChoice* row) { return row->value(); })) {
        return;
    }
    qDeleteAll(m_sizes);
    m_sizes.clear();
    for (const jobs::LibraryFacets::Size& each : sizes) {
        m_sizes.push_back(addChoice(
            m_sizeRows, "size", sizeValue(each), ui::size(each.width, each.height), std::nullopt));
    }
}

void FiltersPanel::rebuildTags() {
    std::vector<QString> words;
    for (const auto& [tag, count] : m_library.tags()) {
        if (words.size() < kMostTags) {
            words.push_back(toQt(tag));
        }
    }
    m_noTags->setVisible(words.empty());
    m_tagRow->setVisible(!words.empty());
    if (std::ranges::equal(words, m_tags, {}, {}, &QAbstractButton::text)) {
        return;
    }
    qDeleteAll(m_tags);
    m_tags.clear();
    for (const QString& word : words) {
        auto* tag = new QPushButton(word, m_tagRow);
        tag->setObjectName(QStringLiteral("library.tag-%1").arg(word));
        tag->setAccessibleName(tr("Tag %1").arg(word));
        tag->setProperty("look", QStringLiteral("small"));
        tag->setCheckable(true);
        m_tagRow->layout()->addWidget(tag);
        connect(tag, &QPushButton::clicked, this, [this, word](bool isOn) {
            setValue("tag", word, isOn);
        });
        m_tags.push_back(tag);
    }
    m_tagRow->updateGeometry();
}

}  // namespace tessera::ui
