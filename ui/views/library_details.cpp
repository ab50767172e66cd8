#include "ui/views/library_details.h"

#include "core/jobs/words.h"
#include "ui/actions/action_registry.h"
#include "ui/bridge/disk_worker.h"
#include "ui/bridge/text.h"
#include "ui/models/job_words.h"
#include "ui/numbers.h"
#include "ui/style/fonts.h"
#include "ui/style/style.h"
#include "ui/views/star_row.h"
#include "ui/widgets/clip_view.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/icon_sign.h"
#include "ui/widgets/stage_mark.h"

#include <QGridLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QStackedWidget>
#include <QVBoxLayout>

#include <algorithm>
#include <utility>

namespace tessera::ui {

namespace {

using Line = std::pair<QString, QString>;

// Of the picture, which is 3:2 as long as the dock is not very wide.
constexpr int kLowestPicture = 120;
constexpr int kHighestPicture = 320;

bool hasRecipe(const jobs::LibraryClip& clip) {
    return clip.recipe.effective || !clip.recipe.source.empty();
}

// What decides the clip; where it ran and what was kept of it does not.
pipeline::GenerationRequest essence(const jobs::Recipe& recipe) {
    pipeline::GenerationRequest request = jobs::reproduce(recipe);
    const pipeline::GenerationRequest plainRequest;
    request.output = plainRequest.output;
    request.previews = plainRequest.previews;
    request.writeMetadata = plainRequest.writeMetadata;
    request.maxRamGb = plainRequest.maxRamGb;
    request.maxVramGb = plainRequest.maxVramGb;
    return request;
}

bool isSameRecipe(const jobs::Recipe& a, const jobs::Recipe& b) {
    return a.modelHash == b.modelHash && essence(a) == essence(b);
}

std::vector<Line> linesOf(const jobs::LibraryClip& clip) {
    const auto tr = [](const char* text) { return LibraryDetails::tr(text); };
    const QString length =
        clip.fps > 0.0 ? QStringLiteral(", ") + seconds(clip.frames / clip.fps) : QString();
    std::vector<Line> lines;
    const pipeline::GenerationRequest ran = jobs::reproduce(clip.recipe);
    if (hasRecipe(clip)) {
        lines.emplace_back(tr("Stage"), stageWord(static_cast<StageMark>(ran.stage)));
    }
    lines.emplace_back(tr("Size"),
                       LibraryDetails::tr("%1, %2 frames")
                           .arg(size(clip.width, clip.height), number(clip.frames)));
    lines.emplace_back(tr("Rate"),
                       clip.fps > 0.0
                           ? LibraryDetails::tr("%1 fps").arg(QString::number(clip.fps)) + length
                           : QString(kUnknown));
    if (hasRecipe(clip)) {
        const int done = clip.recipe.stepsDone;
        const bool isEarly = done > 0 && done < ran.steps;
        lines.emplace_back(
            tr("Steps"),
            isEarly ? LibraryDetails::tr("%1 of %2").arg(done).arg(ran.steps) : number(ran.steps));
        if (ran.cfgScale) {
            lines.emplace_back(tr("Guidance"), decimal(*ran.cfgScale, 1));
        }
        if (!ran.masks.empty()) {
            lines.emplace_back(tr("Masks"), masksWord(ran.masks));
        }
        lines.emplace_back(tr("Seed"), QString::number(ran.seed));
        lines.emplace_back(tr("Model"),
                           clip.recipe.modelHash.empty() ? QString(kUnknown)
                                                         : shortHash(toQt(clip.recipe.modelHash)));
    }
    if (clip.secondsTotal > 0.0) {
        lines.emplace_back(tr("Took"),
                           seconds(clip.secondsTotal) + QStringLiteral(", ") +
                               toQt(jobs::word(ran.device)).toUpper() + QStringLiteral(", ") +
                               QString::fromLatin1(jobs::word(ran.precision)));
    }
    const QString suffix = toQt(clip.path.extension()).mid(1).toUpper();
    lines.emplace_back(tr("File"), bytes(clip.bytes) + QStringLiteral(", ") + suffix);
    return lines;
}

QString tagsText(const std::vector<std::string>& tags) {
    QStringList words;
    for (const std::string& tag : tags) {
        words.append(toQt(tag));
    }
    return words.join(QStringLiteral(", "));
}

}  // namespace

LibraryDetails::LibraryDetails(DiskWorker& disk, ActionRegistry& actions, QWidget* parent)
    : QWidget(parent), m_disk(disk) {
    setProperty("surface", QStringLiteral("panel"));
    m_player.setLooping(true);
    m_pages = new QStackedWidget(this);
    m_pages->addWidget(new EmptyState(QStringLiteral("workspace-generate"),
                                      tr("No clip is chosen."),
                                      tr("Choose one to see how it was made."),
                                      nullptr,
                                      m_pages));
    m_pages->addWidget(makeBody(actions));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_pages);
    connect(&disk,
            &DiskWorker::clipReady,
            this,
            [this](const QString& file, const base::SharedFrames& frames) {
                if (file == m_loaded) {
                    m_problem->hide();
                    m_player.setFrames(frames);
                    m_player.setPlaying(isVisible() && frames && frames->frames > 1);
                }
            });
    connect(&disk,
            &DiskWorker::clipFailed,
            this,
            [this](const QString& file, const base::Error& error) {
                if (file == m_loaded) {
                    m_player.setFrames({});
                    m_problem->setText(toQt(error.message) + QLatin1Char(' ') + toQt(error.hint));
                    m_problem->show();
                }
            });
    connect(&disk,
            &DiskWorker::recipeReady,
            this,
            [this](const QString& file, const jobs::Recipe& recipe) {
                if (file == m_loaded && m_clip) {
                    showVerdict(isSameRecipe(recipe, m_clip->recipe) ? Verdict::Embedded
                                                                     : Verdict::Other);
                }
            });
    connect(&disk, &DiskWorker::recipeFailed, this, [this](const QString& file) {
        if (file == m_loaded) {
            showVerdict(Verdict::None);
        }
    });
}

