#pragma once

// A labelled row of a form with its error under it: the input gets the error outline, under it an
// icon and what is wrong, below that one or two small buttons that mend it (look.md, 4). GUI
// thread.

#include <QWidget>

#include <functional>
#include <vector>

class QLabel;
class QLayout;
class QVBoxLayout;

namespace tessera::ui {

struct Fix {
    QString text;               // "Use 29"
    std::function<void()> run;  // after it the fault is taken away
};

class Field final : public QWidget {
    Q_OBJECT

public:
    // `label` may be empty (the input then takes the whole width). Takes ownership of `input`; the
    // label becomes its buddy and, where it has none, its accessible name.
    Field(const QString& label, QWidget* input, QWidget* parent = nullptr);

    const QString& label() const { return m_label; }

    QWidget* input() const { return m_input; }

    void setFault(const QString& message, std::vector<Fix> fixes = {});
    void clearFault();
    bool hasFault() const;

    // Muted words under the input: "Understood as: ...". Empty = none.
    void setHint(const QString& text);

    // Labels of one form share one width.
    static constexpr int kLabelWidth = 80;

private:
    QWidget* faultyInput() const;
    void makeFault();
    void makeFixes();

    QString m_label;
    QWidget* m_input = nullptr;
    QLabel* m_hint = nullptr;
    QWidget* m_fault = nullptr;
    QLabel* m_faultText = nullptr;
    QLayout* m_fixRow = nullptr;
    QVBoxLayout* m_column = nullptr;
    std::vector<Fix> m_fixes;
};

}  // namespace tessera::ui
