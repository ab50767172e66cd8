#pragma once

// A state with its ways out: coloured ground, bar on the left, icon, bold what, plain why, fixes in
// order with their price, details folded (look.md, 4). GUI thread.

#include <QFrame>

#include <functional>
#include <memory>
#include <vector>

namespace tessera::ui {

class Banner final : public QFrame {
    Q_OBJECT

public:
    enum class Kind { Info, Success, Warning, Error };

    struct Way {
        QString text;   // "Use 288 × 192"
        QString price;  // "starts again, about 9.1 s"; may be empty
        QString icon;   // may be empty
        std::function<void()> run;
    };

    Banner(Kind kind, const QString& what, const QString& why, QWidget* parent = nullptr);
    ~Banner() override;

    // The first one is primary when `firstIsPrimary`.
    void setWays(std::vector<Way> ways, bool firstIsPrimary = true);

    // Folded text with "Copy details".
    void setDetails(const QString& details);

    // A small cross that hides the banner and says so with closed().
    void setClosable(bool on);

Q_SIGNALS:
    void closed();

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    class Private;
    std::unique_ptr<Private> m_private;
};

}  // namespace tessera::ui
