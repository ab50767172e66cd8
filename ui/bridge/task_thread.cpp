#include "ui/bridge/task_thread.h"

#include <algorithm>
#include <utility>

namespace tessera::ui {

TaskThread::TaskThread() {
    m_thread = std::jthread([this] { serve(); });
}

TaskThread::~TaskThread() {
    requestStop();
    join();
}

void TaskThread::add(Task task) {
    const std::scoped_lock lock(m_mutex);
    push({{}, std::move(task), false});
}

void TaskThread::replace(const std::string& key, Task task) {
    Task dropped;  // destroyed without the lock: a task may own anything
    const std::scoped_lock lock(m_mutex);
    const auto found = std::ranges::find(m_waiting, key, &Waiting::key);
    if (found != m_waiting.end()) {
        dropped = std::move(found->task);
        m_waiting.erase(found);
    }
    push({key, std::move(task), false});
}

void TaskThread::addBackground(const std::string& key, Task task) {
    const std::scoped_lock lock(m_mutex);
    if (std::ranges::find(m_waiting, key, &Waiting::key) == m_waiting.end()) {
        push({key, std::move(task), true});
    }
}

void TaskThread::drop(std::string_view keyPrefix) {
    std::deque<Waiting> dropped;
    const std::scoped_lock lock(m_mutex);
    const auto kept = std::stable_partition(
        m_waiting.begin(), m_waiting.end(), [keyPrefix](const Waiting& waiting) {
            return !waiting.key.starts_with(keyPrefix);
        });
    std::move(kept, m_waiting.end(), std::back_inserter(dropped));
    m_waiting.erase(kept, m_waiting.end());
}

void TaskThread::requestStop() {
    std::deque<Waiting> dropped;
    {
        const std::scoped_lock lock(m_mutex);
        dropped.swap(m_waiting);
        m_stop.request_stop();
    }
    m_work.notify_all();
}

void TaskThread::join() {
    if (m_thread.joinable()) {
        m_thread.join();
    }
}

// With the lock held.
void TaskThread::push(Waiting waiting) {
    if (!m_stop.stop_requested()) {
        const auto place = waiting.isBackground
                               ? m_waiting.end()
                               : std::ranges::find(m_waiting, true, &Waiting::isBackground);
        m_waiting.insert(place, std::move(waiting));
        m_work.notify_one();
    }
}

void TaskThread::serve() {
    const std::stop_token stop = m_stop.get_token();
    std::unique_lock lock(m_mutex);
    while (true) {
        m_work.wait(lock, [&] { return stop.stop_requested() || !m_waiting.empty(); });
        if (stop.stop_requested()) {
            return;
        }
        {
            const Waiting next = std::move(m_waiting.front());
            m_waiting.pop_front();
            lock.unlock();
            next.task(stop);
        }
        lock.lock();
    }
}

}  // namespace tessera::ui
