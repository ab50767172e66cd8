#include "kernels/api/turn.h"

#include "kernels/reference/bf16.h"

namespace tessera::kernels::reference {

Status turn(const Turn& p) {
    const TurnShape& s = p.shape;
    const std::int64_t half = s.span / 2;
    const float sign = p.isBack ? -1.0f : 1.0f;
    const void* inputs[] = {p.query, p.key};
    void* outputs[] = {p.outQuery, p.outKey};
    for (std::int64_t head = 0; head < s.batch * s.tokens * s.heads; ++head) {
        const std::int64_t token = head / s.heads % s.tokens;
        for (std::int64_t pair = 0; pair < s.headSize / 2; ++pair) {
            const std::int64_t low = head * s.headSize + pair / half * s.span + pair % half;
            const float cosine = read(p.cosine, token * s.headSize / 2 + pair);
            const float sine = sign * read(p.sine, token * s.headSize / 2 + pair);
            for (int which = 0; which < 2; ++which) {
                const float x = read(inputs[which], low), y = read(inputs[which], low + half);
                write(outputs[which], low, x * cosine - y * sine);
                write(outputs[which], low + half, y * cosine + x * sine);
            }
        }
    }
    return Status::Ok;
}

}  // namespace tessera::kernels::reference
