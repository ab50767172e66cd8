#include "ui/bridge/job_id.h"

namespace tessera::jobs {

QDataStream& operator>>(QDataStream& stream, JobId& id) {
    quint64 number = 0;
    stream >> number;
    id = JobId{number};
    return stream;
}

}  // namespace tessera::jobs
