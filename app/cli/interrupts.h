#pragma once

// SIGINT and SIGTERM as a stop token. Made first thing in main(), before any other thread: it
// blocks both signals for the whole process and waits for them on a thread of its own, so that
// whatever the token triggers runs as ordinary code, not inside a signal handler.

#include <stop_token>
#include <thread>

namespace tessera::cli {

class Interrupts {
public:
    Interrupts();
    ~Interrupts();
    Interrupts(const Interrupts&) = delete;
    Interrupts& operator=(const Interrupts&) = delete;

    // Stopped by the first signal, for good.
    std::stop_token token() const { return m_stop.get_token(); }

private:
    std::stop_source m_stop;
    std::jthread m_waiter;
};

// Exit code of a run that a signal ended.
inline constexpr int kInterruptedExit = 130;

}  // namespace tessera::cli
