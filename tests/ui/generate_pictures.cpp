#include "tests/ui/generate_pictures.h"

#include "core/jobs/recipe.h"
#include "core/media/clip_writer.h"
#include "core/world/render.h"
#include "core/world/scene.h"
#include "tests/ui/fake_studio.h"
#include "ui/theme.h"
#include "ui/views/generate_workspace.h"

#include <QApplication>
#include <QTemporaryDir>
#include <QTest>

#include <iterator>
#include <memory>
#include <utility>

namespace tessera::test {

namespace {

// A library with something to show, made by the procedural world.
void fillLibrary(Studio& studio, const QString& folder) {
    const char* prompts[] = {"orange fish",
                             "two boats on the sea",
                             "a house, snow",
                             "a red rocket",
                             "a striped ball",
                             "a butterfly over flowers"};
    for (std::uint64_t i = 0; i < std::size(prompts); ++i) {
        pipeline::GenerationResult result;
        result.path = (folder + QStringLiteral("/clip-%1.mp4").arg(i)).toStdString();
        result.frames = std::make_shared<const base::FrameSequence>(
            world::renderClip(world::makeScene(20 + i), 192, 128));
        result.effective.prompt = prompts[i];
        result.effective.width = 192;
        result.effective.height = 128;
        result.effective.videoFrames = result.frames->frames;
        result.effective.fps = 8.0;
        if (media::writeClip(result.path, *result.frames)) {
            studio.library.addResult(result, jobs::makeRecipe(result.effective, result));
        }
    }
}

}  // namespace

int grabGenerate(QApplication& application, const QString& folder) {
    const std::pair<ui::ThemeChoice, const char*> themes[] = {
        {ui::ThemeChoice::Light, "light"},
        {ui::ThemeChoice::Dark, "dark"},
        {ui::ThemeChoice::HighContrast, "contrast"}};
    for (const auto& [theme, word] : themes) {
        ui::applyTheme(application, theme);
        const QTemporaryDir data;
        Studio studio(data.path());
        ui::GenerateWorkspace workspace(studio.services());
        const QByteArray small = qgetenv("TESSERA_GRAB_SMALL");
        workspace.resize(small.isEmpty() ? QSize(1600, 900) : QSize(1280, 620));
        workspace.show();
        fillLibrary(studio, data.path());
        QTest::qWait(1500);
        for (const QString& state : workspace.screenshotStates()) {
            workspace.showScreenshotState(state);
            QTest::qWait(150);
            workspace.grab().save(
                QStringLiteral("%1/generate-%2-%3.png").arg(folder, state, QLatin1String(word)));
        }
    }
    return 0;
}

}  // namespace tessera::test
