#pragma once

// What Tessera keeps on this machine, with exact sizes, and its removal after a question that names
// it. What is open while the program runs is removed at the next start. GUI thread; measuring and
// removing run on the disk worker.

#include "ui/services.h"

#include <QString>
#include <QWidget>

#include <cstdint>
#include <filesystem>
#include <vector>

class QLabel;
class QPushButton;
class QTableWidget;

namespace tessera::ui {

struct KeptData {
    QString what;
    std::filesystem::path path;
    bool isOpen = false;  // in use: goes at the next start
    std::uint64_t bytes = 0;
    int files = 0;
};

// The places, not measured yet.
std::vector<KeptData> keptData(const Settings& settings);

// Counts files and bytes below each path. Any thread.
void measureKeptData(std::vector<KeptData>& data);

// Removes what the user chose in the last run; before anything is opened.
void removePending(Settings& settings);

class DataRemoval final : public QWidget {
    Q_OBJECT

public:
    DataRemoval(const Services& services, QWidget* parent);

private:
    void measure();
    void showData();
    void showChosen();
    void ask();
    void remove(const std::vector<KeptData>& chosen);
    std::vector<KeptData> chosen() const;

    Services m_services;
    std::vector<KeptData> m_data;
    QTableWidget* m_table = nullptr;
    QLabel* m_note = nullptr;
    QPushButton* m_remove = nullptr;
};

}  // namespace tessera::ui
