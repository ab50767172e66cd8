#include "core/world/render.h"

#include "core/base/check.h"
#include "core/world/background.h"
#include "core/world/frame_items.h"
#include "core/world/item_raster.h"
#include "core/world/pose.h"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <vector>

namespace tessera::world {

namespace {

struct RowBuffer {
    std::vector<float> values;
    int n = 0;

    explicit RowBuffer(int width, int rowCount = 1)
        : values(static_cast<std::size_t>(width) * 3 * static_cast<std::size_t>(rowCount)),
          n(width) {}

    rows::Planes planes(int row = 0) {
        float* start =
            values.data() + static_cast<std::size_t>(row) * 3 * static_cast<std::size_t>(n);
        const std::ptrdiff_t plane = n;
        return {start, start + plane, start + 2 * plane};
    }
};

// What a style does to the scenery before objects are painted, and to everything afterwards.
void styleScenery(int style, rows::Planes row, int n) {
    if (style == kNeon) {
        rows::darken(row, n, 0.24F, {0.0F, 0.0F, 0.035F});
    } else if (style == kSketch) {
        rows::toneMap(row, n, {0.66F, 0.66F, 0.64F}, {0.99F, 0.985F, 0.96F});
    }
}

void styleAll(int style, rows::Planes row, int n) {
    if (style == kBlackAndWhite) {
        rows::toneMap(row, n, {0.0F, 0.0F, 0.0F}, {1.0F, 1.0F, 1.0F});
    } else if (style == kSepia) {
        rows::toneMap(row, n, {0.16F, 0.09F, 0.03F}, {1.0F, 0.93F, 0.76F});
    }
}

class ClipPainter {
public:
    ClipPainter(const Scene& scene, const View& view, int style)
        : m_scene(scene),
          m_view(view),
          m_style(style),
          m_pixelsPerUnit(static_cast<float>(view.height) / 2.0F),
          m_frameColumns(columnsOf(view)),
          m_background(scene),
          m_raster(m_frameColumns, m_pixelsPerUnit, style),
          m_row(view.windowWidth),
          m_still(!isAnimated(scene.background) && scene.camera == kStaticCamera),
          m_scenery(view.windowWidth, m_still ? view.windowHeight : 1) {}

    void paint(std::uint8_t* rgb, std::uint8_t* ids) {
        const std::size_t rowPixels = static_cast<std::size_t>(m_view.windowWidth);
        for (int i = 0; i < m_view.frames; ++i) {
            beginFrame(m_view.firstFrame + i, i == 0);
            for (int y = 0; y < m_view.windowHeight; ++y) {
                paintRow(y, rgb, ids);
                rgb += rowPixels * 3;
                ids = ids == nullptr ? nullptr : ids + rowPixels;
            }
        }
    }

private:
    static std::vector<float> columnsOf(const View& view) {
        std::vector<float> columns(static_cast<std::size_t>(view.windowWidth));
        for (int i = 0; i < view.windowWidth; ++i) {
            columns[static_cast<std::size_t>(i)] =
                frameCoordinate(view.left + i, view.width, view.height);
        }
        return columns;
    }

    void beginFrame(int frame, bool first) {
        m_items = std::make_unique<FrameItems>(m_scene, frame);
        m_raster.setItems(m_items->items());
        if (m_still && !first) {
            return;
        }
        const double t = timeOf(frame);
        m_camera = cameraAt(m_scene, t);
        m_worldColumns.resize(m_frameColumns.size());
        for (std::size_t i = 0; i < m_frameColumns.size(); ++i) {
            m_worldColumns[i] = static_cast<float>(
                static_cast<double>(m_frameColumns[i]) / m_camera.zoom + m_camera.x);
        }
        m_background.place(m_worldColumns, m_pixelsPerUnit * static_cast<float>(m_camera.zoom), t);
        if (m_still) {
            const std::size_t rowBytes = static_cast<std::size_t>(m_view.windowWidth) * 3;
            m_sceneryBytes.resize(rowBytes * static_cast<std::size_t>(m_view.windowHeight));
            for (int y = 0; y < m_view.windowHeight; ++y) {
                drawScenery(y, m_scenery.planes(y));
                // The bytes of rows that no object touches.
                std::memcpy(m_row.values.data(), m_scenery.planes(y).r, rowBytes * sizeof(float));
                styleAll(m_style, m_row.planes(), m_row.n);
                rows::quantise(m_row.planes(),
                               m_sceneryBytes.data() + rowBytes * static_cast<std::size_t>(y),
                               m_row.n);
            }
        }
    }

    float heightOf(int y) const {
        return frameCoordinate(m_view.top + y, m_view.height, m_view.height);
    }

    void drawScenery(int y, rows::Planes row) {
        const double v = static_cast<double>(heightOf(y)) / m_camera.zoom + m_camera.y;
        m_background.row(static_cast<float>(v), row);
        styleScenery(m_style, row, m_view.windowWidth);
    }

