#pragma once

// The first start in three pages: what this is, every folder that is written to, the first prompt.
// GUI thread.

#include <QDialog>

class QLabel;
class QPlainTextEdit;
class QPushButton;
class QStackedWidget;

namespace tessera::ui {

class Settings;

class WelcomeDialog final : public QDialog {
    Q_OBJECT

public:
    // `settings` outlives the dialog.
    WelcomeDialog(Settings& settings, QWidget* parent);

Q_SIGNALS:
    // The last page was left forwards; the prompt is what stands there.
    void promptChosen(const QString& prompt);

protected:
    void done(int result) override;

private:
    QWidget* makeFirstPage();
    QWidget* makeFolderPage();
    QWidget* makePromptPage();
    void turn(int by);
    void showPage();

    Settings& m_settings;
    QStackedWidget* m_pages = nullptr;
    QPlainTextEdit* m_prompt = nullptr;
    QLabel* m_place = nullptr;
    QPushButton* m_back = nullptr;
    QPushButton* m_next = nullptr;
};

}  // namespace tessera::ui
