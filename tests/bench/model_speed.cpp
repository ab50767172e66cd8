// Times the networks of a model folder on the CPU: one forward of the transformer, under full
// attention and under two masks, one decode, one encode at the sizes of the model, medians over the
// runs asked for. Prints one JSON object.
//
//     model_speed MODEL THREADS RUNS

#include "core/attention/cpu_masked.h"
#include "core/base/json.h"
#include "core/models/registry.h"
#include "core/pipeline/model_card.h"
#include "core/plan/layer_mask.h"
#include "core/tensor/device.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>

#include <malloc.h>

namespace tessera {

namespace {

using Clock = std::chrono::steady_clock;

double medianSeconds(int runs, const std::function<void()>& work) {
    work();
    std::vector<double> times;
    for (int i = 0; i < runs; ++i) {
        const auto start = Clock::now();
        work();
        times.push_back(std::chrono::duration<double>(Clock::now() - start).count());
    }
    std::ranges::sort(times);
    return times[times.size() / 2];
}

int run(int count, char** values) {
    if (count != 4) {
        std::fprintf(stderr, "usage: model_speed MODEL THREADS RUNS\n");
        return 2;
    }
    // As the program's own main() does: without these, every large tensor is given back to the
    // system.
    mallopt(M_MMAP_MAX, 0);
    mallopt(M_TRIM_THRESHOLD, 1 << 30);
    mallopt(M_TOP_PAD, 512 << 20);
    mallopt(M_ARENA_MAX, 1);
    const at::NoGradGuard noGrad;
    const int threads = tensor::setThreads(std::atoi(values[2]));
    const int runs = std::max(1, std::atoi(values[3]));
    const c10::Device cpu(c10::DeviceType::CPU);
    const auto card = pipeline::readModelCard(values[1]);
    if (!card) {
        std::fprintf(stderr, "%s\n", base::describe(card.error()).c_str());
        return 5;
    }
    base::Json report = {{"threads", threads}, {"runs", runs}, {"cpu", tensor::deviceName(cpu)}};
    const auto attention = attention::makeDenseAttention();
    const attention::AttentionContext context{attention.get(), nullptr, 0};
    for (const auto type : {at::kFloat, at::kBFloat16}) {
        const auto transformer = models::openTransformer(card->folder, type, cpu);
        const auto vae = models::openVae(card->folder, type, cpu);
        const auto text = models::openTextEncoder(card->folder, type, cpu);
        if (!transformer || !vae || !text) {
            std::fprintf(stderr, "the model could not be opened\n");
            return 5;
        }
        models::TextEmbedding words =
            (*text)->encode(std::vector<std::string>{"a red ball bouncing over the sea"});
        words.mask = at::Tensor();
        const at::Tensor time = at::full({1}, 500.0F);
        for (const auto& [width, height] : card->sizes) {
            const std::int64_t frames = card->videoFrames.front();
            const at::Tensor latents = at::randn(
                {1, (*vae)->latentChannels(), (*vae)->latentFrames(frames), height / 8, width / 8});
            const at::Tensor video = at::rand({1, 3, frames, height, width}) * 2 - 1;
            const std::string size = std::to_string(height) + "x" + std::to_string(width);
            base::Json& times = report[type == at::kFloat ? "fp32" : "bf16"][size];
            times = {{"forward",
                      medianSeconds(
                          runs, [&] { (*transformer)->forward(latents, time, words, context); })},
                     {"decode", medianSeconds(runs, [&] { (*vae)->decode(latents, frames, {}); })},
                     {"encode", medianSeconds(runs, [&] { (*vae)->encode(video); })}};
            const models::TokenGrid grid =
                (*transformer)->grid(latents.size(2), latents.size(3), latents.size(4));
            for (const char* name : {"2:6", "1:7"}) {
                const auto mask = plan::parseLayerMask(name, static_cast<int>(grid.frames));
                if (!mask) {
                    continue;  // a model of another number of frames
                }
                const auto kernel = attention::makeCpuAttention(
                    std::vector(static_cast<std::size_t>((*transformer)->layers()), *mask),
                    {grid.frames, grid.tokensPerFrame(), 0});
                const attention::AttentionContext masked{kernel.get(), nullptr, 0};
                times[std::string("forward ") + name] = medianSeconds(
                    runs, [&] { (*transformer)->forward(latents, time, words, masked); });
            }
        }
    }
    std::printf("%s\n", report.dump(2).c_str());
    return 0;
}

}  // namespace

}  // namespace tessera

int main(int count, char** values) {
    return tessera::run(count, values);
}
