// What a bench would do, told before it: which kernels run, how many cells, how much work.

#include "core/bench/bench.h"
#include "tests/support/expect_error.h"

#include <algorithm>

#include <gtest/gtest.h>

namespace tessera::bench {
namespace {

using base::ErrorCode;

BenchRequest tinyRequest() {
    BenchRequest request;
    request.shapes = {"8,12,0,2,64"};
    request.masks = {"2:6", "full"};
    request.device = {pipeline::DeviceChoice::Kind::Cpu, 0};
    request.precision = pipeline::Precision::Fp32;
    request.threads = 1;
    request.warmUps = 1;
    request.runs = 3;
    return request;
}

TEST(Outlook, NamesEveryKernelAndWhyOneDoesNotRunHere) {
    BenchRequest request = tinyRequest();
    request.kernels = {"composed"};
    const auto outlook = bench::outlook(request);
    ASSERT_TRUE(outlook) << outlook.error().message;
    EXPECT_EQ(outlook->device, "cpu");
    EXPECT_EQ(outlook->precision, "fp32");
    EXPECT_EQ(outlook->kernels.size(), programKernels().names.size());
    EXPECT_TRUE(outlook->kernels.front().isBaseline);
    const auto fused = std::ranges::find(outlook->kernels, "fused", &KernelOutlook::name);
    ASSERT_NE(fused, outlook->kernels.end());
    EXPECT_NE(fused->reason.find("CUDA"), std::string::npos) << fused->reason;
    EXPECT_EQ(outlook->cells, 4);  // two kernels under two masks
}

TEST(Outlook, CountsTheRowsThatTheBenchThenMeasures) {
    BenchRequest request = tinyRequest();
    request.backward = true;
    const auto outlook = bench::outlook(request);
    const auto result = bench(request, {});
    ASSERT_TRUE(outlook && result);
    EXPECT_EQ(outlook->cells,
              std::ranges::count(result->rows, Verdict::Agrees, &BenchRow::verdict));
}

TEST(Outlook, WorkGrowsWithRunsAndPasses) {
    BenchRequest request = tinyRequest();
    const double few = bench::outlook(request)->flops;
    request.runs = 300;
    const double many = bench::outlook(request)->flops;
    request.backward = true;
    EXPECT_GT(many, few * 2.0);
    EXPECT_GT(bench::outlook(request)->flops, many * 2.0);
}

TEST(Outlook, RefusesWhatTheBenchWouldRefuse) {
    BenchRequest request = tinyRequest();
    request.masks = {"2:5"};
    tests::expectError(bench::outlook(request), ErrorCode::BadInput, "2:5");
    request = tinyRequest();
    request.shapes = {"4096,1000000,0,1024,64"};
    request.masks = {"full"};
    tests::expectError(bench::outlook(request), ErrorCode::OutOfMemory, "4096,1000000");
}

}  // namespace
}  // namespace tessera::bench
