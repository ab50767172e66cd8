#include "core/base/file.h"
#include "core/base/json.h"
#include "core/models/registry.h"
#include "core/tensor/device.h"
#include "core/tensor/safetensors.h"
#include "core/train/trainer.h"
#include "tests/support/expect_error.h"
#include "tests/support/temporary_folder.h"

#include <ATen/ATen.h>

#include <sstream>

#include <gtest/gtest.h>

namespace tessera::train {
namespace {

// Small enough that every run here takes seconds on one core.
const char* const kTinyVae =
    R"({"batch": 2, "crop": 32, "frames": 5, "width": 4, "channels": 4, "judged": 1,
    "judged_height": 64, "learning_rate": 0.003, "evaluate_seconds": 100000})";
const char* const kTinyBase =
    R"({"layers": 1, "heads": 1, "judged": 1, "judged_steps": 1, "judged_height": 64, "muon": 1,
    "learning_rate": 0.002, "warm_up": 10, "evaluate_seconds": 100000,
    "sizes": [{"height": 64, "batch": 4, "pool": 48, "initial": 16, "clips_per_step": 0.5, "encode_batch": 8}]})";

class TinyTraining : public testing::Test {
protected:
    TinyTraining() { tensor::setThreads(1); }

    TrainRequest request(Network network,
                         const char* config,
                         const std::string& run,
                         std::int64_t steps) {
        TrainRequest r;
        r.network = network;
        r.config = m_folder / (run + ".json");
        EXPECT_TRUE(base::writeFileAtomically(r.config, std::string_view(config)));
        r.run = m_folder / run;
        r.model = m_folder / "model";
        r.steps = steps;
        r.threads = 1;
        r.device.kind = pipeline::DeviceChoice::Kind::Cpu;
        return r;
    }

    // Loss of each logged line of a run.
    std::vector<double> losses(const std::string& run) {
        std::vector<double> values;
        std::istringstream lines(*base::readTextFile(m_folder / run / "log.jsonl"));
        for (std::string line; std::getline(lines, line);) {
            const base::Json json = *base::parseJson(line, "log");
            if (json.contains("loss")) {
                values.push_back(json["loss"].get<double>());
            }
        }
        return values;
    }

    at::Tensor master(const std::string& run) {
        const auto file = tensor::WeightFile::open(m_folder / run / "checkpoint.safetensors");
        EXPECT_TRUE(file);
        return *file->tensor("weights.master");
    }

    tests::TemporaryFolder m_folder;
};

TEST_F(TinyTraining, LowersTheLossOfTheVae) {
    TrainRequest r = request(Network::Vae, kTinyVae, "vae", 300);
    const auto result = train(r, {});
    ASSERT_TRUE(result) << base::describe(result.error());
    EXPECT_EQ(result->step, 300);
    const std::vector<double> curve = losses("vae");
    ASSERT_EQ(curve.size(), 6u);
    EXPECT_LT(curve.back(), 0.8 * curve.front());
    // What was exported is a component that the program opens.
    EXPECT_TRUE(models::openVae(m_folder / "model", at::kFloat, c10::Device(c10::DeviceType::CPU)));
}

TEST_F(TinyTraining, ResumesExactlyWhereItStopped) {
    ASSERT_TRUE(train(request(Network::Vae, kTinyVae, "whole", 40), {}));
    // Stopped by its user after 20 steps: the rate depends on the share of the run, so the target
    // stays 40.
    std::stop_source source;
    TrainControl control;
    control.stop = source.get_token();
    TrainRequest half = request(Network::Vae, kTinyVae, "halves", 40);
    half.stopAfter = 20;
    tests::expectError(train(half, control), base::ErrorCode::Cancelled);
    half.stopAfter = 0;
    ASSERT_TRUE(train(half, {}));
    EXPECT_TRUE(master("whole").equal(master("halves")));
}

