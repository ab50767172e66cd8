#include "core/models/vae_tessera.h"

#include "core/tensor/device.h"
#include "tests/support/tiny_model.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <gtest/gtest.h>

namespace tessera::models {
namespace {

class TinyVae : public testing::Test {
protected:
    TinyVae() : m_vae(tests::tinyVae()) {
        initialise(m_vae.parameters(), 5, c10::Device(c10::DeviceType::CPU));
        tensor::seedDevice(c10::Device(c10::DeviceType::CPU), 3);
    }

    TesseraVae m_vae;
    at::NoGradGuard m_noGrad;
};

TEST_F(TinyVae, MakesEightLatentFramesOfTwentyNine) {
    const at::Tensor video = at::rand({1, 3, 29, 32, 48}) * 2 - 1;
    const at::Tensor latents = m_vae.encode(video);
    EXPECT_EQ(latents.sizes(), (std::vector<std::int64_t>{1, 4, 8, 4, 6}));
    EXPECT_EQ(m_vae.decode(latents, 29, {}).sizes(), video.sizes());
    EXPECT_EQ(m_vae.preview(latents).sizes(), (std::vector<std::int64_t>{1, 3, 8, 4, 6}));
}

TEST_F(TinyVae, WorksForEveryLength) {
    for (const std::int64_t frames : {1, 2, 3, 4, 5, 17}) {
        const at::Tensor video = at::rand({1, 3, frames, 16, 16}) * 2 - 1;
        const at::Tensor latents = m_vae.encode(video);
        EXPECT_EQ(latents.size(2), m_vae.latentFrames(frames));
        EXPECT_EQ(m_vae.decode(latents, frames, {}).sizes(), video.sizes());
    }
}

// What the network does at one moment must not depend on later ones: a clip can be encoded as it
// comes.
TEST_F(TinyVae, LooksOnlyBackInTime) {
    const at::Tensor video = at::rand({1, 3, 29, 16, 24}) * 2 - 1;
    at::Tensor changed = video.clone();
    changed.narrow(2, 17, 12).fill_(
        1.0);  // latent frame f ends with video frame 4 f; 0..4 end before 17
    const at::Tensor before = m_vae.encode(video);
    const at::Tensor after = m_vae.encode(changed);
    EXPECT_LT((before.narrow(2, 0, 5) - after.narrow(2, 0, 5)).abs().max().item<double>(), 1e-6);
    EXPECT_GT((before.narrow(2, 5, 3) - after.narrow(2, 5, 3)).abs().max().item<double>(), 1e-3);

    at::Tensor tail = before.clone();
    tail.narrow(2, 5, 3).zero_();
    const at::Tensor whole = m_vae.decode(before, 29, {});
    const at::Tensor cut = m_vae.decode(tail, 29, {});
    EXPECT_LT((whole.narrow(2, 0, 17) - cut.narrow(2, 0, 17)).abs().max().item<double>(), 1e-6);
    EXPECT_GT((whole.narrow(2, 17, 12) - cut.narrow(2, 17, 12)).abs().max().item<double>(), 1e-3);
}

TEST_F(TinyVae, NormalisesLatentsAndUndoesIt) {
    const at::Tensor video = at::rand({1, 3, 5, 16, 16}) * 2 - 1;
    const at::Tensor raw = m_vae.encode(video);
    const at::Tensor plain = m_vae.decode(raw, 5, {});
    m_vae.setLatentStatistics({0.5, -1.0, 2.0, 0.0}, {2.0, 0.5, 1.0, 3.0});
    const at::Tensor scaled = m_vae.encode(video);
    EXPECT_NEAR(((raw.select(1, 0) - 0.5) / 2.0 - scaled.select(1, 0)).abs().max().item<double>(),
                0.0,
                1e-6);
    EXPECT_LT((m_vae.decode(scaled, 5, {}) - plain).abs().max().item<double>(), 1e-5);
}

TEST_F(TinyVae, StopsDecodingWhenAsked) {
    std::stop_source source;
    DecodeControl control;
    control.stop = source.get_token();
    int parts = 0;
    control.progress = [&](int done, int of) {
        EXPECT_LE(done, of);
        if (++parts == 2) {
            source.request_stop();
        }
    };
    EXPECT_FALSE(m_vae.decode(at::randn({1, 4, 2, 2, 2}), 5, control).defined());
    EXPECT_EQ(parts, 2);
}

TEST(VaeConfig, SurvivesItsOwnJsonAndRefusesOthers) {
    TesseraVae vae(tests::tinyVae());
    base::Json json = vae.config().json();
    const auto parsed = VaeConfig::parse(json);
    ASSERT_TRUE(parsed);
    EXPECT_EQ(parsed->widths, vae.config().widths);
    EXPECT_EQ(parsed->latentMean, vae.config().latentMean);
    json["latents_std"] = {1.0, 0.0, 1.0, 1.0};
    EXPECT_FALSE(VaeConfig::parse(json));
    json = vae.config().json();
    json["block_out_channels"] = {4, 8, 17};
    EXPECT_FALSE(VaeConfig::parse(json));
}

}  // namespace
}  // namespace tessera::models
