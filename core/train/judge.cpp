#include "core/train/judge.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <cmath>

namespace tessera::train {

Judge::Judge(const std::filesystem::path& model, c10::Device device) {
    const auto folder = model.parent_path() / "world-eval";
    // Many small convolutions: on a CPU bf16 only adds conversions.
    const auto type = device.is_cuda() ? at::kBFloat16 : at::kFloat;
    auto net = eval::WorldEval::load(folder, type, device);
    if (net) {
        m_own = std::move(*net);
        m_net = &*m_own;
    }
}

void Judge::look(const at::Tensor& video, const world::StatedSlots& stated) {
    if (m_net == nullptr) {
        return;
    }
    const at::NoGradGuard noGrad;
    m_table.add(eval::readClips(*m_net, video).front(), stated);
}

base::Json Judge::json() const {
    base::Json json = base::Json::object();
    for (const eval::AttributeScore& score : m_table.scores()) {
        const double share =
            score.count > 0 ? static_cast<double>(score.correct) / score.count : 0.0;
        json[score.attribute] = {{"share", std::round(share * 1e4) / 1e4}, {"n", score.count}};
    }
    return json;
}

}  // namespace tessera::train
