#pragma once

// Job numbers as arguments of signals. Qt gives every such type a way through QDataStream, and its
// template for enumerations knows no `unsigned long`, which std::uint64_t is here; these two do.
// To be included by each header with a signal that carries a JobId.

#include "core/jobs/job.h"

#include <QDataStream>

namespace tessera::jobs {

inline QDataStream& operator<<(QDataStream& stream, JobId id) {
    return stream << static_cast<quint64>(value(id));
}

QDataStream& operator>>(QDataStream& stream, JobId& id);

}  // namespace tessera::jobs
