#pragma once

// Items made by many threads and taken in order: item i is a pure function of i, so what a training
// step sees does not depend on how many threads there are. The owner takes from one thread; the
// destructor joins.

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <stop_token>
#include <thread>
#include <utility>
#include <vector>

namespace tessera::train {

template <class Item>
class OrderedProducer {
public:
    // Makes items firstIndex, firstIndex + 1, ... ahead of the taker, at most `capacity` waiting.
    // `make` is called from `threads` threads at once and must not throw.
    OrderedProducer(int threads,
                    std::size_t capacity,
                    std::uint64_t firstIndex,
                    std::function<Item(std::uint64_t)> make)
        : m_make(std::move(make)),
          m_slots(capacity),
          m_ready(capacity, false),
          m_claimed(firstIndex),
          m_taken(firstIndex) {
        for (int i = 0; i < threads; ++i) {
            m_threads.emplace_back([this](std::stop_token stop) { work(stop); });
        }
    }

    ~OrderedProducer() {
        for (std::jthread& thread : m_threads) {
            thread.request_stop();
        }
        m_changed.notify_all();
    }

    OrderedProducer(const OrderedProducer&) = delete;
    OrderedProducer& operator=(const OrderedProducer&) = delete;

    // Waits for the next item in order.
    Item take() {
        std::unique_lock lock(m_mutex);
        const std::size_t slot = m_taken % m_slots.size();
        m_changed.wait(lock, [&] { return m_ready[slot]; });
        Item item = std::move(m_slots[slot]);
        m_ready[slot] = false;
        ++m_taken;
        lock.unlock();
        m_changed.notify_all();
        return item;
    }

private:
    void work(const std::stop_token& stop) {
        std::unique_lock lock(m_mutex);
        while (true) {
            m_changed.wait(lock, stop, [&] { return m_claimed < m_taken + m_slots.size(); });
            if (stop.stop_requested()) {
                return;
            }
            const std::uint64_t index = m_claimed++;
            lock.unlock();
            Item item = m_make(index);
            lock.lock();
            m_slots[index % m_slots.size()] = std::move(item);
            m_ready[index % m_slots.size()] = true;
            m_changed.notify_all();
        }
    }

    std::function<Item(std::uint64_t)> m_make;
    std::mutex m_mutex;
    std::condition_variable_any m_changed;
    std::vector<Item> m_slots;
    std::vector<char> m_ready;
    std::uint64_t m_claimed;
    std::uint64_t m_taken;
    std::vector<std::jthread> m_threads;
};

}  // namespace tessera::train
