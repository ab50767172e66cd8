// Measurements as files: what is written comes back, and hostile files are refused with the place.

#include "core/jobs/bench_file.h"

#include "core/base/file.h"
#include "core/base/json.h"
#include "tests/support/expect_error.h"
#include "tests/support/temporary_folder.h"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

namespace tessera::jobs {
namespace {

using base::ErrorCode;
using bench::BenchResult;
using bench::BenchRow;
using bench::Verdict;

BenchRow rowOf(const char* kernel, const char* mask, Verdict verdict) {
    BenchRow row;
    row.kernel = kernel;
    row.shape = "8,216,0,4,64";
    row.layout = {8, 216, 0};
    row.heads = 4;
    row.headSize = 64;
    row.mask = mask;
    row.isBaseline = row.kernel == "dense";
    row.density = row.isBaseline ? 1.0 : 0.53125;
    row.verdict = verdict;
    row.tolerance = 5e-3;
    if (verdict == Verdict::Agrees) {
        row.error = 2.2712345678901e-3;
        row.medianMs = 8.3112345678;
        row.p20Ms = 8.26;
        row.p80Ms = 1.0 / 3.0;
        row.coldMs = 33.38;
        row.teraflops = 0.368;
        row.againstDense = 1.0;
    }
    return row;
}

BenchResult sample() {
    BenchResult result;
    result.environment = {"cuda:0",
                          "NVIDIA, \"H100\" 80GB",
                          "bf16",
                          16,
                          "avx512",
                          1980.0,
                          {{"Tessera", "0.1.0"}, {"CUDA driver", "580.95"}},
                          "9c41e07",
                          "2026-11-30T12:00:00Z"};
    result.rows = {rowOf("dense", "2:6", Verdict::Agrees),
                   rowOf("cpu", "2:6", Verdict::Agrees),
                   rowOf("composed", "2:6", Verdict::Wrong),
                   rowOf("fused", "2:6", Verdict::NotRun),
                   rowOf("cpu", "full", Verdict::Wrong)};
    result.rows[1].pass = bench::Pass::Backward;
    result.rows[2].error = 0.47;
    result.rows[2].reason = "Its result is off the exact one, by \"more\" than the tolerance.";
    result.rows[3].reason = "It runs on CUDA devices,\nnot on cpu.";
    result.rows[4].error = std::numeric_limits<double>::quiet_NaN();
    result.warmUps = 25;
    result.runs = 100;
    result.seed = 18'446'744'073'709'551'615u;
    result.isCacheFlushed = true;
    result.seconds = 38.4;
    return result;
}

// Both forms hold every field, so that equal texts are equal measurements.
void expectSame(const BenchResult& a, const BenchResult& b) {
    EXPECT_EQ(toJson(a).dump(), toJson(b).dump());
    EXPECT_EQ(benchCsv(a), benchCsv(b));
}

TEST(BenchFile, JsonComesBackAsItWas) {
    const auto back = benchResultFromJson(toJson(sample()));
    ASSERT_TRUE(back) << back.error().message;
    expectSame(*back, sample());
    EXPECT_TRUE(std::isnan(back->rows[4].error));
}

TEST(BenchFile, CsvComesBackAsItWas) {
    const auto back = benchResultFromCsv(benchCsv(sample()));
    ASSERT_TRUE(back) << back.error().message;
    expectSame(*back, sample());
    EXPECT_EQ(back->environment.deviceName, "NVIDIA, \"H100\" 80GB");
    EXPECT_EQ(back->rows[3].reason, "It runs on CUDA devices,\nnot on cpu.");
}

TEST(BenchFile, FilesAreReadByTheirBeginningWhateverTheirName) {
    const tests::TemporaryFolder folder;
    for (const char* name : {"a.csv", "b.json"}) {
        const auto path = folder.path() / name;
        ASSERT_TRUE(writeBenchFile(path, sample()));
        const auto renamed = folder.path() / "c.txt";
        std::filesystem::rename(path, renamed);
        const auto back = readBenchFile(renamed);
        ASSERT_TRUE(back) << back.error().message;
        expectSame(*back, sample());
    }
}

TEST(BenchFile, SpeedOfAWrongKernelIsNotTaken) {
    base::Json json = toJson(sample());
    json["rows"][2]["median_ms"] = 0.1;
    json["rows"][3]["teraflops"] = 900.0;
    const auto back = benchResultFromJson(json);
    ASSERT_TRUE(back);
    EXPECT_EQ(back->rows[2].medianMs, 0.0);
    EXPECT_EQ(back->rows[3].teraflops, 0.0);
}

TEST(BenchFile, UnknownKeysArePassedOverAndAbsentOnesKeepTheirDefault) {
    base::Json json = toJson(sample());
    json["later"] = 1;
    json["rows"][0]["later"] = "x";
    json.erase("environment");
    const auto back = benchResultFromJson(json);
    ASSERT_TRUE(back) << back.error().message;
    EXPECT_TRUE(back->environment.device.empty());
}

TEST(BenchFile, HostileJsonIsRefusedWithTheKey) {
    const std::pair<const char*, const char*> changes[] = {
        {R"({"kernel": "a", "mask": "full", "verdict": "fine"})", "fine"},
        {R"({"kernel": "a", "mask": "full", "density": 7})", "density"},
        {R"({"kernel": "a", "mask": "full", "frames": -1})", "frames"},
        {R"({"kernel": "a", "mask": "full", "verdict": "agrees", "median_ms": "x"})", "median_ms"},
        {R"({"kernel": "", "mask": "full"})", "no kernel"},
        {R"([])", "object"}};
    for (const auto& [row, says] : changes) {
        base::Json json = toJson(sample());
        json["rows"][0] = base::Json::parse(row);
        tests::expectError(benchResultFromJson(json), ErrorCode::BadFile, says);
    }
    tests::expectError(benchResultFromJson(base::Json::array()), ErrorCode::BadFile, "object");
    tests::expectError(
        benchResultFromJson({{"rows", base::Json::array()}}), ErrorCode::BadFile, "rows");
}

TEST(BenchFile, HostileCsvIsRefusedWithTheLine) {
    std::string cut = benchCsv(sample());
    cut.resize(cut.size() - 40);
    tests::expectError(benchResultFromCsv(cut), ErrorCode::BadFile, "fields");
    tests::expectError(benchResultFromCsv(""), ErrorCode::BadFile, "no measurement");
    tests::expectError(benchResultFromCsv("a,b\n1,2\n"), ErrorCode::BadFile, "no measurement");
    tests::expectError(benchResultFromCsv("kernel,mask\n\"x,full\n"), ErrorCode::BadFile, "quote");
    tests::expectError(
        benchResultFromCsv("kernel,mask,frames\na,full,many\n"), ErrorCode::BadFile, "Line 2");
    tests::expectError(
        benchResultFromCsv("kernel,mask,density\na,full,2\n"), ErrorCode::BadFile, "Line 2");
}

}  // namespace
}  // namespace tessera::jobs
