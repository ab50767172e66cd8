#include "kernels/api/modulate.h"

#include "kernels/reference/bf16.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace tessera::kernels::reference {

Status modulateForward(const ModulateForward& p) {
    const std::int64_t width = p.shape.width;
    std::vector<float> row(static_cast<std::size_t>(width));
    for (std::int64_t i = 0; i < p.shape.batch * p.shape.tokens; ++i) {
        const std::int64_t ofGate = i / p.shape.tokens * p.shape.gateStride;
        const std::int64_t ofNorm = i / p.shape.tokens * p.shape.normStride;
        for (std::int64_t c = 0; c < width; ++c) {
            float value = read(p.x, i * width + c);
            if (p.branch != nullptr) {
                const float gate = p.gate != nullptr ? read(p.gate, ofGate + c) : 1.0f;
                write(p.sum, i * width + c, value + gate * read(p.branch, i * width + c));
                value = read(p.sum, i * width + c);
            }
            row[static_cast<std::size_t>(c)] = value;
        }
        if (p.scale == nullptr) {
            continue;
        }
        double sum = 0.0, squares = 0.0;
        for (const float value : row) {
            sum += value;
        }
        const double mean = sum / static_cast<double>(width);
        for (const float value : row) {
            squares += (value - mean) * (value - mean);
        }
        const double rstd = 1.0 / std::sqrt(squares / static_cast<double>(width) + p.shape.epsilon);
        p.mean[i] = static_cast<float>(mean);
        p.rstd[i] = static_cast<float>(rstd);
        for (std::int64_t c = 0; c < width; ++c) {
            const float normed = (row[static_cast<std::size_t>(c)] - p.mean[i]) * p.rstd[i];
            write(p.out,
                  i * width + c,
                  normed * (1.0f + read(p.scale, ofNorm + c)) + read(p.shift, ofNorm + c));
        }
    }
    return Status::Ok;
}

Status modulateBackward(const ModulateBackward& p) {
    const std::int64_t width = p.shape.width, runs = modulateRuns(p.shape);
    std::fill_n(p.partial, p.shape.batch * runs * 3 * width, 0.0f);
    std::vector<float> out(static_cast<std::size_t>(width)), normed(out.size());
    for (std::int64_t i = 0; i < p.shape.batch * p.shape.tokens; ++i) {
        const std::int64_t batch = i / p.shape.tokens, token = i % p.shape.tokens;
        const std::int64_t ofGate = batch * p.shape.gateStride;
        const std::int64_t ofNorm = batch * p.shape.normStride;
        float* partial = p.partial + (batch * runs + token / kModulateRun) * 3 * width;
        double sum = 0.0, along = 0.0;
        if (p.gradOut != nullptr) {
            for (std::int64_t c = 0; c < width; ++c) {
                const auto at = static_cast<std::size_t>(c);
                const float gradient = read(p.gradOut, i * width + c);
                normed[at] = (read(p.sum, i * width + c) - p.mean[i]) * p.rstd[i];
                out[at] = gradient * (1.0f + read(p.scale, ofNorm + c));
                sum += out[at];
                along += out[at] * normed[at];
                partial[c] += gradient;
                partial[width + c] += gradient * normed[at];
            }
        }
        const auto mean = static_cast<float>(sum / static_cast<double>(width));
        const auto slope = static_cast<float>(along / static_cast<double>(width));
        for (std::int64_t c = 0; c < width; ++c) {
            const auto at = static_cast<std::size_t>(c);
            float gradient = p.gradSum != nullptr ? read(p.gradSum, i * width + c) : 0.0f;
            if (p.gradOut != nullptr) {
                gradient += p.rstd[i] * (out[at] - mean - normed[at] * slope);
                write(p.gradX, i * width + c, gradient);
            }
            if (p.gate != nullptr) {
                partial[2 * width + c] += gradient * read(p.branch, i * width + c);
                write(p.gradBranch, i * width + c, gradient * read(p.gate, ofGate + c));
            }
        }
    }
    return Status::Ok;
}

}  // namespace tessera::kernels::reference
