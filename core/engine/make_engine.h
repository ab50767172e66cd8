#pragma once

// The door to everything that needs tensors: makes the real engine for a worker, and looks at
// models, weights and the machine. Used by the command line and ui/bridge, which see plain values
// alone. The functions here run on the calling thread, from any thread but not two at once; the
// longer ones read a stop token.

#include "core/base/result.h"
#include "core/bench/request.h"
#include "core/bench/result.h"
#include "core/jobs/engine.h"
#include "core/pipeline/request.h"
#include "core/plan/frame_mask.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

namespace tessera::engine {

struct EngineOptions {
    // Keeps the models of the last job for the next one (window, queue); false frees each component
    // as soon as it is not needed.
    bool keepModels = true;
};

// The engine that carries out every JobRequest. Cheap: nothing is loaded before the first job. To
// be handed to an EngineWorker, on whose thread it then lives.
std::unique_ptr<jobs::Engine> makeEngine(const EngineOptions& options = {});

// ---- A request before it runs ----

struct GenerationEstimate {
    pipeline::GenerationRequest effective;  // every default and "auto" replaced by what would run
    std::string modelHash;                  // empty when working it out would take long
    std::string understoodAs;               // the prompt as the tokeniser reads it; empty when
                                            // nothing changes
    std::vector<std::string> ignoredWords;
    int forwards = 0;                 // network evaluations, guidance counted
    double seconds = 0.0;             // of the whole job on this machine; 0 = not known
    double plusMinus = 0.0;           // half width of the interval around `seconds`
    std::uint64_t residentBytes = 0;  // largest need of host memory
    std::uint64_t deviceBytes = 0;    // the same of the card; 0 on the CPU
};

// What the request would do, without weights in memory: reads the model's configuration only, well
// under a second. The errors are those with which the job would fail: BadInput (values; the hint
// names the nearest that work), BadModel, NotFound, Unsupported, OutOfMemory for a limit exceeded.
base::Result<GenerationEstimate> estimate(const pipeline::GenerationRequest& request);

// What a measurement of the kernels would be, and about how long: well under a second, but for a
// device and precision that nothing is known of, which is tried for a tenth of one. The errors are
// those with which the job would fail.
base::Result<bench::BenchOutlook> outlook(const bench::BenchRequest& request);

// ---- Models and weights ----

struct ComponentInfo {
    std::string name;          // folder in diffusers layout: "transformer", "vae", ...
    std::string architecture;  // class name in its configuration
    std::int64_t parameters = 0;
    std::string dtype;  // of most of its weights: "bf16", "f32", "int8", ...
    std::uint64_t bytes = 0;
};

struct ModelInfo {
    std::string name;
    std::filesystem::path folder;
    std::string architecture;
    std::vector<std::string> stages;  // "base", "mlcd", ...
    std::vector<ComponentInfo> components;
    std::int64_t parameters = 0;  // of all components
    std::uint64_t bytes = 0;
    std::string hash;                        // 16 hex digits over the weights, as hashModel()
    std::vector<std::pair<int, int>> sizes;  // width, height it was trained for
    pipeline::GenerationRequest defaults;    // of its base stage on the CPU
    bool isBundled = false;
    std::vector<std::string> problems;  // what inspectModel() found wrong but not fatal
};

// Everything about the model in `folder`: reads configurations and the headers and bytes of its
// weights, and checks that every tensor the architecture needs is there with its shape. Empty
// folder = the bundled model. NotFound, BadModel, BadFile, NewerSchema, Cancelled.
base::Result<ModelInfo> inspectModel(const std::filesystem::path& folder,
                                     const std::stop_token& stop = {});

// The bundled models and those in "<data folder>/models", by name; without hash and without reading
// weights beyond their headers. One that cannot be read is listed with its problem.
base::Result<std::vector<ModelInfo>> listModels();

// 16 hex digits over names, shapes, types and bytes of all weights below `folder`; the same for
// the same weights however they are split into files. NotFound, BadModel, BadFile, Cancelled.
base::Result<std::string> hashModel(const std::filesystem::path& folder,
                                    const std::stop_token& stop = {});

// What masks and plans are made for.
struct SelfAttention {
    std::string model;         // its name
    int layers = 0;            // of its transformer
    int heads = 0;             // of each layer
    plan::TokenLayout layout;  // of a clip of its default size
};

// Of the model in `folder` with clips of so many frames (0 = its default), from its configurations
// alone. Empty folder = the bundled model. NotFound, BadModel, BadFile, BadInput.
base::Result<SelfAttention> selfAttentionOf(const std::filesystem::path& folder,
                                            int videoFrames = 0);

struct TensorInfo {
    std::string name;
    std::string dtype;
    std::vector<std::int64_t> shape;
};

struct WeightsInfo {
    std::vector<std::pair<std::string, std::string>> metadata;  // "__metadata__", as written
    std::vector<TensorInfo> tensors;                            // in the order of the file
    std::int64_t parameters = 0;
    std::uint64_t bytes = 0;
};

// The header of one safetensors file. NotFound, BadFile.
base::Result<WeightsInfo> inspectWeights(const std::filesystem::path& path);

// ---- The machine ----

struct DeviceReport {
    std::string name;  // "cpu", "cuda:0"
    std::string model;
    std::uint64_t memoryBytes = 0;
    std::uint64_t freeBytes = 0;
    std::string note;  // what is special or wrong; may be empty
};

struct LibraryReport {
    std::string name;
    std::string version;
};

struct ProductTime {
    std::string device;
    std::string precision;  // "fp32", "bf16"
    int size = 0;           // [size, size] x [size, size]
    double seconds = 0.0;   // best of the runs that fit the budget
    double gflops = 0.0;
    std::string note;  // why it is slow or was left out; may be empty
};

struct FolderReport {
    std::string what;  // "data", "clips", "models", "temporary"
    std::filesystem::path path;
    bool isWritable = false;
    std::uint64_t freeBytes = 0;
};

struct MissingPart {
    std::string what;
    std::string consequence;  // what does not work without it
    std::string remedy;       // the command, or what to install
};

struct DoctorReport {
    std::vector<DeviceReport> devices;
    std::vector<LibraryReport> libraries;
    std::vector<std::string> instructionSets;  // of the processor, those that matter: "avx2", ...
    int threads = 0;                           // cores that this process may use
    std::vector<ProductTime> products;
    std::vector<FolderReport> folders;
    std::vector<MissingPart> missing;  // empty = all is well
    std::string defaultPrecision;      // what "auto" means on this machine
    std::string defaultDevice;
};

// The kernels that a bench may be asked for, best first.
std::vector<std::string> kernelNames();

// Looks at the machine and times one matrix product per device and precision, all of them together
// within about `budgetSeconds`. Never fails: what cannot be found out is said in the report.
DoctorReport examineMachine(double budgetSeconds, const std::stop_token& stop = {});

}  // namespace tessera::engine
