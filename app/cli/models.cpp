// tessera models: lists, checks and hashes model folders.

#include "app/cli/command.h"
#include "app/cli/model_report.h"
#include "core/base/format.h"
#include "core/base/json.h"
#include "core/engine/make_engine.h"

namespace tessera::cli {

using base::ErrorCode;
using base::Json;
using base::Result;

namespace {

class ModelsCommand final : public Command {
public:
    const CommandText& text() const override { return m_text; }

    void addFlags(FlagSet& flags) override;
    int run(Console& console, FlagSet& flags, const Interrupts& interrupts) override;

private:
    enum class Action { List, Check, Hash };

    int list(Console& console) const;
    int check(Console& console, const Interrupts& interrupts) const;
    int hash(Console& console, const Interrupts& interrupts) const;

    CommandText m_text{"models",
                       "List the models, check a model folder, or print its hash.",
                       "tessera models list"};
    Action m_action = Action::List;
    std::filesystem::path m_folder;
};

void ModelsCommand::addFlags(FlagSet& flags) {
    flags.choice(
        "action",
        {"list", "check", "hash"},
        [this](std::size_t index) { m_action = static_cast<Action>(index); },
        "What to do (default: list)");
    flags.path("folder", m_folder, "Model folder (default: the bundled model)");
}

int ModelsCommand::run(Console& console, FlagSet&, const Interrupts& interrupts) {
    switch (m_action) {
        case Action::List:
            if (!m_folder.empty()) {
                return console.fail({ErrorCode::BadInput,
                                     "'models list' takes no folder.",
                                     "Use 'tessera models check " + m_folder.string() + "'.",
                                     "folder"});
            }
            return list(console);
        case Action::Check:
            return check(console, interrupts);
        case Action::Hash:
            break;
    }
    return hash(console, interrupts);
}

int ModelsCommand::list(Console& console) const {
    const Result<std::vector<engine::ModelInfo>> models = engine::listModels();
    if (!models) {
        return console.fail(models.error());
    }
    Json json = Json::array();
    for (const engine::ModelInfo& model : *models) {
        printModel(console, model);
        json.push_back(modelJson(model));
    }
    if (models->empty()) {
        console.print("No model was found.");
    }
    console.printJson(Json{{"models", json}});
    return console.finish();
}

int ModelsCommand::check(Console& console, const Interrupts& interrupts) const {
    const Result<engine::ModelInfo> model = engine::inspectModel(m_folder, interrupts.token());
    if (!model) {
        return console.fail(model.error());
    }
    printModel(console, *model);
    console.print(model->problems.empty()
                      ? std::string("All parts are there and whole.")
                      : std::to_string(model->problems.size()) + " problems found.");
    console.printJson(modelJson(*model));
    const int code = console.finish();
    return code != 0 || model->problems.empty() ? code : base::exitCode(ErrorCode::BadModel);
}

int ModelsCommand::hash(Console& console, const Interrupts& interrupts) const {
    const Result<std::string> hash = engine::hashModel(m_folder, interrupts.token());
    if (!hash) {
        return console.fail(hash.error());
    }
    console.print(*hash);
    console.printJson(Json{{"folder", m_folder.string()}, {"hash", *hash}});
    return console.finish();
}

}  // namespace

std::unique_ptr<Command> makeModelsCommand() {
    return std::make_unique<ModelsCommand>();
}

}  // namespace tessera::cli