QWidget* LibraryDetails::makeBody(ActionRegistry& actions) {
    auto* body = new QWidget(m_pages);
    auto* column = new QVBoxLayout(body);
    column->setContentsMargins(
        measure::kBodyMargin, measure::kBodyMargin, measure::kBodyMargin, measure::kBodyMargin);
    column->setSpacing(measure::kRowGap);
    addPicture(column);
    auto* ways = new QHBoxLayout;
    ways->setSpacing(measure::kLabelGap);
    ways->addWidget(actionButton(actions.find(QStringLiteral("recipe-restore")), "filled", body),
                    1);
    ways->addWidget(actionButton(actions.find(QStringLiteral("recipe-new-seed")), nullptr, body),
                    1);
    column->addLayout(ways);
    m_fields = new QGridLayout;
    m_fields->setContentsMargins(0, measure::kGrid, 0, measure::kGrid);
    m_fields->setHorizontalSpacing(measure::kLabelGap);
    m_fields->setVerticalSpacing(5);
    m_fields->setColumnStretch(1, 1);
    column->addLayout(m_fields);
    auto* verdict = new QHBoxLayout;
    verdict->setSpacing(measure::kGrid + 2);
    m_good = new IconSign(QStringLiteral("state-done"), measure::kSmallIcon, &Theme::success, body);
    m_bad =
        new IconSign(QStringLiteral("state-warning"), measure::kSmallIcon, &Theme::warning, body);
    m_verdictText = new QLabel(body);
    m_verdictText->setObjectName(QStringLiteral("library.verdict"));
    m_verdictText->setWordWrap(true);
    m_verdictText->setFont(tableFont());
    verdict->addWidget(m_good, 0, Qt::AlignTop);
    verdict->addWidget(m_bad, 0, Qt::AlignTop);
    verdict->addWidget(m_verdictText, 1);
    column->addLayout(verdict);
    addOpinion(column);
    column->addStretch(1);
    column->addWidget(actionButton(actions.find(QStringLiteral("file-reveal")), nullptr, body));
    return body;
}

void LibraryDetails::addPicture(QVBoxLayout* column) {
    m_view = new ClipView(m_player, this);
    m_view->setObjectName(QStringLiteral("library.player"));
    m_view->setFitsTight(true);
    m_view->setFixedHeight(kLowestPicture);
    column->addWidget(m_view);
    m_problem = new QLabel(this);
    m_problem->setWordWrap(true);
    m_problem->setFont(tableFont());
    m_problem->hide();
    column->addWidget(m_problem);
    m_prompt = new QLabel(this);
    m_prompt->setObjectName(QStringLiteral("library.prompt"));
    m_prompt->setTextFormat(Qt::PlainText);
    m_prompt->setWordWrap(true);
    m_prompt->setFont(bold(bodyFont()));
    m_prompt->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_prompt->setFocusPolicy(Qt::NoFocus);
    column->addWidget(m_prompt);
}

void LibraryDetails::addOpinion(QVBoxLayout* column) {
    m_stars = new StarRow(this);
    m_stars->setObjectName(QStringLiteral("library.stars"));
    m_stars->setToolTip(tr("Rates the clip (keys 0 to 5)."));
    connect(m_stars, &StarRow::rated, this, &LibraryDetails::rated);
    m_tags = new QLineEdit(this);
    m_tags->setObjectName(QStringLiteral("library.tags"));
    m_tags->setAccessibleName(tr("Tags"));
    m_tags->setPlaceholderText(tr("sea, keep"));
    m_tags->setToolTip(tr("Words with commas between them; the search finds them as tag:sea."));
    m_tags->setTextMargins(6, 0, 6, 0);
    connect(m_tags, &QLineEdit::editingFinished, this, &LibraryDetails::takeTags);
    auto* form = new QGridLayout;
    form->setHorizontalSpacing(measure::kLabelGap);
    form->setVerticalSpacing(measure::kGrid);
    form->setColumnStretch(1, 1);
    const std::pair<QString, QWidget*> rows[] = {{tr("Rating"), m_stars}, {tr("Tags"), m_tags}};
    for (int row = 0; row < 2; ++row) {
        auto* name = new QLabel(rows[row].first, this);
        name->setFont(tableFont());
        name->setForegroundRole(QPalette::PlaceholderText);
        name->setBuddy(rows[row].second);
        form->addWidget(name, row, 0);
        form->addWidget(rows[row].second, row, 1, row == 0 ? Qt::AlignLeft : Qt::Alignment());
    }
    column->addLayout(form);
}

