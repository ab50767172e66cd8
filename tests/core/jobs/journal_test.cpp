#include "core/jobs/journal.h"

#include "core/jobs/engine_worker.h"
#include "tests/support/fake_engine.h"

#include <csignal>
#include <fstream>
#include <functional>
#include <thread>

#include <SQLiteCpp/SQLiteCpp.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

namespace tessera::jobs {
namespace {

using base::ErrorCode;
using test::requestWith;

class JournalTest : public testing::Test {
protected:
    void SetUp() override {
        const auto* info = testing::UnitTest::GetInstance()->current_test_info();
        m_folder = std::filesystem::path(testing::TempDir()) /
                   (std::string("journal_") + info->name() + "_" + std::to_string(::getpid()));
        std::filesystem::remove_all(m_folder);
        std::filesystem::create_directories(m_folder);
    }

    void TearDown() override { std::filesystem::remove_all(m_folder); }

    std::filesystem::path path() const { return m_folder / "journal.sqlite"; }

    std::unique_ptr<Journal> open() const {
        auto journal = Journal::open(path());
        EXPECT_TRUE(journal) << base::describe(journal.error());
        return std::move(journal.value());
    }

    // Runs `action` in a child process that then dies by SIGKILL, as in a crash.
    void crash(const std::function<void()>& action) const {
        int ready[2];
        ASSERT_EQ(::pipe(ready), 0);
        const pid_t child = ::fork();
        ASSERT_GE(child, 0);
        if (child == 0) {
            action();
            const char byte = 1;
            static_cast<void>(!::write(ready[1], &byte, 1));
            while (true) {
                ::pause();
            }
        }
        char byte = 0;
        ASSERT_EQ(::read(ready[0], &byte, 1), 1);
        ASSERT_EQ(::kill(child, SIGKILL), 0);
        int status = 0;
        ASSERT_EQ(::waitpid(child, &status, 0), child);
        ASSERT_TRUE(WIFSIGNALED(status));
        ::close(ready[0]);
        ::close(ready[1]);
    }

    // A program that dies while `prompt` runs and "later" waits; `row` as in SubmitOptions.
    void crashWhileRunning(const std::string& prompt, std::int64_t row = 0) const {
        crash([&] {
            Journal* journal = open().release();
            journal->queued(JobSpec{JobId{1}, "", requestWith(prompt), row});
            journal->changed(JobId{1}, JobState::Running, {});
        });
    }

