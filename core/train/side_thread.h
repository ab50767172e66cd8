#pragma once

// A thread that stays, for work beside the engine thread: what LibTorch keeps for each thread
// (cuDNN's timed plans, library handles, teams of workers) is kept from one task to the next, where
// a new thread would make it anew every time.

#include <condition_variable>
#include <functional>
#include <future>
#include <mutex>
#include <thread>

namespace tessera::train {

class SideThread {
public:
    SideThread() : m_thread([this](const std::stop_token& stop) { work(stop); }) {}

    SideThread(const SideThread&) = delete;
    SideThread& operator=(const SideThread&) = delete;

    // Runs `task` there; wait() for the one before first.
    void start(std::function<void()> task) {
        {
            const std::lock_guard lock(m_mutex);
            m_task = std::packaged_task<void()>(std::move(task));
            m_done = m_task.get_future();
        }
        m_changed.notify_one();
    }

    // Returns when the task is over; what it threw is thrown here.
    void wait() { m_done.get(); }

private:
    void work(const std::stop_token& stop) {
        std::unique_lock lock(m_mutex);
        while (m_changed.wait(lock, stop, [this] { return m_task.valid(); })) {
            std::packaged_task<void()> task = std::move(m_task);
            lock.unlock();
            task();
            lock.lock();
        }
    }

    std::mutex m_mutex;
    std::condition_variable_any m_changed;
    std::packaged_task<void()> m_task;
    std::future<void> m_done;
    std::jthread m_thread;  // last: it ends before what it uses
};

}  // namespace tessera::train
