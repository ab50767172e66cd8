#include "ui/bridge/lazy_engine.h"

#include <exception>
#include <string>
#include <utility>

namespace tessera::ui {

using base::ErrorCode;
using base::Result;

LazyDoors::LazyDoors(LoadDoors load, std::function<void(const base::Status&)> loaded)
    : m_load(std::move(load)), m_loaded(std::move(loaded)) {}

const Result<EngineDoors>& LazyDoors::get() {
    std::call_once(m_once, [this] {
        m_doors.emplace(loadGuarded());
        m_loaded(*m_doors ? base::Status() : base::Status(base::fail(m_doors->error())));
    });
    return *m_doors;
}

Result<EngineDoors> LazyDoors::loadGuarded() {
    try {
        return m_load();
    } catch (const std::exception& exception) {
        return base::fail(ErrorCode::Unsupported,
                          std::string("The engine could not be loaded: ") + exception.what() + ".",
                          "Close the program and start it again; if it happens again, install it "
                          "anew.",
                          "engine library");
    }
}

LazyEngine::LazyEngine(std::shared_ptr<LazyDoors> doors) : m_doors(std::move(doors)) {}

Result<jobs::JobResult> LazyEngine::run(const jobs::JobSpec& spec, jobs::JobControl& control) {
    if (m_engine == nullptr) {
        // Loading takes seconds, and counts as that phase of the job.
        control.enterStage("load");
        const Result<EngineDoors>& doors = m_doors->get();
        if (!doors) {
            return base::fail(doors.error());
        }
        if (control.stopToken().stop_requested()) {
            return base::fail(
                ErrorCode::Cancelled, "The job was cancelled.", "Submit it again to run it.");
        }
        m_engine = doors->makeEngine();
    }
    return m_engine->run(spec, control);
}

}  // namespace tessera::ui
