#pragma once

// The model of the last job, kept for the next one. Engine thread.

#include "core/base/result.h"
#include "core/pipeline/loaded_model.h"
#include "core/pipeline/validate.h"

#include <optional>

namespace tessera::engine {

class ModelCache {
public:
    // The model that the request needs: the one in memory when it is the same, else loaded in its
    // place.
    base::Result<const pipeline::LoadedModel*> open(const pipeline::ValidRequest& request);

    // The networks' memory back to the system, and the same networks in the same place again; the
    // pointer that open() returned stays valid.
    void release();
    base::Status reload();

    void clear() { m_model.reset(); }

private:
    std::optional<pipeline::LoadedModel> m_model;
    bool m_isWhole = false;  // not released
};

// Prompt and negative prompt as the model's text encoder reads them, with what a person should know
// about it.
struct ReadPrompt {
    pipeline::PromptTexts texts;
    std::string understoodAs;  // empty when nothing changed
    std::vector<std::string> ignoredWords;
};

ReadPrompt readPrompt(const pipeline::ValidRequest& request);

}  // namespace tessera::engine
