# One interface target carries language level, warnings and sanitizer; every target of the project links it.

if(NOT CMAKE_BUILD_TYPE)
    set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}")

find_program(TESSERA_CCACHE ccache)
if(TESSERA_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
    # The key holds no path of this checkout, so that every clone shares the cache; precompiled headers need these
    # allowances to be cached at all.
    set(CMAKE_CXX_COMPILER_LAUNCHER
        "${CMAKE_COMMAND};-E;env;CCACHE_BASEDIR=${CMAKE_SOURCE_DIR};CCACHE_NOHASHDIR=1;CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime;${TESSERA_CCACHE}")
endif()

add_library(project_options INTERFACE)
target_compile_features(project_options INTERFACE cxx_std_20)
set(CMAKE_CXX_EXTENSIONS OFF)
target_include_directories(project_options INTERFACE "${CMAKE_SOURCE_DIR}")
# -ffp-contract=off: the renderer's bytes and the schedulers' tables are the same on every x86-64.
target_compile_options(project_options INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Woverloaded-virtual -ffp-contract=off)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # -Wno-restrict: GCC 12 sees overlap in std::string's own operator+ (GCC bug 105651).
    target_compile_options(project_options INTERFACE -fpch-preprocess -Wno-restrict)
endif()
if(TESSERA_WERROR)
    target_compile_options(project_options INTERFACE -Werror)
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
        # GCC 12's flow analysis sees faults inside libstdc++'s own vectors and strings, others at every level of
        # optimisation (GCC bugs 105329, 105651, 107852): these stay warnings.
        target_compile_options(project_options INTERFACE
            -Wno-error=array-bounds -Wno-error=stringop-overflow -Wno-error=stringop-overread
            -Wno-error=maybe-uninitialized -Wno-error=free-nonheap-object)
    endif()
endif()
if(TESSERA_SANITIZE)
    set(tessera_sanitize -fsanitize=${TESSERA_SANITIZE} -fno-omit-frame-pointer)
    if(TESSERA_SANITIZE STREQUAL "address")
        list(APPEND tessera_sanitize -fsanitize=undefined -fno-sanitize-recover=undefined)
    endif()
    target_compile_options(project_options INTERFACE ${tessera_sanitize})
    target_link_options(project_options INTERFACE ${tessera_sanitize})
endif()
if(TESSERA_FUZZ)
    target_compile_options(project_options INTERFACE -fsanitize=fuzzer-no-link)
    file(REMOVE "${CMAKE_BINARY_DIR}/fuzz_targets.txt")
endif()
find_package(Threads REQUIRED)
target_link_libraries(project_options INTERFACE Threads::Threads)
