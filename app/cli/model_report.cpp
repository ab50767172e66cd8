#include "app/cli/model_report.h"

#include "core/base/format.h"
#include "core/base/json.h"
#include "core/jobs/request_json.h"

namespace tessera::cli {

using base::Json;

void printModel(Console& console, const engine::ModelInfo& model) {
    console.print(model.name + (model.isBundled ? " (bundled)" : "") + ": " + model.architecture);
    console.print("  folder      " + model.folder.string());
    if (!model.hash.empty()) {
        console.print("  hash        " + model.hash);
    }
    std::string stages;
    for (const std::string& stage : model.stages) {
        stages += (stages.empty() ? "" : ", ") + stage;
    }
    console.print("  stages      " + (stages.empty() ? std::string("-") : stages));
    std::string sizes;
    for (const auto& [width, height] : model.sizes) {
        sizes += (sizes.empty() ? "" : ", ") + std::to_string(width);
        sizes += "x" + std::to_string(height);
    }
    if (!sizes.empty()) {
        console.print("  sizes       " + sizes);
    }
    console.print("  parameters  " + std::to_string(model.parameters) + ", " +
                  base::byteSize(model.bytes));
    for (const engine::ComponentInfo& component : model.components) {
        console.print("    " + component.name + "  " + component.architecture + "  " +
                      std::to_string(component.parameters) + "  " + component.dtype + "  " +
                      base::byteSize(component.bytes));
    }
    for (const std::string& problem : model.problems) {
        console.print("  problem     " + problem);
    }
}

Json modelJson(const engine::ModelInfo& model) {
    Json components = Json::array();
    for (const engine::ComponentInfo& component : model.components) {
        components.push_back(Json{{"name", component.name},
                                  {"architecture", component.architecture},
                                  {"parameters", component.parameters},
                                  {"dtype", component.dtype},
                                  {"bytes", component.bytes}});
    }
    Json sizes = Json::array();
    for (const auto& [width, height] : model.sizes) {
        sizes.push_back(Json{{"width", width}, {"height", height}});
    }
    return Json{{"name", model.name},
                {"folder", model.folder.string()},
                {"bundled", model.isBundled},
                {"architecture", model.architecture},
                {"hash", model.hash},
                {"stages", model.stages},
                {"sizes", sizes},
                {"parameters", model.parameters},
                {"bytes", model.bytes},
                {"components", components},
                {"defaults", jobs::toJson(model.defaults)},
                {"problems", model.problems}};
}

}  // namespace tessera::cli
