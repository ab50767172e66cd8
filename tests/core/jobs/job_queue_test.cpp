#include "core/jobs/job_queue.h"

#include <gtest/gtest.h>

namespace tessera::jobs {
namespace {

JobSpec job(std::uint64_t id, std::string tag = {}) {
    return JobSpec{JobId{id}, std::move(tag), pipeline::GenerationRequest{}};
}

std::vector<std::uint64_t> line(const JobQueue& queue) {
    std::vector<std::uint64_t> ids;
    for (const JobId id : queue.order()) {
        ids.push_back(value(id));
    }
    return ids;
}

using Ids = std::vector<std::uint64_t>;

TEST(JobQueue, GivesJobsOutInTheOrderTheyCame) {
    JobQueue queue;
    queue.push(job(1));
    queue.push(job(2));
    EXPECT_EQ(queue.pop()->id, JobId{1});
    EXPECT_EQ(queue.pop()->id, JobId{2});
    EXPECT_FALSE(queue.pop());
}

TEST(JobQueue, JobTakesThePlaceOfTheFirstWithItsTag) {
    JobQueue queue;
    queue.push(job(1));
    queue.push(job(2, "preview"));
    queue.push(job(3));
    const std::vector<JobSpec> replaced = queue.push(job(4, "preview"));
    ASSERT_EQ(replaced.size(), 1u);
    EXPECT_EQ(replaced[0].id, JobId{2});
    EXPECT_EQ(line(queue), (Ids{1, 4, 3}));
}

TEST(JobQueue, JobsWithoutATagNeverReplaceEachOther) {
    JobQueue queue;
    EXPECT_TRUE(queue.push(job(1)).empty());
    EXPECT_TRUE(queue.push(job(2)).empty());
    EXPECT_EQ(line(queue), (Ids{1, 2}));
}

TEST(JobQueue, MovesAJobForwardsBackwardsAndBeyondTheEnd) {
    JobQueue queue;
    for (std::uint64_t id = 1; id <= 4; ++id) {
        queue.push(job(id));
    }
    EXPECT_TRUE(queue.move(JobId{3}, 0));
    EXPECT_EQ(line(queue), (Ids{3, 1, 2, 4}));
    EXPECT_TRUE(queue.move(JobId{3}, 2));
    EXPECT_EQ(line(queue), (Ids{1, 2, 3, 4}));
    EXPECT_TRUE(queue.move(JobId{1}, 99));
    EXPECT_EQ(line(queue), (Ids{2, 3, 4, 1}));
    EXPECT_FALSE(queue.move(JobId{7}, 0));
}

TEST(JobQueue, RemovesOnlyTheJobNamed) {
    JobQueue queue;
    queue.push(job(1));
    queue.push(job(2));
    EXPECT_EQ(queue.remove(JobId{1})->id, JobId{1});
    EXPECT_FALSE(queue.remove(JobId{1}));
    EXPECT_EQ(line(queue), (Ids{2}));
}

TEST(JobQueue, HeldQueueTakesJobsAndGivesNoneOut) {
    JobQueue queue;
    queue.hold(true);
    queue.push(job(1));
    EXPECT_FALSE(queue.pop());
    queue.hold(false);
    EXPECT_EQ(queue.pop()->id, JobId{1});
}

}  // namespace
}  // namespace tessera::jobs