void LibraryDetails::show(const std::optional<jobs::LibraryClip>& clip) {
    const bool isOther = !clip || !m_clip || clip->path != m_clip->path;
    if (isOther && m_clip) {
        takeTags();  // what was typed belongs to the clip that goes
    }
    m_clip = clip;
    m_pages->setCurrentIndex(clip ? 1 : 0);
    if (!clip) {
        m_loaded.clear();
        m_player.setFrames({});
        return;
    }
    fillFields();
    m_stars->setRating(clip->rating);
    if (!m_tags->hasFocus() || isOther) {
        m_tags->setText(tagsText(clip->tags));
        m_tags->setModified(false);
    }
    if (isOther) {
        load();
    }
}

// Nothing is decoded for a dock that nobody sees.
void LibraryDetails::load() {
    m_player.setFrames({});
    m_problem->hide();
    showVerdict(Verdict::Unknown);
    m_loaded.clear();
    if (!m_clip || !isVisible()) {
        return;
    }
    m_loaded = toQt(m_clip->path);
    m_disk.askClip(m_clip->path);
    m_disk.askRecipe(m_clip->path);
}

void LibraryDetails::fillFields() {
    const QString prompt = toQt(m_clip->recipe.asked.prompt).trimmed();
    m_prompt->setText(prompt.isEmpty() ? toQt(m_clip->path.filename()) : prompt);
    const std::vector<Line> lines = linesOf(*m_clip);
    while (m_values.size() < lines.size()) {
        const int row = static_cast<int>(m_values.size());
        auto* name = new QLabel(this);
        name->setFont(tableFont());
        name->setForegroundRole(QPalette::PlaceholderText);
        auto* value = new QLabel(this);
        value->setFont(numberFont());
        value->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
        value->setTextInteractionFlags(Qt::TextSelectableByMouse);
        value->setFocusPolicy(Qt::NoFocus);
        m_fields->addWidget(name, row, 0);
        m_fields->addWidget(value, row, 1);
        m_names.push_back(name);
        m_values.push_back(value);
    }
    for (std::size_t i = 0; i < m_values.size(); ++i) {
        const bool isThere = i < lines.size();
        m_names[i]->setVisible(isThere);
        m_values[i]->setVisible(isThere);
        if (isThere) {
            m_names[i]->setText(lines[i].first);
            m_values[i]->setText(lines[i].second);
        }
    }
    m_prompt->setToolTip(toQt(m_clip->path));
}

void LibraryDetails::showVerdict(Verdict verdict) {
    m_verdict = verdict;
    m_good->setVisible(verdict == Verdict::Embedded);
    m_bad->setVisible(verdict == Verdict::Other || verdict == Verdict::None);
    QPalette words = palette();
    words.setColor(QPalette::WindowText,
                   verdict == Verdict::Embedded  ? currentTheme().success
                   : verdict == Verdict::Unknown ? currentTheme().muted
                                                 : currentTheme().warning);
    m_verdictText->setPalette(words);
    switch (verdict) {
        case Verdict::Embedded:
            m_verdictText->setText(tr("Recipe embedded and read back"));
            break;
        case Verdict::Other:
            m_verdictText->setText(tr("The file holds another recipe than the library"));
            break;
        case Verdict::None:
            m_verdictText->setText(m_clip && m_clip->isMissing ? tr("The file is gone")
                                                               : tr("No recipe in the file"));
            break;
        case Verdict::Unknown:
            m_verdictText->setText(m_loaded.isEmpty() ? QString() : tr("Reading the recipe"));
            break;
    }
}

void LibraryDetails::takeTags() {
    if (!m_tags->isModified()) {
        return;
    }
    m_tags->setModified(false);
    std::vector<std::string> tags;
    for (const QString& word : m_tags->text().split(QLatin1Char(','), Qt::SkipEmptyParts)) {
        if (!word.trimmed().isEmpty()) {
            tags.push_back(fromQt(word.trimmed()));
        }
    }
    Q_EMIT tagsEdited(tags);
}

void LibraryDetails::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    if (m_clip && m_loaded.isEmpty()) {
        load();
    } else if (m_player.count() > 1) {
        m_player.setPlaying(true);
    }
}

void LibraryDetails::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange && m_verdictText) {
        showVerdict(m_verdict);
    }
}

void LibraryDetails::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    const int picture = (width() - 2 * measure::kBodyMargin) * 2 / 3;
    m_view->setFixedHeight(std::clamp(picture, kLowestPicture, kHighestPicture));
}

void LibraryDetails::hideEvent(QHideEvent* event) {
    QWidget::hideEvent(event);
    m_player.setPlaying(false);
}

}  // namespace tessera::ui