    std::filesystem::path m_folder;
};

std::string prompt(const RecoveredJob& job) {
    return std::get<pipeline::GenerationRequest>(job.request).prompt;
}

TEST_F(JournalTest, FreshJournalHasNothingToRecover) {
    EXPECT_TRUE(open()->recovered().value().empty());
}

TEST_F(JournalTest, JobsThatEndedAreNotOffered) {
    {
        const auto journal = open();
        journal->queued(JobSpec{JobId{1}, "", requestWith("done")});
        journal->changed(JobId{1}, JobState::Running, {});
        journal->changed(JobId{1}, JobState::Finished, {});
        journal->queued(JobSpec{JobId{2}, "", requestWith("bad")});
        journal->changed(JobId{2}, JobState::Failed, "Too large. Choose less.");
    }
    EXPECT_TRUE(open()->recovered().value().empty());
}

TEST_F(JournalTest, WaitingJobsOfACleanEndAreOfferedInTheirOrder) {
    {
        const auto journal = open();
        for (std::uint64_t id = 1; id <= 3; ++id) {
            journal->queued(
                JobSpec{JobId{id}, id == 2 ? "tag" : "", requestWith("p" + std::to_string(id))});
        }
        const std::vector<JobId> order{JobId{3}, JobId{1}, JobId{2}};
        journal->reordered(order);
        EXPECT_TRUE(journal->recovered().value().empty()) << "its own jobs are not lost ones";
    }
    const auto jobs = open()->recovered().value();
    ASSERT_EQ(jobs.size(), 3u);
    EXPECT_EQ(prompt(jobs[0]), "p3");
    EXPECT_EQ(prompt(jobs[1]), "p1");
    EXPECT_EQ(prompt(jobs[2]), "p2");
    EXPECT_EQ(jobs[2].tag, "tag");
    EXPECT_EQ(jobs[0].fate, RecoveredJob::Fate::Waiting);
}

TEST_F(JournalTest, KilledProcessLeavesItsRunningAndWaitingJobs) {
    crash([&] {
        Journal* journal = open().release();
        journal->queued(JobSpec{JobId{1}, "", requestWith("running")});
        journal->queued(JobSpec{JobId{2}, "", requestWith("paused")});
        journal->queued(JobSpec{JobId{3}, "", requestWith("waiting")});
        journal->changed(JobId{1}, JobState::Running, {});
        journal->changed(JobId{2}, JobState::Paused, {});
    });
    const auto jobs = open()->recovered().value();
    ASSERT_EQ(jobs.size(), 3u);
    EXPECT_EQ(jobs[0].fate, RecoveredJob::Fate::Interrupted);
    EXPECT_EQ(jobs[0].crashes, 1);
    EXPECT_EQ(jobs[1].fate, RecoveredJob::Fate::Interrupted);
    EXPECT_EQ(jobs[2].fate, RecoveredJob::Fate::Waiting);
    EXPECT_EQ(jobs[2].crashes, 0);
}

TEST_F(JournalTest, JobThatRanInTwoCrashesInARowIsSetAside) {
    crashWhileRunning("heavy");
    auto jobs = open()->recovered().value();
    ASSERT_EQ(jobs.size(), 1u);
    crashWhileRunning("heavy", jobs[0].row);
    jobs = open()->recovered().value();
    ASSERT_EQ(jobs.size(), 1u) << "the first row went when the job was submitted again";
    EXPECT_EQ(jobs[0].fate, RecoveredJob::Fate::SetAside);
    EXPECT_EQ(jobs[0].crashes, 2);
}

TEST_F(JournalTest, ForgottenJobIsNotOfferedAgain) {
    crashWhileRunning("x");
    const auto journal = open();
    const auto jobs = journal->recovered().value();
    ASSERT_EQ(jobs.size(), 1u);
    ASSERT_TRUE(journal->forget(jobs[0].row));
    EXPECT_TRUE(journal->recovered().value().empty());
}

TEST_F(JournalTest, JobsOfAProgramThatStillRunsAreItsOwn) {
    const auto first = open();
    first->queued(JobSpec{JobId{1}, "", requestWith("mine")});
    first->changed(JobId{1}, JobState::Running, {});
    const auto second = open();
    EXPECT_TRUE(second->recovered().value().empty());
    second->queued(JobSpec{JobId{1}, "", requestWith("theirs")});
    first->changed(JobId{1}, JobState::Finished, {});
    second->changed(JobId{1}, JobState::Finished, {});
    EXPECT_TRUE(open()->recovered().value().empty());
}

TEST_F(JournalTest, WorkerKilledInTheMiddleOfAJobLeavesAWholeJournal) {
    crash([&] {
        auto* sink = new test::RecordingSink;
        auto* worker =
            new EngineWorker(std::make_unique<test::FakeEngine>(
                                 [](const JobSpec& spec, std::string_view phase, int, JobControl&) {
                                     while (spec.id == JobId{2} && phase == "denoise") {
                                         std::this_thread::yield();
                                     }
                                 }),
                             *sink,
                             open().release());
        static_cast<void>(worker->submit(requestWith("first")));
        const JobId second = worker->submit(requestWith("second")).value();
        static_cast<void>(worker->submit(requestWith("third")));
        sink->waitFor([&](const Event& e) {
            const auto* stage = std::get_if<StageEntered>(&e);
            return stage != nullptr && stage->stamp.job == second && stage->phase == "denoise";
        });
    });
    const auto journal = open();
    const auto jobs = journal->recovered().value();
    ASSERT_EQ(jobs.size(), 2u);
    EXPECT_EQ(prompt(jobs[0]), "second");
    EXPECT_EQ(jobs[0].fate, RecoveredJob::Fate::Interrupted);
    EXPECT_EQ(prompt(jobs[1]), "third");
    EXPECT_EQ(jobs[1].fate, RecoveredJob::Fate::Waiting);

    SQLite::Database sql(path().string(), SQLite::OPEN_READONLY);
    EXPECT_EQ(sql.execAndGet("PRAGMA integrity_check").getString(), "ok");
    EXPECT_EQ(sql.execAndGet("SELECT state FROM job WHERE id=1").getString(), "finished");
}

TEST_F(JournalTest, NewerSchemaIsRefusedAndLeftAsItIs) {
    open().reset();
    {
        SQLite::Database sql(path().string(), SQLite::OPEN_READWRITE);
        sql.exec("PRAGMA user_version=99");
    }
    const auto journal = Journal::open(path());
    ASSERT_FALSE(journal);
    EXPECT_EQ(journal.error().code, ErrorCode::NewerSchema);
    EXPECT_NE(journal.error().message.find("99"), std::string::npos);
    SQLite::Database sql(path().string(), SQLite::OPEN_READONLY);
    EXPECT_EQ(sql.execAndGet("PRAGMA user_version").getInt(), 99);
}

TEST_F(JournalTest, FileThatIsNoJournalIsRefusedAndLeftAsItIs) {
    const std::string text(4096, 'x');
    std::ofstream(path()) << text;
    const auto journal = Journal::open(path());
    ASSERT_FALSE(journal);
    EXPECT_EQ(journal.error().code, ErrorCode::BadFile);
    EXPECT_EQ(std::filesystem::file_size(path()), text.size());
}

TEST_F(JournalTest, DatabaseOfAnotherProgramIsRefused) {
    {
        SQLite::Database sql(path().string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
        sql.exec("CREATE TABLE birds(name TEXT)");
    }
    const auto journal = Journal::open(path());
    ASSERT_FALSE(journal);
    EXPECT_EQ(journal.error().code, ErrorCode::BadFile);
}

TEST_F(JournalTest, FolderThatCannotBeMadeIsRefusedWithASentence) {
    std::ofstream(m_folder / "file") << "x";
    const auto journal = Journal::open(m_folder / "file" / "journal.sqlite");
    ASSERT_FALSE(journal);
    EXPECT_EQ(journal.error().code, ErrorCode::NotWritable);
    EXPECT_FALSE(journal.error().hint.empty());
}

TEST_F(JournalTest, RequestThatThisVersionCannotReadIsLeftInPlace) {
    crashWhileRunning("x");
    open().reset();
    {
        SQLite::Database sql(path().string(), SQLite::OPEN_READWRITE);
        sql.exec("UPDATE job SET kind='paint'");
    }
    EXPECT_TRUE(open()->recovered().value().empty());
    SQLite::Database sql(path().string(), SQLite::OPEN_READONLY);
    EXPECT_EQ(sql.execAndGet("SELECT count(*) FROM job").getInt(), 1);
}

TEST_F(JournalTest, NoSessionFileRemainsAfterACleanEnd) {
    open().reset();
    for (const auto& entry : std::filesystem::directory_iterator(m_folder)) {
        EXPECT_EQ(entry.path().filename().string().find("session"), std::string::npos)
            << entry.path();
    }
}

}  // namespace
}  // namespace tessera::jobs
