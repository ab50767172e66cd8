#pragma once

// The right side of the mask explorer: the figures of the chosen mask, and the values that the
// paper prints beside ours. GUI thread.

#include "core/plan/published_values.h"
#include "ui/views/mask_choice.h"

#include <QWidget>

#include <vector>

class QGridLayout;
class QLabel;
class QTableWidget;

namespace tessera::ui {

class ActionRegistry;
class MaskLegend;
class MaskOverview;

class MaskFigures final : public QWidget {
    Q_OBJECT

public:
    // The action copy-figures is there already.
    MaskFigures(const MaskChoice& choice, ActionRegistry& actions, QWidget* parent = nullptr);

    void show(const MaskChoice& choice);

    MaskOverview& overview() { return *m_overview; }

private:
    QLabel* addLine(QGridLayout* grid, const char* name, const QString& word);

    MaskOverview* m_overview = nullptr;
    MaskLegend* m_legend = nullptr;
    QLabel* m_headline = nullptr;
    QLabel* m_element = nullptr;
    QLabel* m_tile = nullptr;
    QLabel* m_references = nullptr;
    QLabel* m_tokens = nullptr;
    QLabel* m_kept = nullptr;
    QLabel* m_border = nullptr;
};

class PublishedPanel final : public QWidget {
    Q_OBJECT

public:
    explicit PublishedPanel(QWidget* parent = nullptr);

    // Marks the row of the choice, where the paper has one.
    void show(const MaskChoice& choice);

    int count() const { return static_cast<int>(m_values.size()); }

    int agreeing() const;

Q_SIGNALS:
    void valueChosen(const tessera::ui::MaskChoice& choice);

protected:
    void changeEvent(QEvent* event) override;

private:
    void fill();

    std::vector<plan::ComparedValue> m_values;
    QTableWidget* m_table = nullptr;
};

}  // namespace tessera::ui
