#pragma once

// The engine as the window sees it: functions that the program fills in after the window stands,
// from a library loaded then (app/gui_engine.cpp), or that a test fakes. Plain values only.

#include "core/base/result.h"
#include "core/engine/make_engine.h"
#include "core/jobs/engine.h"

#include <functional>
#include <memory>

namespace tessera::ui {

struct EngineDoors {
    std::function<std::unique_ptr<jobs::Engine>()> makeEngine;
    std::function<base::Result<engine::GenerationEstimate>(const pipeline::GenerationRequest&)>
        estimate;
    std::function<base::Result<bench::BenchOutlook>(const bench::BenchRequest&)> outlook;
    std::function<base::Result<std::vector<engine::ModelInfo>>()> listModels;
    std::function<base::Result<engine::ModelInfo>(const std::filesystem::path&)> inspectModel;
    std::function<engine::DoctorReport(double budgetSeconds, const std::stop_token&)>
        examineMachine;
};

// Loads the engine; may take seconds. Called once, off the GUI thread. Unsupported or NotFound with
// what is missing.
using LoadDoors = std::function<base::Result<EngineDoors>()>;

}  // namespace tessera::ui
