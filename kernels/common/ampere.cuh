#pragma once

// The instructions of compute capability 8.0 that C++ has no words for: copies into shared memory
// beside the work, and matrix products of a warp with what they read (PTX ISA 7.x: cp.async,
// ldmatrix, mma). For device code of capability 8.0 or above.

#include "kernels/api/element.h"

#include <cuda_runtime.h>

#include <cstdint>

namespace tessera::kernels::ampere {

__device__ inline std::uint32_t sharedAddress(const void* pointer) {
    return static_cast<std::uint32_t>(__cvta_generic_to_shared(pointer));
}

// The thread's place in its warp. What hangs on it is worked out behind each call anew: kept over a
// loop, it would take registers.
__device__ __forceinline__ int ownLane() {
    int lane;
    asm volatile("mov.u32 %0, %%laneid;" : "=r"(lane));
    return lane;
}

// --- Copies --------------------------------------------------------------------------------------

// 16 bytes, or as many zeros where they are not wanted.
__device__ __forceinline__ void copy16(std::uint32_t to, const void* from, bool isWanted) {
    asm volatile("cp.async.cg.shared.global.L2::128B [%0], [%1], 16, %2;" ::"r"(to),
                 "l"(from),
                 "r"(isWanted ? 16 : 0)
                 : "memory");
}

__device__ __forceinline__ void copy4(std::uint32_t to, const void* from, bool isWanted) {
    asm volatile(
        "cp.async.ca.shared.global [%0], [%1], 4, %2;" ::"r"(to), "l"(from), "r"(isWanted ? 4 : 0)
        : "memory");
}

// The copies of this thread since the last call are a group.
__device__ inline void commitCopies() {
    asm volatile("cp.async.commit_group;" ::: "memory");
}

// Until at most so many groups of this thread are unfinished.
template <int kUnfinished>
__device__ void awaitCopies() {
    asm volatile("cp.async.wait_group %0;" ::"n"(kUnfinished) : "memory");
}

__device__ __forceinline__ void store4(std::uint32_t to, std::uint32_t value) {
    asm volatile("st.shared.b32 [%0], %1;" ::"r"(to), "r"(value) : "memory");
}

// --- Matrix products -----------------------------------------------------------------------------

// Four matrices of 8 by 8 numbers of two bytes, each to one register a lane: lane l says where row
// l % 8 of matrix l / 8 begins. Lane l gets columns 2 (l % 4) and the next of row l / 4.
__device__ __forceinline__ void loadMatrices(std::uint32_t (&to)[4], std::uint32_t from) {
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0, %1, %2, %3}, [%4];"
                 : "=r"(to[0]), "=r"(to[1]), "=r"(to[2]), "=r"(to[3])
                 : "r"(from)
                 : "memory");
}

// The same, turned: a row is what was a column.
__device__ __forceinline__ void loadTurned(std::uint32_t (&to)[4], std::uint32_t from) {
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0, %1, %2, %3}, [%4];"
                 : "=r"(to[0]), "=r"(to[1]), "=r"(to[2]), "=r"(to[3])
                 : "r"(from)
                 : "memory");
}

// c [16 rows, 8 columns] += a [16, 16] b [16, 8]. Lane l has columns 2 (l % 4) and the next of rows
// l / 4 (c[0], c[1]) and l / 4 + 8 (c[2], c[3]).
template <Element kElement>
__device__ __forceinline__ void multiply(float* c,
                                         const std::uint32_t (&a)[4],
                                         std::uint32_t b0,
                                         std::uint32_t b1) {
    if constexpr (kElement == Element::Bf16) {
        asm("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32"
            " {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
            : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
            : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1));
    } else {
        asm("mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32"
            " {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
            : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
            : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1));
    }
}

// --- Tiles in shared memory ----------------------------------------------------------------------

// Rows of kColumns numbers of two bytes without gaps, in pieces of 16 bytes. Four or eight pieces
// of a row change places with one another, so that the same piece of eight rows lies in all the
// banks.
template <int kColumns>
struct Tile {
    static_assert(kColumns == 32 || kColumns == 64 || kColumns == 96 || kColumns == 128);
    static constexpr int kRowBytes = 2 * kColumns;
    static constexpr int kPieces = kColumns / 8;
    static constexpr int kExchanged = kColumns % 64 == 0 ? 8 : 4;

