#include "core/base/file.h"

#include "tests/support/expect_error.h"
#include "tests/support/temporary_folder.h"

#include <array>
#include <cerrno>
#include <fstream>
#include <thread>

#include <gtest/gtest.h>
#include <sys/stat.h>

namespace tessera::base {
namespace {

using tests::expectError;
using tests::TemporaryFolder;

TEST(ReadTextFile, GivesBackEveryByteThatWasWritten) {
    const TemporaryFolder folder;
    const std::string text("line\n\0end\xFF", 10);
    ASSERT_TRUE(writeFileAtomically(folder / "a.txt", text));
    const Result<std::string> read = readTextFile(folder / "a.txt");
    ASSERT_TRUE(read);
    EXPECT_EQ(*read, text);
    EXPECT_EQ(folder.entries(), 1);
}

TEST(ReadTextFile, AnEmptyFileIsEmptyText) {
    const TemporaryFolder folder;
    ASSERT_TRUE(writeFileAtomically(folder / "a.txt", std::string_view()));
    EXPECT_EQ(readTextFile(folder / "a.txt"), std::string());
}

TEST(ReadTextFile, RefusesWhatIsNotThereTooLargeOrNoFile) {
    const TemporaryFolder folder;
    expectError(readTextFile(folder / "none"), ErrorCode::NotFound, "none");
    expectError(readTextFile(folder / "none/below"), ErrorCode::NotFound);
    expectError(readTextFile(folder.path()), ErrorCode::BadFile, "folder");
    ASSERT_TRUE(writeFileAtomically(folder / "a.txt", std::string(1001, 'x')));
    expectError(readTextFile(folder / "a.txt", 1000), ErrorCode::BadFile, "1.0 kB");
    EXPECT_TRUE(readTextFile(folder / "a.txt", 1001));
}

TEST(ReadTextFile, DoesNotWaitForAWriterOfANamedPipe) {
    const TemporaryFolder folder;
    ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
    expectError(readTextFile(folder / "pipe"), ErrorCode::BadFile);
}

TEST(InputFile, ReadsAtAnyOffsetAndSaysWhereTheFileEnds) {
    const TemporaryFolder folder;
    ASSERT_TRUE(writeFileAtomically(folder / "a", std::string_view("0123456789")));
    Result<InputFile> opened = InputFile::open(folder / "a");
    ASSERT_TRUE(opened);
    const InputFile file = std::move(*opened);
    EXPECT_EQ(file.sizeBytes(), 10u);
    std::array<std::uint8_t, 4> bytes{};
    ASSERT_TRUE(file.readAt(6, bytes));
    EXPECT_EQ(bytes, (std::array<std::uint8_t, 4>{'6', '7', '8', '9'}));
    expectError(file.readAt(7, bytes), ErrorCode::BadFile, "ends at byte 10");
    EXPECT_TRUE(file.readAt(10, {}));
}

TEST(InputFile, ReportsAFileThatWasCutAfterItWasOpened) {
    const TemporaryFolder folder;
    ASSERT_TRUE(writeFileAtomically(folder / "a", std::string(8192, 'x')));
    const Result<InputFile> file = InputFile::open(folder / "a");
    ASSERT_TRUE(file);
    std::filesystem::resize_file(folder / "a", 100);
    std::vector<std::uint8_t> bytes(8192);
    expectError(file->readAt(0, bytes), ErrorCode::BadFile, "ends at byte 100");
}

TEST(WriteFileAtomically, ReplacesTheOldFileAndLeavesNothingElse) {
    const TemporaryFolder folder;
    ASSERT_TRUE(writeFileAtomically(folder / "a", std::string_view("old and longer")));
    ASSERT_TRUE(writeFileAtomically(folder / "a", std::string_view("new")));
    EXPECT_EQ(readTextFile(folder / "a"), std::string("new"));
    EXPECT_EQ(folder.entries(), 1);
}

TEST(WriteFileAtomically, RefusesAFolderThatIsNotThere) {
    const TemporaryFolder folder;
    expectError(writeFileAtomically(folder / "no/a", std::string_view("x")),
                ErrorCode::NotWritable,
                "no/a");
    EXPECT_EQ(folder.entries(), 0);
}

TEST(WriteFileAtomically, KeepsTheFolderThatStandsUnderTheName) {
    const TemporaryFolder folder;
    std::filesystem::create_directories(folder / "a/inside");
    expectError(writeFileAtomically(folder / "a", std::string_view("x")), ErrorCode::NotWritable);
    EXPECT_TRUE(std::filesystem::is_directory(folder / "a/inside"));
    EXPECT_EQ(folder.entries(), 1);
}

TEST(WriteFileAtomically, AFullDiskIsNoSpace) {
    if (!std::filesystem::exists("/dev/full")) {
        GTEST_SKIP() << "this system has no /dev/full";
    }
    const TemporaryFolder folder;
    PendingFile pending(folder / "a");
    std::filesystem::create_symlink("/dev/full", pending.temporaryPath());
    const std::string text(4096, 'x');
    expectError(
        pending.append(std::span(reinterpret_cast<const std::uint8_t*>(text.data()), text.size())),
        ErrorCode::NoSpace,
        "free");
}

TEST(PendingFile, IsGoneWhenItWasNotCommitted) {
    const TemporaryFolder folder;
    {
        PendingFile pending(folder / "clip.mp4");
        std::ofstream(pending.temporaryPath()) << "half";
        EXPECT_EQ(folder.entries(), 1);
        EXPECT_EQ(pending.temporaryPath().parent_path(), folder.path());
    }
    EXPECT_EQ(folder.entries(), 0);
}

TEST(PendingFile, CommitsWhatALibraryWrote) {
    const TemporaryFolder folder;
    PendingFile pending(folder / "clip.mp4");
    std::ofstream(pending.temporaryPath()) << "whole";
    ASSERT_TRUE(pending.commit());
    EXPECT_EQ(readTextFile(folder / "clip.mp4"), std::string("whole"));
    EXPECT_EQ(folder.entries(), 1);
}

TEST(PendingFile, CommitOfNothingIsAnError) {
    const TemporaryFolder folder;
    PendingFile pending(folder / "clip.mp4");
    expectError(pending.commit(), ErrorCode::NotWritable);
    EXPECT_EQ(folder.entries(), 0);
}

TEST(PendingFile, TwoThreadsThatWriteOnePathLeaveOneWholeFile) {
    const TemporaryFolder folder;
    const std::string first(200000, 'a');
    const std::string second(200000, 'b');
    for (int round = 0; round < 10; ++round) {
        std::thread other([&] { EXPECT_TRUE(writeFileAtomically(folder / "f", first)); });
        EXPECT_TRUE(writeFileAtomically(folder / "f", second));
        other.join();
        const Result<std::string> read = readTextFile(folder / "f");
        ASSERT_TRUE(read);
        EXPECT_TRUE(*read == first || *read == second);
        EXPECT_EQ(folder.entries(), 1);
    }
}

TEST(WriteError, TellsAFullDiskFromAForbiddenOne) {
    EXPECT_EQ(writeError("/tmp/a", ENOSPC).code, ErrorCode::NoSpace);
    EXPECT_EQ(writeError("/tmp/a", EDQUOT).code, ErrorCode::NoSpace);
    EXPECT_EQ(writeError("/tmp/a", EACCES).code, ErrorCode::NotWritable);
    for (const int value : {ENOSPC, EACCES, EROFS, EIO}) {
        tests::expectThreeParts(writeError("/no/such/folder/a", value));
    }
}

}  // namespace
}  // namespace tessera::base
