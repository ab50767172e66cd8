#pragma once

// What the Bench workspace's fields hold, and the request that they mean. A plain value. Any
// thread.

#include "core/bench/request.h"
#include "core/bench/result.h"
#include "core/plan/frame_mask.h"

#include <QSet>
#include <QString>
#include <QStringList>

#include <cstdint>
#include <vector>

namespace tessera::ui {

struct BenchShape {
    plan::TokenLayout layout{8, 216, 0};
    std::int64_t heads = 4;
    std::int64_t headSize = 64;

    bool operator==(const BenchShape&) const = default;
};

struct BenchForm {
    QString preset = QStringLiteral("bundled-192x288");  // of plan/shape_preset.h; empty = own
    BenchShape own;
    // What is not ticked: another shape begins with all of its masks.
    QSet<QString> masksLeftOut;
    QSet<QString> kernelsLeftOut;
    pipeline::Precision precision = pipeline::Precision::Auto;
    pipeline::DeviceChoice device;
    int threads = 0;  // 0 = all cores
    int warmUps = 25;
    int runs = 100;
    bool backward = false;
    bool flushCache = false;

    bool operator==(const BenchForm&) const = default;

    BenchShape shape() const;

    // Every mask of the shape's frames, densest first.
    QStringList family() const;
    QStringList masks() const;  // of these the ticked ones

    // Of `kernels` those that run here and are ticked; the baseline always.
    std::vector<std::string> kernelsOf(const std::vector<bench::KernelOutlook>& kernels) const;

    // `kernels` empty = not known yet, all are asked for.
    bench::BenchRequest request(const std::vector<bench::KernelOutlook>& kernels) const;

    // The fields that would ask for that, as far as they can say it.
    static BenchForm of(const bench::BenchRequest& request);
};

}  // namespace tessera::ui
