#include "core/train/ordered_producer.h"

#include <atomic>

#include <gtest/gtest.h>

namespace tessera::train {
namespace {

TEST(OrderedProducer, GivesItemsInOrderWhateverTheThreads) {
    for (const int threads : {1, 2, 7}) {
        OrderedProducer<std::uint64_t> producer(
            threads, 5, 100, [](std::uint64_t index) { return index * index; });
        for (std::uint64_t index = 100; index < 400; ++index) {
            ASSERT_EQ(producer.take(), index * index);
        }
    }
}

TEST(OrderedProducer, MakesNoMoreThanItsCapacityAhead) {
    std::atomic<int> made = 0;
    OrderedProducer<int> producer(4, 8, 0, [&](std::uint64_t) { return ++made; });
    for (int taken = 1; taken <= 50; ++taken) {
        producer.take();
        EXPECT_LE(made.load(), taken + 8);
    }
}

TEST(OrderedProducer, EndsWhileItemsWait) {
    for (int round = 0; round < 200; ++round) {
        OrderedProducer<int> producer(
            3, 2, 0, [](std::uint64_t index) { return static_cast<int>(index); });
        if (round % 2 == 0) {
            EXPECT_EQ(producer.take(), 0);
        }
    }
}

}  // namespace
}  // namespace tessera::train
