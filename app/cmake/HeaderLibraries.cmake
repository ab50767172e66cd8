# -DTESSERA_HEADERS=<folder>: takes the header-only libraries (nlohmann json, tl expected, CLI11, spdlog, fmt) from one
# folder instead of from system packages, for machines where none can be installed. installer/setup/headless-deps.sh
# makes such a folder. Every find_package() of the project then finds the targets below under their usual names.

set(TESSERA_HEADERS "" CACHE PATH "Folder with nlohmann/ tl/ CLI/ spdlog/ fmt/; empty for system packages")
if(NOT TESSERA_HEADERS)
    return()
endif()

function(tessera_header_library package target probe)
    if(NOT EXISTS "${TESSERA_HEADERS}/${probe}")
        message(FATAL_ERROR "'${TESSERA_HEADERS}' does not hold ${probe}. Make the folder with "
                            "installer/setup/headless-deps.sh, or leave TESSERA_HEADERS empty.")
    endif()
    add_library(${target} INTERFACE IMPORTED GLOBAL)
    target_include_directories(${target} SYSTEM INTERFACE "${TESSERA_HEADERS}")
    file(WRITE "${CMAKE_FIND_PACKAGE_REDIRECTS_DIR}/${package}-config.cmake" "set(${package}_FOUND TRUE)\n")
endfunction()

tessera_header_library(nlohmann_json nlohmann_json::nlohmann_json nlohmann/json.hpp)
tessera_header_library(tl-expected tl::expected tl/expected.hpp)
tessera_header_library(cli11 CLI11::CLI11 CLI/CLI.hpp)
tessera_header_library(spdlog spdlog::spdlog_header_only spdlog/spdlog.h)
tessera_header_library(fmt fmt::fmt-header-only fmt/format.h)
target_compile_definitions(spdlog::spdlog_header_only INTERFACE SPDLOG_FMT_EXTERNAL FMT_HEADER_ONLY)
target_compile_definitions(fmt::fmt-header-only INTERFACE FMT_HEADER_ONLY)
