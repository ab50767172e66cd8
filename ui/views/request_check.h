#pragma once

// Asks the engine, while the fields are edited, what the request would do and what is wrong with
// it. The engine tells one fault at a time; this asks again with the faulty field left open, so
// that all of them are known at once. GUI thread.

#include "ui/views/form_faults.h"

#include <QObject>
#include <QTimer>

#include <cstdint>
#include <optional>
#include <vector>

namespace tessera::ui {

class EngineClient;

struct RequestAnswer {
    std::vector<FormFault> faults;                       // the form's own come first
    std::optional<engine::GenerationEstimate> estimate;  // only when nothing but memory is wrong
};

class RequestCheck final : public QObject {
    Q_OBJECT

public:
    // `form`, `settings` and `engine` outlive the check.
    RequestCheck(const GenerationForm& form,
                 const Settings& settings,
                 EngineClient& engine,
                 QObject* parent = nullptr);

    // Soon: edits that follow each other ask once.
    void ask(bool promptMatters);

    // True from the first ask() until the answer to the last one.
    bool isAsking() const { return m_isAsking; }

Q_SIGNALS:
    void answered(const tessera::ui::RequestAnswer& answer);

private:
    void send();
    void receive(std::uint64_t ticket, const base::Result<engine::GenerationEstimate>& estimate);
    void finish(std::optional<engine::GenerationEstimate> estimate);

    const GenerationForm& m_form;
    const Settings& m_settings;
    EngineClient& m_engine;
    QTimer m_delay;
    pipeline::GenerationRequest m_request;
    std::vector<FormFault> m_faults;
    std::uint64_t m_ticket = 0;
    bool m_promptMatters = false;
    bool m_isAsking = false;
};

}  // namespace tessera::ui
