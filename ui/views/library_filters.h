#pragma once

// The left side of the Library: what kinds there are, and the filters, which read and write the
// same words as the search field. GUI thread.

#include "core/jobs/library.h"
#include "ui/theme.h"

#include <QAbstractButton>
#include <QString>
#include <QWidget>

#include <optional>
#include <vector>

class QAction;
class QLabel;
class QLineEdit;
class QVBoxLayout;

namespace tessera::ui {

class LibraryModel;

// A kind of thing in the library: icon, word, how many.
class KindRow final : public QAbstractButton {
    Q_OBJECT

public:
    KindRow(const QString& drawing, const QString& word, QWidget* parent);

    void setCount(int count);

    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QString m_drawing;
    int m_count = 0;
};

// Clips, or what was thrown away.
class KindsPanel final : public QWidget {
    Q_OBJECT

public:
    explicit KindsPanel(const LibraryModel& library, QWidget* parent = nullptr);

    void showPlace(jobs::LibraryQuery::Place place);

Q_SIGNALS:
    void placeChosen(tessera::jobs::LibraryQuery::Place place);

private:
    KindRow* m_clips = nullptr;
    KindRow* m_bin = nullptr;
};

class FilterChoice;

class FiltersPanel final : public QWidget {
    Q_OBJECT

public:
    // `clear` empties the search.
    FiltersPanel(const LibraryModel& library, QAction* clear, QWidget* parent = nullptr);

    // The search as the field has it.
    void showQuery(const QString& text);

Q_SIGNALS:
    void queryEdited(const QString& text);

private:
    void addSeeds(QVBoxLayout* column);
    void followLibrary();
    FilterChoice* addChoice(QVBoxLayout* column,
                            const char* field,
                            const QString& value,
                            const QString& word,
                            std::optional<StageMark> mark);
    void rebuildSizes();
    void rebuildTags();
    void setValue(const char* field, const QString& value, bool isOn);
    void takeSeeds();

    const LibraryModel& m_library;
    QString m_text;
    std::vector<FilterChoice*> m_stages;
    std::vector<FilterChoice*> m_sizes;
    std::vector<QAbstractButton*> m_tags;
    QVBoxLayout* m_sizeRows = nullptr;
    QWidget* m_tagRow = nullptr;
    QLabel* m_noTags = nullptr;
    QLineEdit* m_seedFrom = nullptr;
    QLineEdit* m_seedTo = nullptr;
};

}  // namespace tessera::ui
