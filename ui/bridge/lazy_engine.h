#pragma once

// The engine of a window that stands before its library is there: the library is loaded once, by
// whoever needs it first, the worker with the first job or the client's questions. Nothing of it is
// touched by the GUI thread.

#include "ui/bridge/engine_doors.h"

#include <functional>
#include <memory>
#include <mutex>
#include <optional>

namespace tessera::ui {

// The doors, loaded by the first call of get(); others wait for it. Any thread.
class LazyDoors {
public:
    // `loaded` is told of the outcome, once, on the thread that loaded.
    LazyDoors(LoadDoors load, std::function<void(const base::Status&)> loaded);

    const base::Result<EngineDoors>& get();

private:
    base::Result<EngineDoors> loadGuarded();

    LoadDoors m_load;
    std::function<void(const base::Status&)> m_loaded;
    std::once_flag m_once;
    std::optional<base::Result<EngineDoors>> m_doors;
};

// Makes the real engine with the first job. Of the worker's thread alone.
class LazyEngine final : public jobs::Engine {
public:
    explicit LazyEngine(std::shared_ptr<LazyDoors> doors);

    base::Result<jobs::JobResult> run(const jobs::JobSpec& spec,
                                      jobs::JobControl& control) override;

private:
    std::shared_ptr<LazyDoors> m_doors;  // outlives the engine made by it
    std::unique_ptr<jobs::Engine> m_engine;
};

}  // namespace tessera::ui
