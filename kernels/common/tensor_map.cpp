#include "kernels/common/tensor_map.h"

#include <cuda_runtime_api.h>

#include <algorithm>
#include <array>

namespace tessera::kernels {
namespace {

using Encoder = CUresult (*)(CUtensorMap*,
                             CUtensorMapDataType,
                             cuuint32_t,
                             void*,
                             const cuuint64_t*,
                             const cuuint64_t*,
                             const cuuint32_t*,
                             const cuuint32_t*,
                             CUtensorMapInterleave,
                             CUtensorMapSwizzle,
                             CUtensorMapL2promotion,
                             CUtensorMapFloatOOBfill);

Encoder encoder() {
    static const Encoder known = [] {
        constexpr unsigned kFirstVersion = 12000;  // of the driver interface that has it
        void* found = nullptr;
        cudaDriverEntryPointQueryResult result{};
        const cudaError_t error = cudaGetDriverEntryPointByVersion(
            "cuTensorMapEncodeTiled", &found, kFirstVersion, cudaEnableDefault, &result);
        const bool isThere = error == cudaSuccess && result == cudaDriverEntryPointSuccess;
        return reinterpret_cast<Encoder>(isThere ? found : nullptr);
    }();
    return known;
}

// Dimensions from the innermost; strides in elements, of every dimension but the first.
template <std::size_t kRank>
bool encode(const void* data,
            Element element,
            const std::array<std::int64_t, kRank>& sizes,
            const std::array<std::int64_t, kRank - 1>& strides,
            int boxRows,
            int swizzle,
            CUtensorMap& map) {
    std::array<cuuint64_t, kRank> extents{};
    std::array<cuuint64_t, kRank - 1> bytes{};
    std::array<cuuint32_t, kRank> box{}, each{};
    for (std::size_t i = 0; i < kRank; ++i) {
        extents[i] = static_cast<cuuint64_t>(std::max<std::int64_t>(1, sizes[i]));
        box[i] = each[i] = 1;
    }
    for (std::size_t i = 0; i + 1 < kRank; ++i) {
        bytes[i] = static_cast<cuuint64_t>(2 * strides[i]);
    }
    box[0] = static_cast<cuuint32_t>(swizzle / 2);
    box[1] = static_cast<cuuint32_t>(boxRows);
    return encoder() != nullptr &&
           encoder()(&map,
                     element == Element::Fp16 ? CU_TENSOR_MAP_DATA_TYPE_FLOAT16
                                              : CU_TENSOR_MAP_DATA_TYPE_BFLOAT16,
                     static_cast<cuuint32_t>(kRank),
                     const_cast<void*>(data),
                     extents.data(),
                     bytes.data(),
                     box.data(),
                     each.data(),
                     CU_TENSOR_MAP_INTERLEAVE_NONE,
                     swizzle == 128 ? CU_TENSOR_MAP_SWIZZLE_128B : CU_TENSOR_MAP_SWIZZLE_64B,
                     CU_TENSOR_MAP_L2_PROMOTION_L2_256B,
                     CU_TENSOR_MAP_FLOAT_OOB_FILL_NONE) == CUDA_SUCCESS;
}

// The first rows of every head.
bool encodeRows(
    const MappedRows& rows, std::int64_t count, int boxRows, int swizzle, CUtensorMap& map) {
    const AttentionShape& s = rows.shape;
    return encode<4>(rows.data,
                     rows.element,
                     {s.headSize, count, s.heads, s.batch},
                     {rows.strides.row, rows.strides.head, rows.strides.batch},
                     boxRows,
                     swizzle,
                     map);
}

}  // namespace

bool mapRows(const MappedRows& rows, int boxRows, int swizzle, CUtensorMap& map) {
    return encodeRows(rows, rows.shape.rows(), boxRows, swizzle, map);
}

bool mapText(const MappedRows& rows, int boxRows, int swizzle, CUtensorMap& map) {
    return encodeRows(rows, rows.shape.text, boxRows, swizzle, map);
}

bool mapFrames(const MappedRows& rows, int boxRows, int swizzle, CUtensorMap& map) {
    const AttentionShape& s = rows.shape;
    return encode<5>(
        static_cast<const std::uint16_t*>(rows.data) + s.text * rows.strides.row,
        rows.element,
        {s.headSize, s.tokens, s.frames, s.heads, s.batch},
        {rows.strides.row, s.tokens * rows.strides.row, rows.strides.head, rows.strides.batch},
        boxRows,
        swizzle,
        map);
}

}  // namespace tessera::kernels
