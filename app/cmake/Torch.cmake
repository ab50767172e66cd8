# Imports LibTorch as tessera_torch: the CPU part (libtorch_cpu, libc10), and the CUDA part when it is there and wanted.
# The wheel's own CMake package cannot be used: it fails where no CUDA toolkit is installed.
#   -DTorch_DIR=<libtorch>/share/cmake/Torch   another LibTorch than the one in build/env
# Sets TESSERA_HAS_CUDA, and TESSERA_CUDA_COMPILER where the kernels can be built as well.

if(Torch_DIR)
    get_filename_component(TESSERA_TORCH_ROOT "${Torch_DIR}/../../.." ABSOLUTE)
else()
    file(GLOB tessera_torch_found "${CMAKE_SOURCE_DIR}/build/env/lib/python3*/site-packages/torch")
    list(APPEND tessera_torch_found "${CMAKE_SOURCE_DIR}/build/env")
    list(GET tessera_torch_found 0 TESSERA_TORCH_ROOT)
endif()
if(NOT EXISTS "${TESSERA_TORCH_ROOT}/include/ATen/ATen.h")
    message(FATAL_ERROR "LibTorch was not found in '${TESSERA_TORCH_ROOT}'. Run 'make build' once, which installs it "
                        "into build/env, or pass -DTorch_DIR=<libtorch>/share/cmake/Torch.")
endif()

function(tessera_import_library name)
    add_library(${name} SHARED IMPORTED GLOBAL)
    set_target_properties(${name} PROPERTIES IMPORTED_LOCATION "${TESSERA_TORCH_ROOT}/lib/lib${name}.so")
endfunction()

add_library(tessera_torch INTERFACE)
target_include_directories(tessera_torch SYSTEM INTERFACE
    "${TESSERA_TORCH_ROOT}/include" "${TESSERA_TORCH_ROOT}/include/torch/csrc/api/include")
tessera_import_library(torch_cpu)
tessera_import_library(c10)
target_link_libraries(tessera_torch INTERFACE torch_cpu c10)
# LibTorch's own OpenMP runtime, for the files that call at::parallel_for(): it is a template, serial unless they are
# compiled with -fopenmp, and a second runtime would bring a second pool of threads.
if(EXISTS "${TESSERA_TORCH_ROOT}/lib/libgomp.so.1")
    target_link_libraries(tessera_torch INTERFACE "${TESSERA_TORCH_ROOT}/lib/libgomp.so.1")
else()
    target_link_libraries(tessera_torch INTERFACE gomp)
endif()
# The operators without the training front end: <torch/torch.h> is refused, <ATen/ATen.h> is not.
target_compile_definitions(tessera_torch INTERFACE TORCH_ASSERT_ONLY_METHOD_OPERATORS)

# The wheel always holds libtorch_cuda.so; it loads only where the CUDA libraries stand beside it (the CUDA edition).
set(TESSERA_HAS_CUDA OFF)
file(GLOB tessera_cuda_libraries
    "${TESSERA_TORCH_ROOT}/lib/libcublasLt*.so*"
    "${TESSERA_TORCH_ROOT}/../nvidia/cu13/lib/libcublasLt.so*"
    "${TESSERA_TORCH_ROOT}/../nvidia/cublas/lib/libcublasLt.so*"
    "/usr/local/cuda/lib64/libcublasLt.so*")
if(TESSERA_CUDA AND tessera_cuda_libraries AND EXISTS "${TESSERA_TORCH_ROOT}/lib/libtorch_cuda.so")
    find_path(TESSERA_CUDA_INCLUDE cuda_runtime_api.h
        HINTS "${CUDAToolkit_ROOT}/include" "$ENV{CUDA_HOME}/include" /usr/local/cuda/include
              "${TESSERA_TORCH_ROOT}/../nvidia/cu13/include" NO_CMAKE_SYSTEM_PATH)
    if(TESSERA_CUDA_INCLUDE)
        set(TESSERA_HAS_CUDA ON)
        tessera_import_library(torch_cuda)
        tessera_import_library(c10_cuda)
        target_include_directories(tessera_torch SYSTEM INTERFACE "${TESSERA_CUDA_INCLUDE}")
        # The runtime that LibTorch itself loads (by its versioned name): inline functions of its headers call it.
        find_file(TESSERA_CUDART libcudart.so.13
            HINTS "${TESSERA_TORCH_ROOT}/lib" "${TESSERA_TORCH_ROOT}/../nvidia/cu13/lib" "${CUDAToolkit_ROOT}/lib64"
                  /usr/local/cuda/lib64 REQUIRED)
        # Nothing of ours refers to a symbol of libtorch_cuda directly: it registers its operators when loaded.
        target_link_libraries(tessera_torch INTERFACE
            -Wl,--no-as-needed torch_cuda c10_cuda -Wl,--as-needed "${TESSERA_CUDART}" -Wl,--allow-shlib-undefined)
    endif()
endif()
set(TESSERA_CUDA_COMPILER OFF)
if(TESSERA_HAS_CUDA)
    if(CUDAToolkit_ROOT AND NOT CMAKE_CUDA_COMPILER AND EXISTS "${CUDAToolkit_ROOT}/bin/nvcc")
        set(CMAKE_CUDA_COMPILER "${CUDAToolkit_ROOT}/bin/nvcc")
    endif()
    include(CheckLanguage)
    check_language(CUDA)
    if(CMAKE_CUDA_COMPILER)
        set(CMAKE_CUDA_ARCHITECTURES "${TESSERA_CUDA_ARCHS}")
        set(CMAKE_CUDA_COMPILER_LAUNCHER "${CMAKE_CXX_COMPILER_LAUNCHER}")
        enable_language(CUDA)
        set(TESSERA_CUDA_COMPILER ON)
    endif()
endif()
message(STATUS "LibTorch: ${TESSERA_TORCH_ROOT} (CUDA part: ${TESSERA_HAS_CUDA}, compiler: ${TESSERA_CUDA_COMPILER})")
