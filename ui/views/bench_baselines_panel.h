#pragma once

// The measurements that were kept: tick one to see it beside the present one, rename or remove it
// by its menu, keep the present one. GUI thread.

#include "ui/models/baseline_list.h"

#include <QWidget>

#include <vector>

class QAction;
class QCheckBox;
class QLabel;
class QLineEdit;
class QVBoxLayout;

namespace tessera::ui {

// One of them: box, name, when and where it was measured, menu. Renamed in its own place.
class BaselineRow final : public QWidget {
    Q_OBJECT

public:
    explicit BaselineRow(const Baseline& baseline, QWidget* parent);

    const QString& id() const { return m_id; }

    void show(const Baseline& baseline, bool isShown);

    // The name becomes a field with all of it selected. Enter takes it, Escape leaves it as it was.
    void beginRename();

Q_SIGNALS:
    void ticked(bool isOn);
    void renamed(const QString& name);
    void removeWanted();

protected:
    void paintEvent(QPaintEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void endRename(bool takes);

    QString m_id;
    QString m_full;  // the name, which may be longer than its place
    QCheckBox* m_box = nullptr;
    QLineEdit* m_name = nullptr;
    QLabel* m_when = nullptr;
    QWidget* m_more = nullptr;
};

class BenchBaselinesPanel final : public QWidget {
    Q_OBJECT

public:
    BenchBaselinesPanel(BaselineList& baselines, QAction* add, QWidget* parent = nullptr);

    void beginRename(const QString& id);

Q_SIGNALS:
    void removed(const tessera::ui::Baseline& baseline);

protected:
    void paintEvent(QPaintEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    void follow();
    void addRow(const Baseline& baseline);

    BaselineList& m_baselines;
    QVBoxLayout* m_rows = nullptr;
    QLabel* m_none = nullptr;
    std::vector<BaselineRow*> m_entries;
};

}  // namespace tessera::ui
