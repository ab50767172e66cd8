// The one symbol of libtessera_engine.so.

#include "app/engine_library.h"

#include "core/base/paths.h"
#include "core/base/version.h"

namespace tessera::gui {

extern "C" const EngineLibrary* tesseraEngineLibrary(const EngineHost& host) {
    static const EngineLibrary library{
        .version = base::versionText(),
        .makeEngine = engine::makeEngine,
        .estimate = engine::estimate,
        .outlook = engine::outlook,
        .listModels = engine::listModels,
        .inspectModel = engine::inspectModel,
        .examineMachine = engine::examineMachine,
    };
    base::setDataFolder(host.dataFolder);
    // The host writes the lines, once: to its own standard error, file and listener.
    base::setLogLevel(base::LogLevel::Off);
    base::setLogListener(host.log);
    return &library;
}

}  // namespace tessera::gui
