#pragma once

// Widgets side by side as words in a line: what does not fit goes to the next line. For rows of
// buttons in narrow docks. GUI thread.

#include <QLayout>

#include <memory>
#include <vector>

namespace tessera::ui {

class FlowLayout final : public QLayout {
    Q_OBJECT

public:
    explicit FlowLayout(int gap, QWidget* parent = nullptr);
    ~FlowLayout() override;

    void addItem(QLayoutItem* item) override;
    int count() const override;
    QLayoutItem* itemAt(int index) const override;
    QLayoutItem* takeAt(int index) override;
    Qt::Orientations expandingDirections() const override;
    bool hasHeightForWidth() const override;
    int heightForWidth(int width) const override;
    QSize sizeHint() const override;
    QSize minimumSize() const override;
    void setGeometry(const QRect& room) override;

private:
    // Height that the items take in a room of this width; moves them when `moves`.
    int arrange(const QRect& room, bool moves) const;

    std::vector<std::unique_ptr<QLayoutItem>> m_items;
    int m_gap = 0;
};

}  // namespace tessera::ui
