#pragma once

// Everything an optimiser keeps about a network, in flat buffers: fp32 master weights, the copy in
// compute precision that the network reads (its slots are views of it), gradients, both AdamW
// moments (Muon keeps its momentum in the first) and a moving average. One fused update touches all
// of it, and a checkpoint is five tensors. Engine thread.

#include "core/base/result.h"
#include "core/models/parameter.h"
#include "core/train/orthogonal_update.h"

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace tessera::train {

struct OptimizerOptions {
    double beta1 = 0.9;
    double beta2 = 0.98;
    double epsilon = 1e-8;
    double weightDecay = 0.02;  // on matrices and kernels; norms, biases and tables have none
    double clipNorm = 1.0;      // largest norm of the whole gradient
    // Matrices whose name contains one of these follow Muon (orthogonal_update.h), all else AdamW.
    // What is stacked in one matrix, as q, k and v, is taken apart.
    std::vector<std::string> orthogonal;
};

class ParameterStore {
public:
    // Takes the fp32 values that the slots hold now and points every slot into the compute copy,
    // which asks for gradients. `parameters` is kept; the network must outlive the store.
    ParameterStore(models::ParameterList parameters,
                   c10::Device device,
                   c10::ScalarType computeType,
                   OptimizerOptions options);

    // Zeroes all gradients. Recordable.
    void clearGradients();

    // Makes the gradients the mean of these and the others', whose networks are the same and may be
    // on other devices. Waits for no device.
    void averageGradients(std::span<const ParameterStore* const> others);

    // Takes over the weights of `leader` in compute precision; master weights, moments and average
    // stay as they are. Waits for no device.
    void follow(const ParameterStore& leader);

    // One update by AdamW or Muon from the gradients, then average += averageRate * (master -
    // average). `learningRate` and `averageRate` are fp32 scalars on the device. Returns the norm
    // of the gradient before clipping. Recordable.
    at::Tensor update(const at::Tensor& learningRate, const at::Tensor& averageRate);

    // Exchanges the network's weights with the averaged ones and back; inference in between needs
    // no gradients.
    void useAverage();
    void useTrained();

    // All buffers as they are now, and back: a step can be tried without leaving a trace.
    struct Snapshot {
        std::vector<at::Tensor> buffers;
    };

    Snapshot snapshot() const;
    void restore(const Snapshot& snapshot);

    // The averaged weights by name, in fp32 on the CPU.
    std::vector<std::pair<std::string, at::Tensor>> averagedWeights() const;

    // Starts the average anew from the master weights.
    void resetAverage();

    // All state as one safetensors file with `metadata`; what save() wrote, load() restores bit for
    // bit.
    base::Status save(const std::filesystem::path& file,
                      const std::map<std::string, std::string>& metadata) const;
    base::Result<std::map<std::string, std::string>> load(const std::filesystem::path& file);

    std::int64_t size() const { return m_master.numel(); }

private:
    bool isOrthogonal(const models::Parameter& parameter) const;
    at::Tensor view(const at::Tensor& flat, std::size_t index) const;
    std::vector<std::pair<const char*, at::Tensor>> state() const;  // what is saved, sorted by name

    models::ParameterList m_parameters;
    std::vector<std::int64_t> m_offsets;
    std::int64_t m_orthogonal = 0;  // the first numbers of each buffer follow Muon
    std::int64_t m_decayed = 0;     // those up to here have weight decay
    OptimizerOptions m_options;
    std::unique_ptr<OrthogonalUpdate> m_orthogonalUpdate;  // null when nothing follows Muon
    at::Tensor m_master, m_compute, m_gradient, m_moment1, m_moment2, m_average;
    at::Tensor m_steps;  // updates made, fp32 scalar on the device
};

}  // namespace tessera::train
