#include "kernels/api/rotate.h"

#include "kernels/reference/bf16.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace tessera::kernels::reference {
namespace {

float inverseRms(const void* packed, std::int64_t at, const RotateShape& shape) {
    double squares = 0.0;
    for (std::int64_t c = 0; c < shape.headSize; ++c) {
        squares += static_cast<double>(read(packed, at + c)) * read(packed, at + c);
    }
    return static_cast<float>(
        1.0 / std::sqrt(squares / static_cast<double>(shape.headSize) + shape.epsilon));
}

// Calls work(row, part, head, where the head begins in `packed`); part 0 query, 1 key, 2 value.
template <typename Work>
void forEachHead(const RotateShape& shape, std::int64_t parts, const Work& work) {
    for (std::int64_t row = 0; row < shape.batch * shape.tokens; ++row) {
        for (std::int64_t part = 0; part < parts; ++part) {
            for (std::int64_t head = 0; head < shape.heads; ++head) {
                work(row, part, head, ((row * 3 + part) * shape.heads + head) * shape.headSize);
            }
        }
    }
}

}  // namespace

Status rotateForward(const RotateForward& p) {
    const std::int64_t size = p.shape.headSize;
    std::vector<float> z(static_cast<std::size_t>(size));
    forEachHead(p.shape, 2, [&](auto row, auto part, auto head, auto at) {
        const float rms = inverseRms(p.packed, at, p.shape);
        const void* weight = part == 0 ? p.queryWeight : p.keyWeight;
        for (std::int64_t c = 0; c < size; ++c) {
            z[static_cast<std::size_t>(c)] = read(p.packed, at + c) * rms * read(weight, c);
        }
        const std::int64_t turn = row % p.shape.tokens * size;
        void* out = part == 0 ? p.query : p.key;
        for (std::int64_t c = 0; c < size; ++c) {
            const float other = z[static_cast<std::size_t>((c + size / 2) % size)];
            write(out,
                  (row * p.shape.heads + head) * size + c,
                  z[static_cast<std::size_t>(c)] * read(p.cosine, turn + c) +
                      other * read(p.sine, turn + c));
        }
    });
    return Status::Ok;
}

Status rotateBackward(const RotateBackward& p) {
    const std::int64_t size = p.shape.headSize;
    std::fill_n(p.partial, rotateRuns(p.shape) * 2 * size, 0.0f);
    std::vector<float> inner(static_cast<std::size_t>(size)), normed(inner.size());
    const void* gradients[] = {p.gradQuery, p.gradKey, p.gradValue};
    const HeadStrides strides[] = {p.queryStrides, p.keyStrides, p.valueStrides};
    forEachHead(p.shape, 3, [&](auto row, auto part, auto head, auto at) {
        const HeadStrides& s = strides[part];
        const std::int64_t from =
            row / p.shape.tokens * s.batch + row % p.shape.tokens * s.token + head * s.head;
        if (part == 2) {
            for (std::int64_t c = 0; c < size; ++c) {
                write(p.gradPacked, at + c, read(gradients[part], from + c));
            }
            return;
        }
        const float rms = inverseRms(p.packed, at, p.shape);
        const void* weight = part == 0 ? p.queryWeight : p.keyWeight;
        const std::int64_t turn = row % p.shape.tokens * size;
        float* partial = p.partial + (row / kRotateRun * 2 + part) * size;
        double along = 0.0;
        for (std::int64_t c = 0; c < size; ++c) {
            const auto i = static_cast<std::size_t>(c);
            const std::int64_t other = (c + size / 2) % size;
            const float turned = read(gradients[part], from + c) * read(p.cosine, turn + c) +
                                 read(gradients[part], from + other) * read(p.sine, turn + other);
            normed[i] = read(p.packed, at + c) * rms;
            inner[i] = turned * read(weight, c);
            along += inner[i] * normed[i];
            partial[c] += turned * normed[i];
        }
        const auto slope = static_cast<float>(along / static_cast<double>(size));
        for (std::int64_t c = 0; c < size; ++c) {
            const auto i = static_cast<std::size_t>(c);
            write(p.gradPacked, at + c, rms * (inner[i] - slope * normed[i]));
        }
    });
    return Status::Ok;
}

}  // namespace tessera::kernels::reference
