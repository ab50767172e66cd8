#include "ui/bridge/disk_worker.h"

#include "core/media/clip_metadata.h"
#include "core/media/clip_reader.h"
#include "ui/bridge/task_thread.h"
#include "ui/bridge/text.h"

#include <QPointer>
#include <QVector>

#include <algorithm>
#include <exception>
#include <string>
#include <utility>

namespace tessera::ui {

using base::Result;

namespace {

constexpr const char* kThumbnailKey = "thumbnail:";
constexpr int kMaxThumbnailFrames = 16;

// A thumbnail is made from the beginning of a long clip: this much is decoded for it, no more.
constexpr std::uint64_t kMaxThumbnailBytes = 256u << 20;
constexpr int kMaxThumbnailSource = 240;

// What a player holds at most: 29 frames of 4K take 720 MB.
constexpr std::uint64_t kMaxClipBytes = 1'500'000'000u;

// A decoder may run out of memory, or trip over a file that no test has.
template <class Value, class Read>
Result<Value> guarded(Read read) {
    try {
        return read();
    } catch (const std::exception& exception) {
        return base::fail(base::ErrorCode::BadFile,
                          std::string("The file could not be read: ") + exception.what() + ".",
                          "Check the file, or free memory.",
                          "DiskWorker");
    }
}

QImage scaledFrame(const base::FrameSequence& frames, int index, int width) {
    const QImage whole(frames.frame(index).data(),
                       frames.width,
                       frames.height,
                       static_cast<qsizetype>(frames.width) * 3,
                       QImage::Format_RGB888);
    // RGB32 is what a painter draws without another conversion; it also makes the copy its own.
    return (frames.width > width ? whole.scaledToWidth(width, Qt::SmoothTransformation) : whole)
        .convertToFormat(QImage::Format_RGB32);
}

Result<QVector<QImage>> readThumbnail(const std::filesystem::path& clip, int width) {
    const Result<media::ClipInfo> info = media::clipInfo(clip);
    if (!info) {
        return base::fail(info.error());
    }
    const std::uint64_t frameBytes = std::max<std::uint64_t>(
        static_cast<std::uint64_t>(info->width) * static_cast<std::uint64_t>(info->height) * 3, 1);
    media::ReadOptions options;
    options.maxFrames = static_cast<int>(
        std::clamp<std::uint64_t>(kMaxThumbnailBytes / frameBytes, 1, kMaxThumbnailSource));
    const Result<base::FrameSequence> frames = media::readClip(clip, options);
    if (!frames) {
        return base::fail(frames.error());
    }
    QVector<QImage> images;
    const int count = std::min(frames->frames, kMaxThumbnailFrames);
    images.reserve(count);
    for (int i = 0; i < count; ++i) {
        images.push_back(scaledFrame(*frames, i * frames->frames / count, std::max(width, 1)));
    }
    return images;
}

Result<jobs::Recipe> readRecipeOf(const std::filesystem::path& file) {
    const Result<std::string> text = media::readRecipe(file);
    if (!text) {
        return base::fail(text.error());
    }
    return jobs::parseRecipe(*text, file.filename().string());
}

}  // namespace

class DiskWorker::Private {
public:
    TaskThread thread;
};

DiskWorker::DiskWorker(QObject* parent) : QObject(parent), m_private(std::make_unique<Private>()) {}

// Joined while this is still whole: answers on their way are dropped with the object's queued
// calls.
DiskWorker::~DiskWorker() {
    m_private->thread.requestStop();
    m_private->thread.join();
}

void DiskWorker::askThumbnail(const std::filesystem::path& clip, int width) {
    m_private->thread.addBackground(
        kThumbnailKey + clip.string(), [this, clip, width](const std::stop_token&) {
            const Result<QVector<QImage>> images =
                guarded<QVector<QImage>>([&] { return readThumbnail(clip, width); });
            QMetaObject::invokeMethod(
                this,
                [this, clip, frames = images.value_or(QVector<QImage>())] {
                    Q_EMIT thumbnailReady(toQt(clip), frames);
                },
                Qt::QueuedConnection);
        });
}

void DiskWorker::dropThumbnails() {
    m_private->thread.drop(kThumbnailKey);
}

void DiskWorker::askClip(const std::filesystem::path& clip) {
    m_private->thread.replace("clip", [this, clip](const std::stop_token& stop) {
        media::ReadOptions options;
        options.maxBytes = kMaxClipBytes;
        Result<base::FrameSequence> read =
            guarded<base::FrameSequence>([&] { return media::readClip(clip, options, stop); });
        if (!read) {
            QMetaObject::invokeMethod(
                this,
                [this, clip, error = read.error()] { Q_EMIT clipFailed(toQt(clip), error); },
                Qt::QueuedConnection);
            return;
        }
        const auto frames = std::make_shared<const base::FrameSequence>(std::move(*read));
        QMetaObject::invokeMethod(
            this,
            [this, clip, frames] { Q_EMIT clipReady(toQt(clip), frames); },
            Qt::QueuedConnection);
    });
}

void DiskWorker::askRecipe(const std::filesystem::path& file) {
    m_private->thread.add([this, file](const std::stop_token&) {
        const Result<jobs::Recipe> recipe =
            guarded<jobs::Recipe>([&] { return readRecipeOf(file); });
        QMetaObject::invokeMethod(
            this,
            [this, file, recipe] {
                if (recipe) {
                    Q_EMIT recipeReady(toQt(file), *recipe);
                } else {
                    Q_EMIT recipeFailed(toQt(file), recipe.error());
                }
            },
            Qt::QueuedConnection);
    });
}

void DiskWorker::run(QObject* context, std::function<void()> work, std::function<void()> done) {
    // The pointer is copied on the other thread and looked at on this one alone.
    m_private->thread.add([this,
                           guard = QPointer<QObject>(context),
                           isBound = context != nullptr,
                           work = std::move(work),
                           done = std::move(done)](const std::stop_token&) {
        work();
        QMetaObject::invokeMethod(
            this,
            [guard, isBound, done] {
                if (done && (guard || !isBound)) {
                    done();
                }
            },
            Qt::QueuedConnection);
    });
}

}  // namespace tessera::ui
