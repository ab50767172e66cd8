#pragma once

// What the user sets: look, clips, machine, data. Each change is kept at once. GUI thread.

#include "ui/services.h"

#include <QDialog>

#include <functional>

class QComboBox;
class QFormLayout;
class QLabel;
class QListWidget;
class QStackedWidget;

namespace tessera::ui {

class SettingsDialog final : public QDialog {
    Q_OBJECT

public:
    SettingsDialog(const Services& services, QWidget* parent);

private:
    QFormLayout* addPage(const QString& name, const QString& title, const QString& iconName);
    void addLookPage();
    void addClipsPage();
    void addMachinePage();
    void addDataPage();
    void addDevices(QComboBox& box);
    void askClipsFolder();

    Services m_services;
    QListWidget* m_list = nullptr;
    QStackedWidget* m_pages = nullptr;
    QLabel* m_clipsFolder = nullptr;
};

}  // namespace tessera::ui
