#pragma once

// Disk work off the GUI thread and off the engine's: thumbnails, clips for the player, recipes of
// dropped files, free space. One thread; requests of one kind replace waiting ones where that is
// said. GUI thread for all functions and signals.

#include "core/base/frames.h"
#include "core/base/result.h"
#include "core/jobs/recipe.h"

#include <QImage>
#include <QObject>
#include <QString>

#include <filesystem>
#include <functional>
#include <memory>

namespace tessera::ui {

class DiskWorker final : public QObject {
    Q_OBJECT

public:
    explicit DiskWorker(QObject* parent = nullptr);
    ~DiskWorker() override;  // drops what waits, joins

    // Frames of a clip scaled to at most `width` pixels, at most 16 of them: moving thumbnails.
    // Answers with thumbnailReady(); a path that waits already is not queued twice.
    void askThumbnail(const std::filesystem::path& clip, int width);
    void dropThumbnails();  // forget those that wait (the view scrolled on)

    // The whole clip for a player. A newer question replaces a waiting one.
    void askClip(const std::filesystem::path& clip);

    // The recipe inside a clip (MP4, GIF, PNG) or a JSON file.
    void askRecipe(const std::filesystem::path& file);

    // Anything else, once: `work` on the disk thread (it must not throw), then `done` on the GUI
    // thread unless `context` is gone. Both are dropped when the worker is deleted before.
    void run(QObject* context, std::function<void()> work, std::function<void()> done);

Q_SIGNALS:
    void thumbnailReady(const QString& clip, const QVector<QImage>& frames);  // empty = unreadable
    void clipReady(const QString& clip, const tessera::base::SharedFrames& frames);
    void clipFailed(const QString& clip, const tessera::base::Error& error);
    void recipeReady(const QString& file, const tessera::jobs::Recipe& recipe);
    void recipeFailed(const QString& file, const tessera::base::Error& error);

private:
    class Private;
    std::unique_ptr<Private> m_private;
};

}  // namespace tessera::ui
