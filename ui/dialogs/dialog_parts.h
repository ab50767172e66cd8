#pragma once

// What all dialogs are made of: the same margins, headings, quiet text, tables and button rows. GUI
// thread.

#include <QString>
#include <QStringList>

#include <initializer_list>
#include <vector>

class QDialog;
class QHBoxLayout;
class QLabel;
class QPushButton;
class QTableWidget;
class QVBoxLayout;
class QWidget;

namespace tessera::ui {

// Title, accessible name, object name and a column with the margins of look.md.
QVBoxLayout* startDialog(QDialog& dialog, const QString& name, const QString& title);

QLabel* heading(const QString& text, QWidget* parent);
QLabel* paragraph(const QString& text, QWidget* parent);   // wraps
QLabel* quietText(const QString& text, QWidget* parent);   // wraps, muted
QLabel* selectable(const QString& text, QWidget* parent);  // fixed pitch, may be copied

// `look` as in style.h, null for the plain one.
QPushButton* dialogButton(const QString& name,
                          const QString& text,
                          const char* look,
                          QWidget* parent);

// Read-only rows; as tall as its rows. `stretch` is the column that takes the free width; columns
// in `numbers` are right-aligned in the font of numbers.
QTableWidget* plainTable(const QString& name,
                         const QStringList& headers,
                         const std::vector<QStringList>& rows,
                         int stretch,
                         std::initializer_list<int> numbers,
                         QWidget* parent);

// As wide as that, and as high as its wrapped words then need.
void fitToWidth(QDialog& dialog, int width);

}  // namespace tessera::ui
