#pragma once

// Names for new clips: when, what, which seed; never one that exists or was given out before. Any
// thread.

#include <QDateTime>
#include <QSet>
#include <QString>

#include <cstdint>
#include <filesystem>

namespace tessera::ui {

// "2026-11-23-220501-red-balloon-rising-481516.mp4" in `folder`; `given` remembers what waiting
// jobs were promised.
std::filesystem::path newClipPath(const QString& folder,
                                  const QString& prompt,
                                  std::uint64_t seed,
                                  const QDateTime& now,
                                  QSet<QString>& given);

}  // namespace tessera::ui