    // Where a piece lies, in bytes from the tile's beginning, which is a multiple of 128.
    __device__ static int offset(int row, int piece) {
        const int by = kExchanged == 8 ? row % 8 : row / 2 % 4;
        return row * kRowBytes + 16 * (piece ^ by);
    }
};

// Which rows and pieces the lanes of loadMatrices() and loadTurned() name, of 16 rows by 2 pieces.
// RowsFirst: matrices 0 and 1 are one piece of rows 0 to 7 and 8 to 15, 2 and 3 the next piece.
// PiecesFirst: 0 and 1 are two pieces of rows 0 to 7, 2 and 3 those of rows 8 to 15.
// A product's first factor is RowsFirst as it lies and PiecesFirst when it is turned; its second
// factor, whose rows are the product's columns, the other way round.
enum class Order { RowsFirst, PiecesFirst };

// The lane's place in a tile.
template <int kColumns, Order kOrder>
class Lane {
public:
    __device__ Lane(std::uint32_t tile, int firstRow) {
        const int lane = ownLane(), upper = lane / 16, middle = lane / 8 % 2;
        const bool isRowsFirst = kOrder == Order::RowsFirst;
        const int row = firstRow + lane % 8 + 8 * (isRowsFirst ? middle : upper);
        m_start = tile + Tile<kColumns>::offset(row, isRowsFirst ? upper : middle);
    }

    // What at() returns is worked out again behind this call: kept, it would take registers.
    __device__ __forceinline__ void forget() { asm volatile("" : "+r"(m_start)); }

    // The same place further on, in another tile of the same kind.
    __device__ __forceinline__ Lane movedBy(int bytes) const {
        Lane moved = *this;
        moved.m_start += bytes;
        return moved;
    }

    // Where the lane's row begins in the 16 rows from `row` on and the two pieces from `column` on,
    // multiples of 16.
    __device__ __forceinline__ std::uint32_t at(int row, int column) const {
        constexpr int kTogether = 8 * Tile<kColumns>::kExchanged;  // columns
        return (m_start ^ (2 * (column % kTogether))) + row * Tile<kColumns>::kRowBytes +
               2 * (column / kTogether * kTogether);
    }

private:
    std::uint32_t m_start;
};

// Copies of rows of a matrix in device memory, kColumns numbers each, by a block of kThreads
// threads.
template <int kColumns, int kThreads>
class Copier {
public:
    // `first`: where row 0 begins. `rowStride` in elements; not kept, to save registers.
    __device__ Copier(const void* first, std::int64_t rowStride)
        : m_from(static_cast<const char*>(first) + ownRow() * rowStride * 2 + ownPiece() * 16) {}

    // kRows rows from `row` on to the first ones of a tile; zeros behind `count`.
    template <int kRows>
    __device__ __forceinline__ void copy(std::uint32_t tile,
                                         std::int64_t rowStride,
                                         std::int64_t row,
                                         int count) const {
        using T = Tile<kColumns>;
        const char* from = m_from + row * rowStride * 2;
        const std::uint32_t to = tile + T::offset(ownRow(), ownPiece());
#pragma unroll
        for (int step = 0; step < kRows; step += kStep) {
            const bool isWanted = ownRow() + step < count;
#pragma unroll
            for (int piece = 0; piece < T::kPieces; piece += kLanes) {
                copy16(to + step * T::kRowBytes + 16 * piece, from + 16 * piece, isWanted);
            }
            from += kStep * rowStride * 2;
        }
    }

private:
    static constexpr int kLanes = Tile<kColumns>::kExchanged;  // of a row: no two in one bank
    static constexpr int kStep = kThreads / kLanes;            // rows at a time
    static_assert(kStep % 8 == 0, "pieces change places alike in all steps");

    __device__ static int ownRow() {
        return static_cast<int>(threadIdx.x / kLanes);
    }

    __device__ static int ownPiece() {
        return static_cast<int>(threadIdx.x % kLanes);
    }

    const char* m_from;
};

}  // namespace tessera::kernels::ampere
