#pragma once

// What is told of many times of one thing. Any thread.

#include <vector>

namespace tessera::bench {

// The paper's protocol keeps what lies between p20 and p80; the median of that is the median of
// all.
struct Spread {
    double p20 = 0.0;
    double median = 0.0;
    double p80 = 0.0;
};

// Between neighbours by straight lines; all 0 for no times.
Spread spreadOf(std::vector<double> times);

}  // namespace tessera::bench