    void paintRow(int y, std::uint8_t* rgb, std::uint8_t* ids) {
        const std::size_t n = static_cast<std::size_t>(m_view.windowWidth);
        if (ids != nullptr) {
            std::memset(ids, 0, n);
        }
        const float frameHeight = heightOf(y);
        const bool touched = m_raster.touches(frameHeight);
        if (m_still && !touched) {
            std::memcpy(rgb, m_sceneryBytes.data() + n * 3 * static_cast<std::size_t>(y), n * 3);
            return;
        }
        const rows::Planes row = m_row.planes();
        if (m_still) {
            std::memcpy(m_row.values.data(), m_scenery.planes(y).r, n * 3 * sizeof(float));
        } else {
            drawScenery(y, row);
        }
        if (touched) {
            m_raster.paintRow(frameHeight, row, ids);
        }
        styleAll(m_style, row, m_row.n);
        rows::quantise(row, rgb, m_row.n);
    }

    const Scene& m_scene;
    View m_view;
    int m_style = 0;
    float m_pixelsPerUnit = 1.0F;
    std::vector<float> m_frameColumns;
    std::vector<float> m_worldColumns;
    Background m_background;
    ItemRaster m_raster;
    std::unique_ptr<FrameItems> m_items;
    CameraPose m_camera;
    RowBuffer m_row;
    bool m_still = false;
    RowBuffer m_scenery;
    std::vector<std::uint8_t> m_sceneryBytes;
};

// Pixel art is the picture at 32 lines, its pixels blown up.
void paintBlocks(const Scene& scene, const View& view, std::uint8_t* rgb, std::uint8_t* ids) {
    const int artColumns = kArtRows * 3 / 2;
    const auto columnOf = [&](int x) { return x * artColumns / view.width; };
    const auto rowOf = [&](int y) { return y * kArtRows / view.height; };
    View blocks = view;
    blocks.width = artColumns;
    blocks.height = kArtRows;
    blocks.left = columnOf(view.left);
    blocks.top = rowOf(view.top);
    blocks.windowWidth = columnOf(view.left + view.windowWidth - 1) + 1 - blocks.left;
    blocks.windowHeight = rowOf(view.top + view.windowHeight - 1) + 1 - blocks.top;
    const std::size_t blockCount = static_cast<std::size_t>(blocks.windowWidth) *
                                   static_cast<std::size_t>(blocks.windowHeight) *
                                   static_cast<std::size_t>(view.frames);
    std::vector<std::uint8_t> colours(blockCount * 3);
    std::vector<std::uint8_t> marks(ids == nullptr ? 0 : blockCount);
    ClipPainter(scene, blocks, kNormalStyle)
        .paint(colours.data(), ids == nullptr ? nullptr : marks.data());
    for (int f = 0; f < view.frames; ++f) {
        for (int y = 0; y < view.windowHeight; ++y) {
            const std::size_t line =
                (static_cast<std::size_t>(f) * static_cast<std::size_t>(blocks.windowHeight) +
                 static_cast<std::size_t>(rowOf(view.top + y) - blocks.top)) *
                static_cast<std::size_t>(blocks.windowWidth);
            for (int x = 0; x < view.windowWidth; ++x) {
                const std::size_t at =
                    line + static_cast<std::size_t>(columnOf(view.left + x) - blocks.left);
                std::copy_n(colours.data() + at * 3, 3, rgb);
                rgb += 3;
                if (ids != nullptr) {
                    *ids++ = marks[at];
                }
            }
        }
    }
}

}  // namespace

View View::whole(int width, int height) {
    View view;
    view.width = width;
    view.height = height;
    view.windowWidth = width;
    view.windowHeight = height;
    return view;
}

void render(const Scene& scene,
            const View& view,
            std::span<std::uint8_t> rgb,
            std::span<std::uint8_t> ids) {
    CHECK(view.width > 0 && view.height > 0, view.width, view.height);
    CHECK(view.left >= 0 && view.windowWidth > 0 && view.left + view.windowWidth <= view.width,
          view.left,
          view.windowWidth,
          view.width);
    CHECK(view.top >= 0 && view.windowHeight > 0 && view.top + view.windowHeight <= view.height,
          view.top,
          view.windowHeight,
          view.height);
    CHECK(view.firstFrame >= 0 && view.frames > 0 && view.firstFrame + view.frames <= kClipFrames,
          view.firstFrame,
          view.frames);
    const std::size_t pixels = static_cast<std::size_t>(view.windowWidth) *
                               static_cast<std::size_t>(view.windowHeight) *
                               static_cast<std::size_t>(view.frames);
    CHECK(rgb.size() == pixels * 3, rgb.size(), pixels * 3);
    CHECK(ids.empty() || ids.size() == pixels, ids.size(), pixels);
    std::uint8_t* marks = ids.empty() ? nullptr : ids.data();
    if (scene.style == kPixelArt) {
        paintBlocks(scene, view, rgb.data(), marks);
    } else {
        ClipPainter(scene, view, scene.style).paint(rgb.data(), marks);
    }
}

base::FrameSequence renderClip(const Scene& scene, int width, int height) {
    base::FrameSequence clip = base::FrameSequence::black(width, height, kClipFrames, kClipFps);
    render(scene, View::whole(width, height), clip.rgb);
    return clip;
}

}  // namespace tessera::world
