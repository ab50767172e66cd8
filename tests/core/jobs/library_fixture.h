#pragma once

// A library in a folder of its own, and clips for it.

#include "core/jobs/library.h"
#include "tests/support/temporary_folder.h"

#include <ctime>
#include <fstream>

#include <gtest/gtest.h>

namespace tessera::jobs::test {

// Noon of a day where the test runs.
inline std::int64_t noon(int year, int month, int day) {
    std::tm time{};
    time.tm_year = year - 1900;
    time.tm_mon = month - 1;
    time.tm_mday = day;
    time.tm_hour = 12;
    time.tm_isdst = -1;
    return static_cast<std::int64_t>(std::mktime(&time));
}

class LibraryFixture : public testing::Test {
protected:
    void SetUp() override { m_library = open(); }

    std::filesystem::path database() const { return m_folder / "data" / "library.sqlite"; }

    std::filesystem::path clips() const { return m_folder / "clips"; }

    std::unique_ptr<Library> open() const {
        auto library = Library::open(database());
        EXPECT_TRUE(library) << base::describe(library.error());
        return library ? std::move(*library) : nullptr;
    }

    void writeFile(const std::filesystem::path& path, const std::string& text) const {
        std::filesystem::create_directories(path.parent_path());
        std::ofstream(path) << text;
    }

    LibraryClip clipOf(const std::string& name, const std::string& prompt) const {
        LibraryClip clip;
        clip.path = clips() / name;
        clip.madeAt = noon(2026, 11, 23);
        clip.bytes = 1400;
        clip.width = 384;
        clip.height = 256;
        clip.frames = 29;
        clip.fps = 8.0;
        clip.secondsTotal = 17.1;
        clip.recipe.asked.prompt = prompt;
        clip.recipe.asked.stage = pipeline::Stage::Sparse;
        clip.recipe.asked.width = 384;
        clip.recipe.asked.height = 256;
        clip.recipe.asked.videoFrames = 29;
        clip.recipe.asked.fps = 8.0;
        clip.recipe.asked.steps = 20;
        clip.recipe.asked.seed = 481515;
        clip.recipe.asked.model = "/models/Tessera-Small";
        clip.recipe.modelHash = "71d0aaaabbbbe3aa";
        return clip;
    }

    std::int64_t add(const LibraryClip& clip, bool withFile = true) {
        if (withFile) {
            writeFile(clip.path, "clip " + clip.path.filename().string());
        }
        const auto row = m_library->add(clip);
        EXPECT_TRUE(row) << base::describe(row.error());
        return row.value_or(0);
    }

    // Two clips that differ in everything a search can ask for.
    void addTwo() {
        LibraryClip balloon = clipOf("balloon.mp4", "a Red Balloon rising over green hills");
        balloon.rating = 4;
        balloon.tags = {"keep", "figure 8"};
        add(balloon);
        LibraryClip fish = clipOf("fish.gif", "an orange fish swims, slowly");
        fish.madeAt = noon(2026, 11, 20);
        fish.width = 288;
        fish.height = 192;
        fish.frames = 13;
        fish.fps = 24.0;
        fish.secondsTotal = 200.4;
        fish.rating = 1;
        fish.tags = {"sea"};
        fish.recipe.asked.stage = pipeline::Stage::Base;
        fish.recipe.asked.steps = 100;
        fish.recipe.asked.seed = 18446744073709551615u;
        fish.recipe.asked.negativePrompt = "blurry";
        fish.recipe.asked.model = "/models/Other";
        fish.recipe.modelHash = "3f0b0000111177aa";
        fish.recipe.asked.cfgScale = 7.5;
        fish.recipe.asked.precision = pipeline::Precision::Bf16;
        fish.recipe.asked.device = {pipeline::DeviceChoice::Kind::Cuda, 1};
        add(fish);
    }

    // The names of the clips found, without suffix.
    std::string found(const std::string& text,
                      LibraryQuery::Order order = LibraryQuery::Order::NewestFirst) const {
        const auto clips = m_library->find({text, order});
        if (!clips) {
            return base::describe(clips.error());
        }
        std::string names;
        for (const LibraryClip& clip : *clips) {
            names += (names.empty() ? "" : " ") + clip.path.stem().string();
        }
        return names;
    }

    tests::TemporaryFolder m_folder;
    std::unique_ptr<Library> m_library;
};

}  // namespace tessera::jobs::test
