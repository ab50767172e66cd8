#pragma once

// Pictures of every state of the Generate workspace in every theme, to be laid beside the mock-ups.

#include <QString>

class QApplication;

namespace tessera::test {

// Writes "generate-<state>-<theme>.png" into `folder`. Returns the exit status.
int grabGenerate(QApplication& application, const QString& folder);

}  // namespace tessera::test
