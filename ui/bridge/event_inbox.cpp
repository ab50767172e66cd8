#include "ui/bridge/event_inbox.h"

#include <QPointer>

#include <iterator>
#include <utility>

namespace tessera::ui {

namespace {

// 30 Hz: what an eye follows, and what painting a frame costs little of.
constexpr int kSlotMs = 33;

}  // namespace

EventInbox::EventInbox(std::function<void(const jobs::Event&)> handle)
    : m_handle(std::move(handle)) {
    m_timer.setSingleShot(true);
    m_timer.setTimerType(Qt::PreciseTimer);
    connect(&m_timer, &QTimer::timeout, this, [this] {
        {
            const std::scoped_lock lock(m_mutex);
            m_isTimerSet = false;
        }
        drain(false);
    });
}

EventInbox::~EventInbox() = default;

void EventInbox::receive(const jobs::Event& event) noexcept {
    const std::scoped_lock lock(m_mutex);
    if (const auto* step = std::get_if<jobs::StepDone>(&event)) {
        m_step = *step;
    } else if (const auto* preview = std::get_if<jobs::PreviewReady>(&event)) {
        m_preview = *preview;
    } else {
        flushSlots();
        m_items.emplace_back(event);
        askForDrain();
        return;
    }
    if (!m_isTimerSet) {
        askForDrain();
    }
}

void EventInbox::post(Call call) {
    const std::scoped_lock lock(m_mutex);
    m_items.emplace_back(std::move(call));
    askForDrain();
}

void EventInbox::drainAll() {
    drain(true);
}

// With the lock held, as the next two.
void EventInbox::flushSlots() {
    if (m_preview) {
        m_items.emplace_back(jobs::Event(std::move(*std::exchange(m_preview, std::nullopt))));
    }
    if (m_step) {
        m_items.emplace_back(jobs::Event(*std::exchange(m_step, std::nullopt)));
    }
}

void EventInbox::askForDrain() {
    if (!m_isCallPosted) {
        m_isCallPosted = true;
        QMetaObject::invokeMethod(
            this, [this] { drain(false); }, Qt::QueuedConnection);
    }
}

void EventInbox::takeSlots(bool all) {
    if (!m_step && !m_preview) {
        return;
    }
    const qint64 since = m_sinceSlots.isValid() ? m_sinceSlots.elapsed() : kSlotMs;
    if (all || since >= kSlotMs) {
        flushSlots();
        m_sinceSlots.start();
    } else if (!m_isTimerSet) {
        m_isTimerSet = true;
        m_timer.start(static_cast<int>(kSlotMs - since));
    }
}

void EventInbox::drain(bool all) {
    {
        const std::scoped_lock lock(m_mutex);
        m_isCallPosted = false;
        takeSlots(all);
        std::move(m_items.begin(), m_items.end(), std::back_inserter(m_taken));
        m_items.clear();
    }
    // A handler may open a dialog, whose loop drains again, or delete this object.
    const QPointer<EventInbox> self = this;
    while (self && !m_taken.empty()) {
        const Item item = std::move(m_taken.front());
        m_taken.pop_front();
        if (const auto* event = std::get_if<jobs::Event>(&item)) {
            // The member may be gone before the call returns.
            const auto handle = m_handle;
            handle(*event);
        } else {
            std::get<Call>(item)();
        }
    }
}

}  // namespace tessera::ui
