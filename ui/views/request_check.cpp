#include "ui/views/request_check.h"

#include "ui/bridge/engine_client.h"

#include <algorithm>

namespace tessera::ui {

namespace {

constexpr int kDelayMs = 120;
// Apart from the tickets of others who ask the same engine.
constexpr std::uint64_t kFirstTicket = std::uint64_t{1} << 32;
// More rounds than there are fields would mean that an error does not go away.
constexpr std::size_t kMostFaults = 12;

}  // namespace

RequestCheck::RequestCheck(const GenerationForm& form,
                           const Settings& settings,
                           EngineClient& engine,
                           QObject* parent)
    : QObject(parent),
      m_form(form),
      m_settings(settings),
      m_engine(engine),
      m_ticket(kFirstTicket) {
    m_delay.setSingleShot(true);
    m_delay.setInterval(kDelayMs);
    connect(&m_delay, &QTimer::timeout, this, &RequestCheck::send);
    connect(&engine, &EngineClient::estimateReady, this, &RequestCheck::receive);
}

void RequestCheck::ask(bool promptMatters) {
    m_promptMatters = promptMatters;
    m_isAsking = true;
    ++m_ticket;  // an answer still under way is for older values
    m_delay.start();
}

void RequestCheck::send() {
    m_request = m_form.request(m_settings);
    m_faults = localFaults(m_form, m_promptMatters);
    for (const FormFault& fault : m_faults) {
        neutralise(m_request, fault.field);
    }
    if (m_form.values.prompt.trimmed().isEmpty()) {
        neutralise(m_request, FormField::Prompt);  // the price does not depend on the words
    }
    m_engine.askEstimate(m_request, ++m_ticket);
}

void RequestCheck::receive(std::uint64_t ticket,
                           const base::Result<engine::GenerationEstimate>& estimate) {
    if (ticket != m_ticket || m_delay.isActive()) {
        return;
    }
    if (estimate) {
        finish(*estimate);
        return;
    }
    FormFault fault = faultOf(estimate.error(), m_form);
    const FormField field = fault.field;
    const bool isKnown = std::ranges::any_of(
        m_faults, [field](const FormFault& other) { return other.field == field; });
    if (!isKnown) {
        m_faults.push_back(std::move(fault));
    }
    if (isKnown || field == FormField::Other || m_faults.size() >= kMostFaults) {
        finish({});
        return;
    }
    neutralise(m_request, field);
    m_engine.askEstimate(m_request, ++m_ticket);
}

void RequestCheck::finish(std::optional<engine::GenerationEstimate> estimate) {
    const bool isRunnable = std::ranges::all_of(m_faults, &FormFault::isWarning);
    m_isAsking = false;
    Q_EMIT answered({m_faults, isRunnable ? std::move(estimate) : std::nullopt});
}

}  // namespace tessera::ui
