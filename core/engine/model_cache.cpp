#include "core/engine/model_cache.h"

#include "core/world/caption.h"

#include <utility>

namespace tessera::engine {

base::Result<const pipeline::LoadedModel*> ModelCache::open(const pipeline::ValidRequest& request) {
    const bool same = m_model && m_isWhole && m_model->folder == request.effective.model &&
                      m_model->device == request.device && m_model->dtype == request.dtype;
    if (!same) {
        m_model.reset();  // the old one goes first: two models may not fit
        auto loaded = pipeline::loadModel(request.effective.model, request.dtype, request.device);
        if (!loaded) {
            return base::fail(loaded.error());
        }
        m_model = std::move(*loaded);
        m_isWhole = true;
    }
    return &*m_model;
}

void ModelCache::release() {
    m_isWhole = false;
    pipeline::release(*m_model);
}

base::Status ModelCache::reload() {
    base::Status reloaded = pipeline::reload(*m_model);
    m_isWhole = reloaded.has_value();
    return reloaded;
}

ReadPrompt readPrompt(const pipeline::ValidRequest& request) {
    ReadPrompt read;
    read.texts = request.texts;
    if (request.card.closedVocabulary) {
        const world::Understood prompt = world::understand(request.texts.prompt);
        read.texts = {prompt.text, world::understand(request.texts.negative).text};
        read.ignoredWords = prompt.ignoredWords;
        if (prompt.changed) {
            read.understoodAs = prompt.text;
        }
    }
    return read;
}

}  // namespace tessera::engine
