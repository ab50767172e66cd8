#pragma once

// What is wrong with the fields of a form: errors of the engine, and what the form sees itself,
// mapped to fields, each with the one or two changes that mend it. Plain values. GUI thread.

#include "core/base/error.h"
#include "ui/views/generation_form.h"

#include <QString>

#include <functional>
#include <optional>
#include <vector>

namespace tessera::ui {

// A change of the form that takes a fault away: a verb, and what it does.
struct FormFix {
    QString text;                             // "Use 29"
    std::function<void(FormValues&)> change;  // may be empty
    std::optional<double> maxRamGb;           // another memory limit in the settings
};

struct FormFault {
    FormField field = FormField::Other;
    QString message;
    std::vector<FormFix> fixes;
    base::ErrorCode code = base::ErrorCode::BadInput;

    // What the engine warns of before the start but might still run: memory is only estimated.
    bool isWarning() const { return code == base::ErrorCode::OutOfMemory; }
};

// The field that an error of a generation speaks of, by Error::where, else by its kind.
FormField fieldOf(const base::Error& error);

// The error at its field, with fixes from its hint and from what the model offers.
FormFault faultOf(const base::Error& error, const GenerationForm& form);

// What the form sees without the engine. An empty prompt counts only when `promptMatters`: nobody
// is told off for a field that was not reached yet.
std::vector<FormFault> localFaults(const GenerationForm& form, bool promptMatters);

// The request with the faulty field left to the model, to find out what else is wrong.
void neutralise(pipeline::GenerationRequest& request, FormField field);

// "2 fields to fix: Frames, Size"; empty when all is well.
QString faultSummary(const std::vector<FormFault>& faults);

}  // namespace tessera::ui
