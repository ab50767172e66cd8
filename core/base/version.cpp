#include "core/base/version.h"

namespace tessera::base {

const char* versionText() {
    return TESSERA_VERSION;
}

}  // namespace tessera::base
