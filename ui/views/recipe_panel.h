#pragma once

// The recipe: what was asked and what the engine makes of it, side by side; what differs in the
// warning colour. GUI thread.

#include "core/engine/make_engine.h"

#include <QWidget>

#include <optional>

class QTableWidget;
class QVBoxLayout;

namespace tessera::ui {

class Banner;

class RecipePanel final : public QWidget {
    Q_OBJECT

public:
    explicit RecipePanel(QWidget* parent = nullptr);

    // `effective` empty = not known yet.
    void show(const pipeline::GenerationRequest& asked,
              const std::optional<pipeline::GenerationRequest>& effective);

    // "2 fields changed", for the dock's title; empty when none.
    QString summary() const { return m_summary; }

protected:
    void changeEvent(QEvent* event) override;

private:
    void fill();
    void setRow(int row, const QString& name, const QString& asked, const QString& effective);

    QTableWidget* m_table = nullptr;
    QVBoxLayout* m_column = nullptr;
    Banner* m_banner = nullptr;
    QString m_bannerText;
    pipeline::GenerationRequest m_asked;
    std::optional<pipeline::GenerationRequest> m_effective;
    QString m_summary;
};

}  // namespace tessera::ui
