#include "core/base/paths.h"

#include "tests/support/expect_error.h"
#include "tests/support/temporary_folder.h"

#include <cstdlib>
#include <optional>

#include <gtest/gtest.h>

namespace tessera::base {
namespace {

// Sets an environment variable for one test; a null value unsets it.
class Environment {
public:
    Environment(const char* variable, const char* value) : m_variable(variable) {
        if (const char* before = std::getenv(variable); before != nullptr) {
            m_before = before;
        }
        set(value);
    }

    ~Environment() { set(m_before ? m_before->c_str() : nullptr); }

    Environment(const Environment&) = delete;
    Environment& operator=(const Environment&) = delete;

private:
    void set(const char* value) {
        if (value == nullptr) {
            ::unsetenv(m_variable);
        } else {
            ::setenv(m_variable, value, 1);
        }
    }

    const char* m_variable;
    std::optional<std::string> m_before;
};

TEST(DataFolder, FollowsXdgThenHome) {
    const Environment home("HOME", "/home/somebody");
    {
        const Environment xdg("XDG_DATA_HOME", "/data");
        EXPECT_EQ(dataFolder(), "/data/tessera");
        EXPECT_EQ(clipsFolder(), "/data/tessera/clips");
    }
    {
        const Environment xdg("XDG_DATA_HOME", "relative/is/ignored");
        EXPECT_EQ(dataFolder(), "/home/somebody/.local/share/tessera");
    }
    const Environment xdg("XDG_DATA_HOME", nullptr);
    EXPECT_EQ(dataFolder(), "/home/somebody/.local/share/tessera");
}

TEST(DataFolder, IsAbsoluteWithoutAnyVariable) {
    const Environment home("HOME", nullptr);
    const Environment xdg("XDG_DATA_HOME", nullptr);
    EXPECT_TRUE(dataFolder().is_absolute());
}

TEST(DataFolder, TheChosenOneWins) {
    const Environment xdg("XDG_DATA_HOME", "/data");
    setDataFolder("/elsewhere");
    EXPECT_EQ(dataFolder(), "/elsewhere");
    EXPECT_EQ(clipsFolder(), "/elsewhere/clips");
    setDataFolder({});
    EXPECT_EQ(dataFolder(), "/data/tessera");
}

TEST(ResourcesFolder, FollowsItsVariable) {
    const tests::TemporaryFolder folder;
    const Environment resources("TESSERA_RESOURCES", folder.path().c_str());
    EXPECT_EQ(resourcesFolder(), folder.path());
}

TEST(ResourcesFolder, AVariableThatPointsNowhereIsNotPassedOver) {
    const Environment resources("TESSERA_RESOURCES", "/no/such/folder");
    tests::expectError(resourcesFolder(), ErrorCode::NotFound, "/no/such/folder");
}

TEST(ResourcesFolder, PrefersTheInstallationOverTheSourceTree) {
    const Environment resources("TESSERA_RESOURCES", nullptr);
    const auto prefix = std::filesystem::read_symlink("/proc/self/exe").parent_path().parent_path();
    const auto installed = prefix / "share" / "tessera";
    ASSERT_FALSE(std::filesystem::exists(installed));
    std::filesystem::create_directories(installed);
    const auto found = resourcesFolder();
    std::filesystem::remove_all(prefix / "share");
    EXPECT_EQ(found, installed);

    const std::filesystem::path source = std::filesystem::path(TESSERA_SOURCE_DIR) / "resources";
    if (std::filesystem::exists(source)) {
        EXPECT_EQ(resourcesFolder(), source);
    } else {
        tests::expectError(resourcesFolder(), ErrorCode::NotFound, "TESSERA_RESOURCES");
    }
}

}  // namespace
}  // namespace tessera::base
