#include "app/cli/interrupts.h"

#include <csignal>

#include <pthread.h>

namespace tessera::cli {

namespace {

// Ends the waiting thread at the end of the program.
constexpr int kWakeSignal = SIGUSR1;

sigset_t watchedSignals() {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, kWakeSignal);
    return set;
}

}  // namespace

Interrupts::Interrupts() {
    // A reader that went away (| head) is an error of the next write, not the end of the program:
    // temporary files must still be removed.
    std::signal(SIGPIPE, SIG_IGN);
    const sigset_t watched = watchedSignals();
    pthread_sigmask(SIG_BLOCK, &watched, nullptr);
    m_waiter = std::jthread([this](const std::stop_token& ended) {
        const sigset_t set = watchedSignals();
        while (!ended.stop_requested()) {
            int signal = 0;
            if (sigwait(&set, &signal) == 0 && signal != kWakeSignal) {
                m_stop.request_stop();
            }
        }
    });
}

Interrupts::~Interrupts() {
    m_waiter.request_stop();
    pthread_kill(m_waiter.native_handle(), kWakeSignal);
    m_waiter.join();
}

}  // namespace tessera::cli
