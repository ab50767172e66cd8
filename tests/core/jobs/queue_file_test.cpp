#include "core/jobs/queue_file.h"

#include "core/base/file.h"
#include "core/base/json.h"
#include "tests/support/expect_error.h"
#include "tests/support/temporary_folder.h"

#include <gtest/gtest.h>

namespace tessera::jobs {
namespace {

using base::ErrorCode;
using base::Json;
using tests::expectError;

std::vector<JobRequest> sample() {
    pipeline::GenerationRequest clip;
    clip.prompt = "a red ball rolls";
    clip.seed = 18446744073709551615u;
    clip.steps = 12;
    clip.output = "ball.mp4";
    clip.cfgScale = 4.5;
    train::TrainRequest training;
    training.run = "runs/vae";
    training.steps = 10;
    eval::EvalRequest score;
    score.count = 64;
    return {clip, training, score};
}

std::string textOf(const JobRequest& request) {
    return queueText(std::vector{request});
}

TEST(QueueFile, JobsComeBackInOrder) {
    const tests::TemporaryFolder folder;
    const std::filesystem::path path = folder / "jobs.queue.json";
    const std::vector<JobRequest> jobs = sample();
    ASSERT_TRUE(writeQueueFile(path, jobs));
    const auto read = readQueueFile(path);
    ASSERT_TRUE(read) << base::describe(read.error());
    ASSERT_EQ(read->size(), 3u);
    EXPECT_EQ(std::get<pipeline::GenerationRequest>(read->at(0)),
              std::get<pipeline::GenerationRequest>(jobs[0]));
    EXPECT_EQ(std::get<train::TrainRequest>(read->at(1)).run, "runs/vae");
    EXPECT_EQ(std::get<eval::EvalRequest>(read->at(2)).count, 64);
    EXPECT_EQ(queueText(*read), queueText(jobs));
}

TEST(QueueFile, AnEmptyQueueIsAQueue) {
    const auto read = parseQueue(queueText({}), "test");
    ASSERT_TRUE(read);
    EXPECT_TRUE(read->empty());
}

TEST(QueueFile, AJobWithoutKindIsAGeneration) {
    const auto read = parseQueue(
        R"({"kind": "tessera.queue", "schema": 1, "jobs": [{"request": {"prompt": "x"}}]})",
        "test");
    ASSERT_TRUE(read);
    EXPECT_EQ(std::get<pipeline::GenerationRequest>(read->at(0)).prompt, "x");
}

TEST(QueueFile, UnknownKeysArePassedOver) {
    Json json = Json::parse(queueText(sample()));
    json["mood"] = "calm";
    json["jobs"][0]["mood"] = 3;
    json["jobs"][0]["request"]["mood"] = nullptr;
    EXPECT_TRUE(parseQueue(json.dump(), "test"));
}

TEST(QueueFile, NewerSchemaIsRefusedWithASentence) {
    Json json = Json::parse(queueText(sample()));
    json["schema"] = kQueueSchema + 1;
    expectError(
        parseQueue(json.dump(), "jobs.queue.json"), ErrorCode::NewerSchema, "jobs.queue.json");
}

TEST(QueueFile, WhatIsNoQueueIsRefused) {
    for (const char* text : {"",
                             "[]",
                             "{}",
                             R"({"schema": 1, "jobs": []})",
                             R"({"kind": "tessera.recipe", "schema": 1, "jobs": []})",
                             R"({"kind": "tessera.queue", "jobs": []})",
                             R"({"kind": "tessera.queue", "schema": "1", "jobs": []})",
                             R"({"kind": "tessera.queue", "schema": 0, "jobs": []})",
                             R"({"kind": "tessera.queue", "schema": 1})",
                             R"({"kind": "tessera.queue", "schema": 1, "jobs": {}})",
                             R"({"kind": "tessera.queue", "schema": 1, "jobs": [3]})",
                             R"({"kind": "tessera.queue", "schema": 1, "jobs": [{}]})"}) {
        SCOPED_TRACE(text);
        expectError(parseQueue(text, "the test file"), ErrorCode::BadFile);
    }
}

TEST(QueueFile, ABadRequestIsNamedByItsNumber) {
    Json json = Json::parse(queueText(sample()));
    json["jobs"][0]["request"]["steps"] = -4;
    expectError(parseQueue(json.dump(), "test"), ErrorCode::BadFile, "Job 1: ");
    json = Json::parse(queueText(sample()));
    json["jobs"][1]["kind"] = "distil\n\x1b[31m";
    expectError(parseQueue(json.dump(), "test"), ErrorCode::NewerSchema, "Job 2: ");
}

TEST(QueueFile, TooManyJobsAreRefusedBothWays) {
    const std::vector<JobRequest> jobs(kMaxQueueJobs + 1, train::TrainRequest{});
    const tests::TemporaryFolder folder;
    expectError(writeQueueFile(folder / "big.queue.json", jobs), ErrorCode::BadInput, "10001");
    EXPECT_EQ(folder.entries(), 0);
    std::string text = R"({"kind": "tessera.queue", "schema": 1, "jobs": [0)";
    for (std::size_t i = 0; i < kMaxQueueJobs; ++i) {
        text += ",0";
    }
    expectError(parseQueue(text + "]}", "the test file"), ErrorCode::BadFile, "at most 10000");
}

TEST(QueueFile, EveryCutIsRefused) {
    const std::string text = textOf(sample()[0]);
    for (std::size_t length = 0; length + 2 < text.size(); ++length) {
        EXPECT_FALSE(parseQueue(std::string_view(text).substr(0, length), "cut")) << length;
    }
}

TEST(QueueFile, FilesThatCannotBeReadOrWrittenSayWhy) {
    const tests::TemporaryFolder folder;
    expectError(readQueueFile(folder / "none.queue.json"), ErrorCode::NotFound);
    expectError(writeQueueFile(folder / "no" / "such" / "folder.queue.json", sample()),
                ErrorCode::NotWritable);
    ASSERT_TRUE(base::writeFileAtomically(folder / "old.queue.json", std::string_view("old")));
    ASSERT_TRUE(writeQueueFile(folder / "old.queue.json", sample()));
    EXPECT_EQ(folder.entries(), 1);
}

}  // namespace
}  // namespace tessera::jobs
