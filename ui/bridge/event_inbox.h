#pragma once

// Where the worker's events wait for the GUI thread: a locked vector, emptied by one queued call at
// a time. Steps and previews do not pile up: each has one slot, where the newest wins, and goes out
// at most every 33 ms; but whatever comes after a step in the worker's order comes after it here
// too, so no step is seen after the end of its job. receive() and post(): any thread; the rest: GUI
// thread.

#include "core/jobs/event.h"

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>

#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <variant>
#include <vector>

namespace tessera::ui {

class EventInbox final : public QObject, public jobs::EventSink {
    Q_OBJECT

public:
    // A call that takes its place among the events.
    using Call = std::function<void()>;

    // `handle` sees each event on the GUI thread. It may delete the inbox.
    explicit EventInbox(std::function<void(const jobs::Event&)> handle);
    ~EventInbox() override;

    void receive(const jobs::Event& event) noexcept override;
    void post(Call call);

    // Hands over everything that is there, steps as well. For the end, when no thread writes.
    void drainAll();

private:
    using Item = std::variant<jobs::Event, Call>;

    void flushSlots();
    void askForDrain();
    void drain(bool all);
    void takeSlots(bool all);

    std::function<void(const jobs::Event&)> m_handle;

    std::mutex m_mutex;  // guards what follows up to the timer
    std::vector<Item> m_items;
    std::optional<jobs::StepDone> m_step;
    std::optional<jobs::PreviewReady> m_preview;
    bool m_isCallPosted = false;  // a drain is on its way
    bool m_isTimerSet = false;    // the slots are waiting for their time

    QTimer m_timer;
    QElapsedTimer m_sinceSlots;
    std::deque<Item> m_taken;  // being handed over; a nested drain goes on with it
};

}  // namespace tessera::ui
