#include "core/world/render.h"

#include "core/base/check.h"

#include <array>
#include <cstdint>
#include <cstdlib>
#include <set>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace tessera::world {
namespace {

std::uint64_t fnv(const std::vector<std::uint8_t>& bytes) {
    std::uint64_t hash = 14695981039346656037ULL;
    for (const std::uint8_t byte : bytes) {
        hash = (hash ^ byte) * 1099511628211ULL;
    }
    return hash;
}

std::vector<std::uint8_t> idsOf(const Scene& scene,
                                const View& view,
                                std::vector<std::uint8_t>& rgb) {
    const std::size_t pixels = static_cast<std::size_t>(view.windowWidth) *
                               static_cast<std::size_t>(view.windowHeight) *
                               static_cast<std::size_t>(view.frames);
    rgb.resize(pixels * 3);
    std::vector<std::uint8_t> ids(pixels);
    render(scene, view, rgb, ids);
    return ids;
}

// Scenes of every kind, background, style and weather are among these: the test below says so.
std::vector<Scene> mixedScenes(int count) {
    std::vector<Scene> scenes;
    for (int i = 0; i < count; ++i) {
        scenes.push_back(makeScene(static_cast<std::uint64_t>(i)));
    }
    return scenes;
}

TEST(Render, BytesOfSixteenClipsArePinned) {
    constexpr std::array<std::uint64_t, 16> kPinned = {0x5ba0a69264ed9e2eULL,
                                                       0x2bef2f0195a367d7ULL,
                                                       0x573be0385331a53eULL,
                                                       0x31d3f3aecf0c7ce5ULL,
                                                       0x7da59d2f666796fdULL,
                                                       0x9efabc3178c3fcbdULL,
                                                       0xeb249d8f73379fc8ULL,
                                                       0x6dcecce9374a97a5ULL,
                                                       0xabaca12504498ffeULL,
                                                       0x9cd7e2e127252bbbULL,
                                                       0xac4af3cb99e585faULL,
                                                       0x601ab8c006585efaULL,
                                                       0xaa3bc25a2ec3c8eeULL,
                                                       0xe2dd34dc276792d1ULL,
                                                       0xdfe6220d66c1265eULL,
                                                       0xbac32ef056a90952ULL};
    for (std::size_t i = 0; i < kPinned.size(); ++i) {
        const Scene scene = makeScene(1000 + i);
        const base::FrameSequence clip = renderClip(scene, 192, 128);
        EXPECT_EQ(fnv(clip.rgb), kPinned[i]) << "seed " << 1000 + i;
    }
}

TEST(Render, CropEqualsTheSameRegionOfTheWholeForEveryKindOfScene) {
    std::set<int> backgrounds;
    std::set<int> styles;
    std::set<int> weathers;
    std::set<int> cameras;
    std::set<int> motions;
    for (const Scene& scene : mixedScenes(160)) {
        backgrounds.insert(scene.background);
        styles.insert(scene.style);
        weathers.insert(scene.weather);
        cameras.insert(scene.camera);
        for (const Object& object : scene.objects) {
            motions.insert(object.motion);
        }
        View whole = View::whole(144, 96);
        whole.firstFrame = 11;
        whole.frames = 5;
        View crop = whole;
        crop.left = 37;
        crop.top = 19;
        crop.windowWidth = 61;
        crop.windowHeight = 43;
        crop.firstFrame = 13;
        crop.frames = 2;
        std::vector<std::uint8_t> wholeRgb;
        std::vector<std::uint8_t> cropRgb;
        const std::vector<std::uint8_t> wholeIds = idsOf(scene, whole, wholeRgb);
        const std::vector<std::uint8_t> cropIds = idsOf(scene, crop, cropRgb);
        std::size_t at = 0;
        std::size_t different = 0;
        for (int f = 0; f < crop.frames; ++f) {
            for (int y = 0; y < crop.windowHeight; ++y) {
                for (int x = 0; x < crop.windowWidth; ++x, ++at) {
                    const std::size_t there = static_cast<std::size_t>(
                        ((f + 2) * 96 + y + crop.top) * 144 + x + crop.left);
                    different += cropIds[at] != wholeIds[there] ? 1 : 0;
                    for (std::size_t c = 0; c < 3; ++c) {
                        different += cropRgb[at * 3 + c] != wholeRgb[there * 3 + c] ? 1 : 0;
                    }
                }
            }
        }
        ASSERT_EQ(different, 0U) << "seed " << scene.seed << " background " << scene.background
                                 << " style " << scene.style;
    }
    EXPECT_EQ(backgrounds.size(), static_cast<std::size_t>(kBackgroundCount));
    EXPECT_EQ(styles.size(), static_cast<std::size_t>(kStyleCount));
    EXPECT_EQ(weathers.size(), static_cast<std::size_t>(kWeatherCount));
    EXPECT_EQ(cameras.size(), static_cast<std::size_t>(kCameraCount));
    EXPECT_EQ(motions.size(), static_cast<std::size_t>(kMotionCount));
}

TEST(Render, FourThreadsGiveTheBytesOfOne) {
    constexpr std::size_t kClips = 12;
    std::vector<base::FrameSequence> alone;
    for (std::size_t i = 0; i < kClips; ++i) {
        alone.push_back(renderClip(makeScene(i), 96, 64));
    }
    std::vector<base::FrameSequence> together(kClips);
    std::vector<std::thread> threads;
    for (std::size_t k = 0; k < 4; ++k) {
        threads.emplace_back([k, &together] {
            for (std::size_t i = k; i < kClips; i += 4) {
                together[i] = renderClip(makeScene(i), 96, 64);
            }
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    EXPECT_EQ(alone, together);
}

TEST(Render, IdsDoNotChangeTheColours) {
    for (const Scene& scene : mixedScenes(20)) {
        std::vector<std::uint8_t> rgb;
        idsOf(scene, View::whole(96, 64), rgb);
        ASSERT_EQ(rgb, renderClip(scene, 96, 64).rgb);
    }
}

TEST(Render, SizesShowTheSameClip) {
    // The mean colour over a coarse grid of cells does not depend on the resolution.
    const auto cellMeans = [](const base::FrameSequence& clip) {
        std::vector<double> means(6 * 4 * 3);
        for (int y = 0; y < clip.height; ++y) {
            for (int x = 0; x < clip.width; ++x) {
                const int cell = (y * 4 / clip.height) * 6 + x * 6 / clip.width;
                for (int c = 0; c < 3; ++c) {
                    means[static_cast<std::size_t>(cell * 3 + c)] +=
                        clip.frame(14)[static_cast<std::size_t>((y * clip.width + x) * 3 + c)];
                }
            }
        }
        for (double& mean : means) {
            mean *= 24.0 / (clip.width * clip.height);
        }
        return means;
    };
    for (const Scene& scene : mixedScenes(40)) {
        if (scene.style == 3 || scene.style == 5) {
            continue;  // lines of neon and sketches have a least width in pixels
        }
        const std::vector<double> small = cellMeans(renderClip(scene, 192, 128));
        const std::vector<double> large = cellMeans(renderClip(scene, 384, 256));
        for (std::size_t i = 0; i < small.size(); ++i) {
            ASSERT_NEAR(small[i], large[i], 4.0) << "seed " << scene.seed;
        }
    }
}

TEST(Render, ViewOutsideTheFrameIsAProgrammersMistake) {
    const Scene scene = makeScene(1);
    View view = View::whole(96, 64);
    view.left = 1;
    std::vector<std::uint8_t> rgb(96 * 64 * 3 * kClipFrames);
    EXPECT_THROW(render(scene, view, rgb), base::LogicError);
    EXPECT_THROW(render(scene, View::whole(96, 64), std::span(rgb).first(10)), base::LogicError);
}

TEST(Render, EveryMotionChangesThePicture) {
    for (int motion = 1; motion < kMotionCount; ++motion) {
        Scene scene;
        Object object;
        object.shapeClass = 12;
        object.diameter = 0.8;
        object.motion = motion;
        scene.objects = {object};
        std::vector<std::uint8_t> rgb;
        const std::vector<std::uint8_t> ids = idsOf(scene, View::whole(96, 64), rgb);
        const std::size_t frame = 96 * 64;
        std::size_t changed = 0;
        for (const std::size_t later : {3U, 9U, 17U}) {
            std::size_t here = 0;
            for (std::size_t i = 0; i < frame; ++i) {
                here += ids[i] != ids[later * frame + i] ? 1 : 0;
            }
            changed = here > changed ? here : changed;
        }
        EXPECT_GT(changed, frame / 100) << motionNames()[static_cast<std::size_t>(motion)];
    }
}

}  // namespace
}  // namespace tessera::world
