#include "core/jobs/event_delivery.h"

#include "tests/support/fake_engine.h"

#include <atomic>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace tessera::jobs {
namespace {

TEST(EventDelivery, EventsOfManyThreadsArriveOneByOneInTheOrderOfTheirNumbers) {
    test::RecordingSink sink;
    std::atomic<int> inside{0};
    std::atomic<int> most{0};
    sink.onEvent([&](const Event&) {
        most = std::max(most.load(), ++inside);
        --inside;
    });
    EventDelivery delivery(sink);
    {
        std::vector<std::jthread> threads;
        for (std::uint64_t t = 1; t <= 4; ++t) {
            threads.emplace_back([&delivery, t] {
                for (int i = 0; i < 250; ++i) {
                    delivery.deliver(delivery.append(Started{{JobId{t}}}));
                }
            });
        }
    }
    const std::vector<Event> events = sink.events();
    ASSERT_EQ(events.size(), 1000u);
    EXPECT_EQ(most.load(), 1);
    for (std::size_t i = 0; i < events.size(); ++i) {
        EXPECT_EQ(stamp(events[i]).number, i + 1);
    }
}

TEST(EventDelivery, EventRaisedInsideTheSinkFollowsAfterTheSinkReturned) {
    test::RecordingSink sink;
    EventDelivery delivery(sink);
    sink.onEvent([&](const Event& event) {
        if (std::holds_alternative<Started>(event)) {
            delivery.deliver(delivery.append(Paused{{JobId{1}}}));
            EXPECT_TRUE(delivery.isInsideSink());
            EXPECT_TRUE(sink.events().empty());
        }
    });
    delivery.deliver(delivery.append(Started{{JobId{1}}}));
    EXPECT_EQ(sink.namesOf(JobId{1}), (std::vector<std::string>{"started", "paused"}));
    EXPECT_FALSE(delivery.isInsideSink());
}

TEST(EventDelivery, EventIsThereWhenDeliverReturns) {
    test::RecordingSink sink;
    EventDelivery delivery(sink);
    delivery.append(Started{{JobId{1}}});
    const std::uint64_t second = delivery.append(Started{{JobId{2}}});
    delivery.deliver(second);
    EXPECT_EQ(sink.events().size(), 2u);
}

}  // namespace
}  // namespace tessera::jobs
