#pragma once

// Paints the items of a frame into rows: signed distances of their parts in their bounding boxes,
// turned into soft edges. One ItemRaster belongs to one thread.

#include "core/world/frame_items.h"
#include "core/world/row_kernels.h"

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace tessera::world {

// Indices into styleNames().
inline constexpr int kNormalStyle = 0;
inline constexpr int kBlackAndWhite = 1;
inline constexpr int kPixelArt = 2;
inline constexpr int kNeon = 3;
inline constexpr int kSepia = 4;
inline constexpr int kSketch = 5;

inline constexpr int kArtRows = 32;  // of blocks in pixel art: 8 pixels each at 256 lines

// Frame coordinate of a pixel's centre along an axis of `extent` pixels; the frame is 2 high.
float frameCoordinate(int pixel, int extent, int frameHeight);

class ItemRaster {
public:
    // columns: frame x of the pixels of a row, equally spaced.
    ItemRaster(std::span<const float> columns, float pixelsPerUnit, int style);

    // The items of the coming rows; they must outlive their drawing.
    void setItems(const std::vector<Item>& items);

    // Whether any item can touch the row at frame height y.
    bool touches(float y) const;

    // Paints all items over the row; marks ids when given.
    void paintRow(float y, rows::Planes row, std::uint8_t* ids);

    // Marks alone, of one object (its id) or of all (0).
    void markRow(float y, std::uint8_t id, std::uint8_t* ids);

private:
    struct Span {
        float top = 0.0F;
        float bottom = 0.0F;
        int first = 0;
        int last = 0;
    };

    struct Placed {
        const Item* item = nullptr;
        Span span;
        std::vector<Span> parts;
        float cosine = 1.0F;
        float sine = 0.0F;
        float inverse = 1.0F;  // shape units per frame unit
        float pixels = 1.0F;   // pixels per shape unit
        float x = 0.0F;
        float y = 0.0F;
    };

    Span spanOf(const Item& item, const Bounds& bounds, float cosine, float sine) const;
    bool localise(const Placed& placed, float y);
    void distances(const Item& item, const Part& part, int offset, int n);
    void paintPart(
        const Placed& placed, const Part& part, int offset, int n, float y, rows::Planes row);

    std::span<const float> m_columns;
    float m_pixelsPerUnit = 1.0F;
    int m_style = 0;
    std::vector<Placed> m_placed;
    std::vector<float> m_x, m_y, m_d, m_other, m_mask, m_share;
};

}  // namespace tessera::world
