// tessera doctor: what this machine has, how quick it is, what is missing and how to get it.

#include "app/cli/command.h"
#include "core/base/format.h"
#include "core/base/json.h"
#include "core/base/version.h"
#include "core/engine/make_engine.h"
#include "core/jobs/request_json.h"

#include <algorithm>

namespace tessera::cli {

using base::Json;

namespace {

// Long enough for a product to settle on a slow machine, short enough to be run without thinking.
constexpr double kBudgetSeconds = 3.0;
constexpr double kMaxBudgetSeconds = 60.0;

std::string cell(std::string text, std::size_t width) {
    text.resize(std::max(text.size(), width), ' ');
    return text + "  ";
}

std::string note(const std::string& text) {
    return text.empty() ? "" : "  (" + text + ")";
}

void printReport(Console& console, const engine::DoctorReport& report) {
    console.print(std::string("Tessera ") + base::versionText());
    console.print("Devices");
    for (const engine::DeviceReport& device : report.devices) {
        console.print("  " + cell(device.name, 8) + device.model + ", " +
                      base::byteSize(device.memoryBytes) + ", " + base::byteSize(device.freeBytes) +
                      " free" + note(device.note));
    }
    std::string sets;
    for (const std::string& set : report.instructionSets) {
        sets += (sets.empty() ? "" : " ") + set;
    }
    console.print("  " + cell("threads", 8) + std::to_string(report.threads));
    console.print("  " + cell("has", 8) + (sets.empty() ? "-" : sets));
    console.print("  " + cell("auto", 8) + report.defaultDevice + ", " + report.defaultPrecision);
    console.print("Libraries");
    for (const engine::LibraryReport& library : report.libraries) {
        console.print("  " + cell(library.name, 16) + library.version);
    }
    console.print("One matrix product");
    for (const engine::ProductTime& product : report.products) {
        std::string line = "  " + cell(product.device, 8) + cell(product.precision, 6);
        if (product.seconds > 0.0) {
            line += std::to_string(product.size) + "x" + std::to_string(product.size) + "  " +
                    base::fixed(product.seconds * 1000.0, 2) + " ms  " +
                    base::fixed(product.gflops, 0) + " GFLOP/s";
        }
        console.print(line + note(product.note));
    }
    console.print("Folders");
    for (const engine::FolderReport& folder : report.folders) {
        console.print("  " + cell(folder.what, 12) + folder.path.string() + ", " +
                      (folder.isWritable ? "writable, " : "not writable, ") +
                      base::byteSize(folder.freeBytes) + " free");
    }
    console.print(report.missing.empty() ? "Nothing is missing." : "Missing");
    for (const engine::MissingPart& part : report.missing) {
        console.print("  " + part.what + ": " + part.consequence + " " + part.remedy);
    }
}

Json reportJson(const engine::DoctorReport& report) {
    Json devices = Json::array();
    for (const engine::DeviceReport& device : report.devices) {
        devices.push_back(Json{{"name", device.name},
                               {"model", device.model},
                               {"memory_bytes", device.memoryBytes},
                               {"free_bytes", device.freeBytes},
                               {"note", device.note}});
    }
    Json libraries = Json::object();
    for (const engine::LibraryReport& library : report.libraries) {
        libraries[library.name] = library.version;
    }
    Json products = Json::array();
    for (const engine::ProductTime& product : report.products) {
        products.push_back(Json{{"device", product.device},
                                {"precision", product.precision},
                                {"size", product.size},
                                {"seconds", jobs::plainNumber(product.seconds)},
                                {"gflops", jobs::plainNumber(product.gflops)},
                                {"note", product.note}});
    }
    Json folders = Json::array();
    for (const engine::FolderReport& folder : report.folders) {
        folders.push_back(Json{{"what", folder.what},
                               {"path", folder.path.string()},
                               {"writable", folder.isWritable},
                               {"free_bytes", folder.freeBytes}});
    }
    Json missing = Json::array();
    for (const engine::MissingPart& part : report.missing) {
        missing.push_back(
            Json{{"what", part.what}, {"consequence", part.consequence}, {"remedy", part.remedy}});
    }
    return Json{{"version", base::versionText()},
                {"devices", devices},
                {"libraries", libraries},
                {"instruction_sets", report.instructionSets},
                {"threads", report.threads},
                {"default_device", report.defaultDevice},
                {"default_precision", report.defaultPrecision},
                {"matrix_products", products},
                {"folders", folders},
                {"missing", missing}};
}

class DoctorCommand final : public Command {
public:
    const CommandText& text() const override { return m_text; }

    void addFlags(FlagSet& flags) override {
        flags.number("--seconds",
                     m_budgetSeconds,
                     0.1,
                     kMaxBudgetSeconds,
                     "Time for the matrix products (default: 3)");
    }

    int run(Console& console, FlagSet&, const Interrupts& interrupts) override {
        const engine::DoctorReport report =
            engine::examineMachine(m_budgetSeconds, interrupts.token());
        if (interrupts.token().stop_requested()) {
            return console.fail({base::ErrorCode::Cancelled,
                                 "The examination was interrupted.",
                                 "Run the command again.",
                                 {}});
        }
        printReport(console, report);
        console.printJson(reportJson(report));
        return console.finish();
    }

private:
    CommandText m_text{"doctor",
                       "Examine this machine: devices, libraries, speed, folders, what is missing.",
                       "tessera doctor --json"};
    double m_budgetSeconds = kBudgetSeconds;
};

}  // namespace

std::unique_ptr<Command> makeDoctorCommand() {
    return std::make_unique<DoctorCommand>();
}

}  // namespace tessera::cli
