#pragma once

// How the window writes what a bench measured (look.md, 6). Any thread.

#include "core/bench/result.h"

#include <QString>

namespace tessera::ui {

QString msText(double milliseconds);    // "13.08", "0.0213", "214.0": about four digits, no unit
QString coldText(double milliseconds);  // "214", "8.54": one run says no more
QString aboutText(double seconds);      // "38 s": of an estimate
QString rateText(double teraflops);     // "584", "0.368"
QString errorText(double error);        // "2.1e-3"; en dash for what is no number
QString changeText(double share);       // "−6.2 %", "+0.4 %"

QString shapeText(const bench::BenchRow& row);   // "8 × 3 600, 24 heads of 96"
QString layoutText(const bench::BenchRow& row);  // the same with the tokens of text
QString passText(bench::Pass pass);              // "forward"

// "fused", or "fused, backward".
QString cellText(const bench::BenchRow& row);

// What a cell's check came to: "agrees", "wrong, speed hidden", or why it did not run.
QString checkText(const bench::BenchRow& row);

// "23 Nov, 10:12" in local time, from "2026-11-23T09:12:00Z"; the text itself when it is none.
QString dateText(const std::string& utc);

// "skips 45.47 %" of 128-blocks under the mask of a row; empty for a map too large to be counted.
QString skipsText(const bench::BenchRow& row);

// The same as a share, 0 to 1; negative when it is not known.
double blockSparsity(const bench::BenchRow& row);

}  // namespace tessera::ui
