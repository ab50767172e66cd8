#pragma once

// The prompt, how the model understands it while it is typed, and the negative prompt. GUI thread.

#include "ui/views/generation_form.h"

#include <QPlainTextEdit>
#include <QWidget>

class QLabel;
class QLineEdit;

namespace tessera::ui {

class FaultPlaces;

// Leaves dropped files to the workspace, which reads their recipes; Tab goes on to the next field.
class PromptEdit final : public QPlainTextEdit {
    Q_OBJECT

public:
    explicit PromptEdit(QWidget* parent);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    bool canInsertFromMimeData(const QMimeData* source) const override;
    void insertFromMimeData(const QMimeData* source) override;

private:
    int lines(int count) const;
};

class PromptPanel final : public QWidget {
    Q_OBJECT

public:
    explicit PromptPanel(FaultPlaces& places, QWidget* parent = nullptr);

    void show(const FormValues& values);
    void read(FormValues& values) const;

    // Whether the chosen model reads prompts by the closed grammar.
    void setUnderstands(bool on);

    QPlainTextEdit* prompt() const { return m_prompt; }

    // "a red ball rolling", for the state dump.
    QString understood() const { return m_understoodText; }

Q_SIGNALS:
    void edited();
    void promptCleared();  // text was there and is gone

protected:
    void changeEvent(QEvent* event) override;

private:
    void understand();

    PromptEdit* m_prompt = nullptr;
    QLineEdit* m_negative = nullptr;
    QLabel* m_understood = nullptr;
    QString m_understoodText;
    bool m_understands = true;
    bool m_hadText = false;
};

}  // namespace tessera::ui
