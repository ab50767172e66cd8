#pragma once

// Trained weights as a component of a model folder in diffusers layout, and back to train on.
// Engine thread.

#include "core/base/json.h"
#include "core/base/result.h"
#include "core/models/parameter.h"
#include "core/tensor/quantise.h"

#include <ATen/core/Tensor.h>
#include <c10/core/Device.h>

#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace tessera::train {

// Writes `folder`/config.json and `folder`/`fileName` with those of `weights` whose names begin
// with `prefix` (which is cut off), matrices in `form` and the rest in bf16, with `metadata` and
// the common keys (format, app version, stage, licence). NoSpace, NotWritable.
base::Status writeComponent(const std::filesystem::path& folder,
                            const base::Json& config,
                            const char* fileName,
                            const std::vector<std::pair<std::string, at::Tensor>>& weights,
                            const std::string& prefix,
                            std::map<std::string, std::string> metadata,
                            tensor::StoredForm form = tensor::StoredForm::Bf16);

// Fills `parameters` in fp32 on `device` from the component at `folder`: where training goes on
// from weights that exist. BadModel, BadFile.
base::Status readComponent(const models::ParameterList& parameters,
                           const std::filesystem::path& folder,
                           c10::Device device);

// Gives `model` the bundled model's model_index.json under its own name, unless it has one: what
// was trained into an empty folder is a whole model then. NotFound, NoSpace, NotWritable.
base::Status ensureModelIndex(const std::filesystem::path& model);

}  // namespace tessera::train
