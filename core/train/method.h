#pragma once

// What is trained, apart from how: a method owns a network, makes its batches, states its loss, and
// knows how to judge and export itself. The trainer (trainer.h) owns optimiser, schedule,
// checkpoints and log, and knows no network. Engine thread; a method's renderer threads are its
// own.

#include "core/base/json.h"
#include "core/base/result.h"
#include "core/models/parameter.h"
#include "core/train/parameter_store.h"
#include "core/train/request.h"

#include <ATen/core/Tensor.h>
#include <c10/core/Device.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace tessera::train {

// What a method is made from.
struct MethodContext {
    TrainRequest request;
    base::Json config;  // the user's overrides of defaults()
    c10::Device device = c10::Device(c10::DeviceType::CPU);
    c10::ScalarType computeType = c10::ScalarType::Float;
    int renderThreads = 1;
};

// Learning rate and averaging of a run, by method.
struct Pace {
    double learningRate = 6e-4;
    double finalRate = 3e-5;
    std::int64_t warmUp = 400;     // steps
    double average = 0.9995;       // decay of the moving average
    std::int64_t horizon = 20000;  // steps of the cosine when the run is not bounded otherwise
    OptimizerOptions optimizer;
};

// A named scalar of the last step, on the device until it is logged.
using Measures = std::vector<std::pair<std::string, at::Tensor>>;

class Method {
public:
    virtual ~Method() = default;

    virtual const char* name() const = 0;
    virtual Pace pace() const = 0;
    virtual models::ParameterList parameters() = 0;

    // Samples in a batch of that shape key.
    virtual int batchSize(int key) const = 0;

    // Fills the step's input tensors (whose addresses never change) and seeds what is random, all
    // of it a pure function of (seed, step). Returns the shape key. `progress` is the share of the
    // run that is done. Steps with one
    // key are recorded once.
    virtual base::Result<int> prepare(std::int64_t step, double progress) = 0;

    // The loss of the inputs prepared for `key`, a scalar with gradients. Recordable: no
    // synchronisation, no host value that changes between steps.
    virtual at::Tensor loss(int key) = 0;

    // Parts of the last loss for the log.
    virtual Measures measures() const = 0;

    // Judges the network as it stands (the trainer has put the averaged weights in place); may
    // write sheet-<step>.png into `run`.
    virtual base::Result<base::Json> evaluate(std::int64_t step,
                                              const std::filesystem::path& run) = 0;

    // Writes the averaged weights as a component of the model folder, with its configuration.
    virtual base::Status exportTo(const std::filesystem::path& model,
                                  const ParameterStore& store,
                                  std::int64_t step) = 0;
};

// BadInput for a configuration that makes no sense, BadModel when a part that the method needs is
// missing.
base::Result<std::unique_ptr<Method>> makeVaeMethod(const MethodContext& context);
base::Result<std::unique_ptr<Method>> makeBaseMethod(const MethodContext& context);
base::Result<std::unique_ptr<Method>> makeEvalMethod(const MethodContext& context);

}  // namespace tessera::train
