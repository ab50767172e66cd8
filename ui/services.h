#pragma once

// What every workspace is made with. Owned by the application (app_window.h), which outlives all
// widgets. GUI thread.

namespace tessera::jobs {
class Library;
class Journal;
}  // namespace tessera::jobs

namespace tessera::ui {

class ActionRegistry;
class DiskWorker;
class EngineClient;
class LibraryModel;
class QueueModel;
class Settings;

struct Services {
    Settings& settings;
    ActionRegistry& actions;
    EngineClient& engine;
    DiskWorker& disk;
    QueueModel& queue;
    LibraryModel& library;
};

}  // namespace tessera::ui
