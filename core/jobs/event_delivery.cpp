#include "core/jobs/event_delivery.h"

#include <algorithm>
#include <utility>
#include <variant>

namespace tessera::jobs {

std::uint64_t EventDelivery::append(Event event) {
    const std::scoped_lock lock(m_mutex);
    const std::uint64_t number = ++m_appended;
    std::visit([number](auto& e) { e.stamp.number = number; }, event);
    m_pending.push_back(std::move(event));
    return number;
}

void EventDelivery::deliver(std::uint64_t number) {
    std::unique_lock lock(m_mutex);
    if (m_deliverer == std::this_thread::get_id()) {
        m_owed = std::max(m_owed, number);
        return;
    }
    while (m_delivered < number) {
        if (m_deliverer != std::thread::id{}) {
            m_delivererLeft.wait(lock);
            continue;
        }
        m_deliverer = std::this_thread::get_id();
        m_owed = number;
        while (m_delivered < m_owed) {
            const Event event = std::move(m_pending.front());
            m_pending.pop_front();
            lock.unlock();
            m_sink.receive(event);
            lock.lock();
            ++m_delivered;
        }
        m_deliverer = std::thread::id{};
        m_delivererLeft.notify_all();
    }
}

void EventDelivery::deliverAll() {
    std::uint64_t last = 0;
    {
        const std::scoped_lock lock(m_mutex);
        last = m_appended;
    }
    deliver(last);
}

bool EventDelivery::isInsideSink() const {
    const std::scoped_lock lock(m_mutex);
    return m_deliverer == std::this_thread::get_id();
}

}  // namespace tessera::jobs
