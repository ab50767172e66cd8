#pragma once

// One thread that does small tasks in their order. A task with a key may stand in line only once,
// so that a newer question takes the place of an older one that nobody has begun. Used by the
// engine client for questions and by the disk worker; knows nothing of Qt. Any thread, except that
// join() and the destructor must not run on the thread itself.

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>

namespace tessera::ui {

class TaskThread {
public:
    // Gets the token of requestStop(). Must not throw.
    using Task = std::function<void(const std::stop_token& stop)>;

    TaskThread();
    ~TaskThread();  // requestStop(), join()
    TaskThread(const TaskThread&) = delete;
    TaskThread& operator=(const TaskThread&) = delete;

    // Puts the task last in line.
    void add(Task task);

    // The same; one that waits under this key is dropped.
    void replace(const std::string& key, Task task);

    // For what nobody waits for: done when nothing else is there to do. Passed over when a task
    // waits under the key.
    void addBackground(const std::string& key, Task task);

    // Drops the waiting tasks whose key begins so.
    void drop(std::string_view keyPrefix);

    // Drops all that waits, asks the running task to stop, takes nothing more.
    void requestStop();

    void join();

private:
    struct Waiting {
        std::string key;
        Task task;
        bool isBackground = false;  // these stand behind all others
    };

    void serve();
    void push(Waiting waiting);

    std::mutex m_mutex;
    std::condition_variable m_work;
    std::deque<Waiting> m_waiting;
    std::stop_source m_stop;
    std::jthread m_thread;
};

}  // namespace tessera::ui
