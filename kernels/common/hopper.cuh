#pragma once

// The instructions of compute capability 9.0 that C++ has no words for: barriers that count bytes,
// the tensor copy engine, and matrix products of a warp group (PTX ISA 8.x: mbarrier,
// cp.async.bulk.tensor, wgmma, setmaxnreg). For device code compiled for sm_90a.

#include <cuda.h>

#include <cstdint>

namespace tessera::kernels::hopper {

__device__ inline std::uint32_t sharedAddress(const void* pointer) {
    return static_cast<std::uint32_t>(__cvta_generic_to_shared(pointer));
}

// --- Barriers in shared memory -----------------------------------------------------------------

__device__ inline void initBarrier(std::uint32_t barrier, int arrivals) {
    asm volatile("mbarrier.init.shared::cta.b64 [%0], %1;" ::"r"(barrier), "r"(arrivals));
}

__device__ inline void arrive(std::uint32_t barrier) {
    asm volatile("mbarrier.arrive.shared::cta.b64 _, [%0];" ::"r"(barrier) : "memory");
}

// Arrives and lets the barrier wait for so many bytes of copies besides.
__device__ inline void arriveExpecting(std::uint32_t barrier, int bytes) {
    asm volatile("mbarrier.arrive.expect_tx.shared::cta.b64 _, [%0], %1;" ::"r"(barrier), "r"(bytes)
                 : "memory");
}

// Until the phase of that parity is over.
__device__ inline void await(std::uint32_t barrier, std::uint32_t parity) {
    asm volatile(
        "{\n"
        ".reg .pred done;\n"
        "AGAIN:\n"
        "mbarrier.try_wait.parity.shared::cta.b64 done, [%0], %1;\n"
        "@done bra OVER;\n"
        "bra AGAIN;\n"
        "OVER:\n"
        "}\n" ::"r"(barrier),
        "r"(parity)
        : "memory");
}

// After initBarrier(), before other threads come by.
__device__ inline void fenceBarriers() {
    asm volatile("fence.mbarrier_init.release.cluster;" ::: "memory");
}

// --- Barriers among warps ------------------------------------------------------------------------

__device__ inline void syncNamed(int barrier, int threads) {
    asm volatile("bar.sync %0, %1;" ::"r"(barrier), "r"(threads) : "memory");
}

__device__ inline void arriveNamed(int barrier, int threads) {
    asm volatile("bar.arrive %0, %1;" ::"r"(barrier), "r"(threads) : "memory");
}

// --- Copies of tiles -----------------------------------------------------------------------------

__device__ inline void copyTile(const CUtensorMap* map,
                                std::uint32_t barrier,
                                std::uint32_t to,
                                int c0,
                                int c1,
                                int c2,
                                int c3) {
    asm volatile(
        "cp.async.bulk.tensor.4d.shared::cluster.global.mbarrier::complete_tx::bytes"
        " [%0], [%1, {%3, %4, %5, %6}], [%2];" ::"r"(to),
        "l"(map),
        "r"(barrier),
        "r"(c0),
        "r"(c1),
        "r"(c2),
        "r"(c3)
        : "memory");
}

__device__ inline void copyTile(const CUtensorMap* map,
                                std::uint32_t barrier,
                                std::uint32_t to,
                                int c0,
                                int c1,
                                int c2,
                                int c3,
                                int c4) {
    asm volatile(
        "cp.async.bulk.tensor.5d.shared::cluster.global.mbarrier::complete_tx::bytes"
        " [%0], [%1, {%3, %4, %5, %6, %7}], [%2];" ::"r"(to),
        "l"(map),
        "r"(barrier),
        "r"(c0),
        "r"(c1),
        "r"(c2),
        "r"(c3),
        "r"(c4)
        : "memory");
}

// --- Stores --------------------------------------------------------------------------------------

// Four matrices of 8 by 8 numbers of two bytes, each the warp's registers of one number, turned:
// lane l says where row l % 8 of matrix l / 8 begins, a row being what was a column (PTX ISA,
// stmatrix).
__device__ inline void storeTurned(
    std::uint32_t to, std::uint32_t a, std::uint32_t b, std::uint32_t c, std::uint32_t d) {
    asm volatile("stmatrix.sync.aligned.m8n8.x4.trans.shared.b16 [%0], {%1, %2, %3, %4};" ::"r"(to),
                 "r"(a),
                 "r"(b),
                 "r"(c),
                 "r"(d)
                 : "memory");
}

// What this thread stored in shared memory is there for the matrix units and the copy engine.
__device__ inline void fenceShared() {
    asm volatile("fence.proxy.async.shared::cta;" ::: "memory");
}

// Adds to four numbers of device memory, each by itself.
__device__ inline void addInMemory(float* to, float a, float b, float c, float d) {
    asm volatile("red.relaxed.gpu.global.add.v4.f32 [%0], {%1, %2, %3, %4};" ::"l"(to),
                 "f"(a),
                 "f"(b),
                 "f"(c),
                 "f"(d)
                 : "memory");
}

// --- Registers -----------------------------------------------------------------------------------

template <int kRegisters>
__device__ void takeRegisters() {
    asm volatile("setmaxnreg.inc.sync.aligned.u32 %0;" ::"n"(kRegisters));
}

template <int kRegisters>
__device__ void giveRegisters() {
    asm volatile("setmaxnreg.dec.sync.aligned.u32 %0;" ::"n"(kRegisters));
}

// --- Matrix products -----------------------------------------------------------------------------

__device__ inline void beginProducts() {
    asm volatile("wgmma.fence.sync.aligned;" ::: "memory");
}

__device__ inline void commitProducts() {
    asm volatile("wgmma.commit_group.sync.aligned;" ::: "memory");
}

// Until at most so many committed groups are unfinished.
template <int kUnfinished>
__device__ void awaitProducts() {
    asm volatile("wgmma.wait_group.sync.aligned %0;" ::"n"(kUnfinished) : "memory");
}

// Numbers in registers are written before this place and read behind it: the compiler does not know
// that a product works on them in between.
__device__ __forceinline__ void pin(float& value) {
    asm volatile("" : "+f"(value)::"memory");
}

__device__ __forceinline__ void pin(std::uint32_t& value) {
    asm volatile("" : "+r"(value)::"memory");
}

template <typename T, int kCount, int kFirst = 0>
__device__ __forceinline__ void pin(T (&values)[kCount]) {
    if constexpr (kFirst < kCount) {
        pin(values[kFirst]);
        pin<T, kCount, kFirst + 1>(values);
    }
}

// Where a matrix lies in shared memory, as the matrix units read it: rows of kSwizzle bytes whose
// 16-byte parts are exchanged by the copy engine's pattern, eight rows in one piece.
template <int kSwizzle>
struct Layout {
    static_assert(kSwizzle == 32 || kSwizzle == 64 || kSwizzle == 128, "the patterns there are");
    static constexpr int kColumns = kSwizzle / 2;  // of a row, two bytes each
    static constexpr std::uint64_t kPattern = kSwizzle == 128 ? 1 : kSwizzle == 64 ? 2 : 3;

    // `low` of a place in shared memory, with what is added for places further on; `kAcrossBytes`
    // lie between blocks of kColumns columns, which counts where the columns are the operand's
    // outer dimension alone.
    template <int kAcrossBytes>
    __device__ static std::uint32_t low(std::uint32_t address) {
        return (address >> 4) + (kAcrossBytes >> 4 << 16);
    }

    __device__ static std::uint64_t descriptor(std::uint32_t low, int furtherBytes) {
        constexpr std::uint64_t kHigh =
            static_cast<std::uint64_t>((8 * kSwizzle) >> 4) << 32 | kPattern << 62;
        return kHigh | (low + static_cast<std::uint32_t>(furtherBytes >> 4));
    }
};

}  // namespace tessera::kernels::hopper