TEST_F(TinyTraining, TrainsAndResumesTheTransformer) {
    ASSERT_TRUE(train(request(Network::Vae, kTinyVae, "vae", 5), {}));
    ASSERT_TRUE(train(request(Network::Base, kTinyBase, "whole", 60), {}));
    TrainRequest half = request(Network::Base, kTinyBase, "halves", 60);
    half.stopAfter = 30;
    tests::expectError(train(half, {}), base::ErrorCode::Cancelled);
    half.stopAfter = 0;
    ASSERT_TRUE(train(half, {}));
    EXPECT_TRUE(master("whole").equal(master("halves")));
    EXPECT_LT(losses("whole").front(), 8.0);
    const c10::Device cpu(c10::DeviceType::CPU);
    EXPECT_TRUE(models::openTransformer(m_folder / "model", at::kFloat, cpu));
    EXPECT_TRUE(models::openTextEncoder(m_folder / "model", at::kFloat, cpu));
}

TEST_F(TinyTraining, ReplicasLearnTogether) {
    const auto with = [this](int replicas, const char* run, std::int64_t steps) {
        TrainRequest r = request(Network::Vae, kTinyVae, run, steps);
        r.replicas = replicas;
        return r;
    };
    ASSERT_TRUE(train(with(2, "pair", 300), {}));
    EXPECT_LT(losses("pair").back(), 0.8 * losses("pair").front());
    // A batch of its own for each: two replicas do not repeat what one does.
    ASSERT_TRUE(train(with(1, "one", 1), {}));
    ASSERT_TRUE(train(with(2, "two", 1), {}));
    EXPECT_FALSE(master("one").equal(master("two")));
    ASSERT_TRUE(train(with(2, "whole", 20), {}));
    TrainRequest half = with(2, "halves", 20);
    half.stopAfter = 10;
    tests::expectError(train(half, {}), base::ErrorCode::Cancelled);
    half.stopAfter = 0;
    ASSERT_TRUE(train(half, {}));
    EXPECT_TRUE(master("whole").equal(master("halves")));
}

TEST_F(TinyTraining, GoesOnFromTheWeightsOfAModel) {
    ASSERT_TRUE(train(request(Network::Vae, kTinyVae, "first", 300), {}));
    std::string warm(kTinyVae);
    warm.insert(1, "\"warm_start\": 1, ");
    ASSERT_TRUE(train(request(Network::Vae, warm.c_str(), "second", 50), {}));
    EXPECT_LT(losses("second").front(), 0.8 * losses("first").front());
    TrainRequest elsewhere = request(Network::Vae, warm.c_str(), "third", 1);
    elsewhere.model = m_folder / "nothing";
    EXPECT_FALSE(train(elsewhere, {}));
}

TEST_F(TinyTraining, NamesWhatIsWrongWithItsConfiguration) {
    tests::expectError(train(request(Network::Vae, R"({"bacth": 2})", "a", 1), {}),
                       base::ErrorCode::BadInput,
                       "bacth");
    tests::expectError(train(request(Network::Vae, R"({"batch": 0})", "b", 1), {}),
                       base::ErrorCode::BadInput,
                       "batch");
    tests::expectError(train(request(Network::Vae, "[]", "c", 1), {}), base::ErrorCode::BadInput);
    // The base model needs a VAE in the model folder.
    EXPECT_FALSE(train(request(Network::Base, kTinyBase, "d", 1), {}));
}

TEST_F(TinyTraining, RefusesACheckpointOfAnotherNetwork) {
    ASSERT_TRUE(train(request(Network::Vae, kTinyVae, "run", 2), {}));
    std::string wider(kTinyVae);
    wider.replace(wider.find("\"width\": 4"), 10, "\"width\": 8");
    tests::expectError(train(request(Network::Vae, wider.c_str(), "run", 4), {}),
                       base::ErrorCode::BadFile);
    std::filesystem::resize_file(m_folder / "run" / "checkpoint.safetensors", 1000);
    tests::expectError(train(request(Network::Vae, kTinyVae, "run", 4), {}),
                       base::ErrorCode::BadFile);
}

}  // namespace
}  // namespace tessera::train
