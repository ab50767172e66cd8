// The engine's real library as the window loads it: its doors work, it sees the program's data
// folder, and its log lines reach the program.

#include "app/gui_engine.h"
#include "core/base/file.h"
#include "core/base/log.h"
#include "core/base/paths.h"
#include "tests/support/temporary_folder.h"

#include <QTest>

#include <algorithm>
#include <mutex>
#include <string>

namespace base = tessera::base;
namespace engine = tessera::engine;
namespace gui = tessera::gui;
namespace pipeline = tessera::pipeline;
namespace tests = tessera::tests;

class EngineLibraryTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void aFileThatIsNotThereIsSaid();
    void aFileThatIsNoLibraryIsSaid();
    void theLibrarySeesTheProgramsDataFolder();
    void theLibrarysLinesReachTheProgramsLog();
};

void EngineLibraryTest::aFileThatIsNotThereIsSaid() {
    const auto doors = gui::loadEngine("/nowhere/libtessera_engine.so");
    QVERIFY(!doors);
    QCOMPARE(doors.error().code, base::ErrorCode::NotFound);
    QVERIFY(!doors.error().hint.empty());
}

void EngineLibraryTest::aFileThatIsNoLibraryIsSaid() {
    const tests::TemporaryFolder folder;
    const std::filesystem::path path = folder / "libtessera_engine.so";
    QVERIFY(base::writeFileAtomically(path, std::string_view("no library")).has_value());
    const auto doors = gui::loadEngine(path);
    QVERIFY(!doors);
    QCOMPARE(doors.error().code, base::ErrorCode::Unsupported);
    QVERIFY(doors.error().message.find(path.filename().string()) != std::string::npos);
}

void EngineLibraryTest::theLibrarySeesTheProgramsDataFolder() {
    const tests::TemporaryFolder folder;
    base::setDataFolder(folder.path());
    const auto doors = gui::loadEngine(TESSERA_ENGINE_LIBRARY);
    QVERIFY2(doors, doors ? "" : base::describe(doors.error()).c_str());
    const engine::DoctorReport report = doors->examineMachine(0.0, {});
    const auto data = std::ranges::find(report.folders, "data", &engine::FolderReport::what);
    QVERIFY(data != report.folders.end());
    QCOMPARE(data->path.string(), folder.path().string());
    QVERIFY(doors->listModels().has_value());
    QVERIFY(!doors->inspectModel("/nowhere").has_value());
    QVERIFY(doors->makeEngine() != nullptr);
}

void EngineLibraryTest::theLibrarysLinesReachTheProgramsLog() {
    const tests::TemporaryFolder folder;
    const std::filesystem::path blocked = folder / "file";
    QVERIFY(base::writeFileAtomically(blocked, std::string_view("no folder")).has_value());
    base::setDataFolder(blocked);
    const auto doors = gui::loadEngine(TESSERA_ENGINE_LIBRARY);
    QVERIFY(doors.has_value());
    std::mutex mutex;
    std::string lines;
    base::setLogLevel(base::LogLevel::Off);
    base::setLogListener([&](base::LogLevel, std::string_view text) {
        const std::scoped_lock lock(mutex);
        lines += text;
    });
    pipeline::GenerationRequest request;
    request.prompt = "a red ball rolls";
    const auto estimate = doors->estimate(request);  // keeps its times in the data folder
    base::setLogListener({});
    QVERIFY(estimate.has_value());
    QVERIFY2(lines.find(blocked.string()) != std::string::npos, lines.c_str());
}

QTEST_GUILESS_MAIN(EngineLibraryTest)
#include "engine_library_test.moc"
