#pragma once

// Numbers events and hands them to the sink one after another, in order, from whichever thread
// brings them. Each thread delivers up to its own event and no further, so none is kept busy with
// the events of another, and none returns before its own has arrived. Used by the worker alone.

#include "core/jobs/event.h"

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <thread>

namespace tessera::jobs {

class EventDelivery {
public:
    explicit EventDelivery(EventSink& sink) : m_sink(sink) {}

    // Gives the event the next number and puts it in line. Calls nothing, so it may be called under
    // a lock: that is how a state and its event are published in one step. Returns the number.
    std::uint64_t append(Event event);

    // Returns when the event `number` has been received. From inside the sink it returns at once;
    // the event follows when the sink has returned. To be called without any lock.
    void deliver(std::uint64_t number);

    // Returns when every event appended so far has been received.
    void deliverAll();

    // True while the calling thread is inside the sink.
    bool isInsideSink() const;

private:
    EventSink& m_sink;
    mutable std::mutex m_mutex;
    std::condition_variable m_delivererLeft;
    std::deque<Event> m_pending;
    std::uint64_t m_appended = 0;
    std::uint64_t m_delivered = 0;
    std::uint64_t m_owed = 0;  // the present deliverer goes on up to this number
    std::thread::id m_deliverer;
};

}  // namespace tessera::jobs
