#include "core/base/log.h"

#include "core/base/file.h"
#include "tests/support/expect_error.h"
#include "tests/support/temporary_folder.h"

#include <algorithm>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace tessera::base {
namespace {

// Lines on standard error while `write` runs.
template <class Write>
std::string terminalText(Write write) {
    testing::internal::CaptureStderr();
    write();
    return testing::internal::GetCapturedStderr();
}

TEST(Log, TheTerminalShowsItsLevelAndAbove) {
    setLogLevel(LogLevel::Warning);
    const std::string text = terminalText([] {
        logDebug("first");
        logInfo("second");
        logWarning("third {} %d");
        logError("fourth");
    });
    EXPECT_EQ(text.find("first"), std::string::npos);
    EXPECT_EQ(text.find("second"), std::string::npos);
    EXPECT_NE(text.find("warning: third {} %d\n"), std::string::npos) << text;
    EXPECT_NE(text.find("error: fourth\n"), std::string::npos) << text;

    setLogLevel(LogLevel::Off);
    EXPECT_EQ(terminalText([] { logError("fifth"); }), "");
    setLogLevel(LogLevel::Debug);
    EXPECT_NE(terminalText([] { logDebug("sixth"); }).find("debug: sixth"), std::string::npos);
    setLogLevel(LogLevel::Warning);
}

TEST(Log, TheFileTakesInfoAndAboveAndIsWrittenAtOnce) {
    const tests::TemporaryFolder folder;
    setLogLevel(LogLevel::Off);
    ASSERT_TRUE(openLogFile(folder / "logs/tessera.log"));
    logDebug("quiet");
    logInfo("loaded \xC3\xA4");
    log(LogLevel::Off, "nothing");
    const Result<std::string> text = readTextFile(folder / "logs/tessera.log");
    ASSERT_TRUE(text);
    EXPECT_NE(text->find("info"), std::string::npos) << *text;
    EXPECT_NE(text->find("loaded \xC3\xA4\n"), std::string::npos) << *text;
    EXPECT_EQ(std::count(text->begin(), text->end(), '\n'), 1);
    setLogLevel(LogLevel::Warning);
}

TEST(Log, LinesOfManyThreadsStayWhole) {
    const tests::TemporaryFolder folder;
    setLogLevel(LogLevel::Off);
    ASSERT_TRUE(openLogFile(folder / "tessera.log"));
    std::vector<std::thread> threads;
    for (int thread = 0; thread < 4; ++thread) {
        threads.emplace_back([thread] {
            for (int line = 0; line < 100; ++line) {
                logInfo(std::string(50, static_cast<char>('a' + thread)));
            }
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    const Result<std::string> text = readTextFile(folder / "tessera.log");
    ASSERT_TRUE(text);
    std::string_view left = *text;
    int lines = 0;
    while (!left.empty()) {
        const auto end = left.find('\n');
        ASSERT_NE(end, std::string_view::npos);
        const std::string_view line = left.substr(0, end);
        ASSERT_GE(line.size(), 50u);
        const std::string_view tail = line.substr(line.size() - 50);
        EXPECT_EQ(tail.find_first_not_of(tail.front()), std::string_view::npos) << line;
        left.remove_prefix(end + 1);
        ++lines;
    }
    EXPECT_EQ(lines, 400);
    setLogLevel(LogLevel::Warning);
}

TEST(Log, RotatesAndKeepsThreeFilesOfTwoMegabytes) {
    const tests::TemporaryFolder folder;
    setLogLevel(LogLevel::Off);
    ASSERT_TRUE(openLogFile(folder / "tessera.log"));
    const std::string line(100000, 'x');
    for (int i = 0; i < 80; ++i) {
        logInfo(line);
    }
    EXPECT_EQ(folder.entries(), 3);
    for (const auto& entry : std::filesystem::directory_iterator(folder.path())) {
        EXPECT_LE(entry.file_size(), 2u << 20) << entry.path();
    }
    setLogLevel(LogLevel::Warning);
}

TEST(Log, AFileThatCannotBeOpenedIsASentence) {
    const tests::TemporaryFolder folder;
    ASSERT_TRUE(writeFileAtomically(folder / "file", std::string_view("x")));
    tests::expectError(openLogFile(folder / "file/below.log"), ErrorCode::NotWritable, "below.log");
}

}  // namespace
}  // namespace tessera::base
