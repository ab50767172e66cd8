#pragma once

// The words for a job's phase and state, as status line, queue and dialogs show them. GUI thread.

#include "ui/models/queue_model.h"

#include <QString>

#include <string>
#include <vector>

namespace tessera::ui {

QString phaseWord(const QString& phase);                   // "denoise" -> "Denoise"
QString stateWord(JobState state);                         // "Waiting", "Stopping…", ...
QString stepWords(const QueueRow& row);                    // "step 13 of 20"; empty when not known
QString masksWord(const std::vector<std::string>& masks);  // "dense", "2:6", "8 masks"
QString shortPrompt(const QString& prompt);                // one line of at most 60 letters

}  // namespace tessera::ui
