#pragma once

// Version of the program as text, from the build.

namespace tessera::base {

const char* versionText();  // "0.1.0"

}  // namespace tessera::base
