#pragma once

// What one cell of the queue shows: words, icons and colours of a row. Used by the queue's model
// alone. GUI thread.

#include "ui/models/queue_model.h"

namespace tessera::ui {

QVariant queueCell(const QueueRow& row, int column, int role);

}  // namespace tessera::ui
