#include "ui/views/fault_places.h"

#include "ui/style/style.h"
#include "ui/widgets/field.h"

#include <QStringList>

#include <algorithm>

namespace tessera::ui {

void FaultPlaces::add(FormField field, Field* row, QWidget* input) {
    m_places.push_back({field, row, input});
}

QWidget* FaultPlaces::input(FormField field) const {
    const auto found = std::ranges::find(m_places, field, &Place::field);
    return found == m_places.end() ? nullptr : found->input;
}

std::vector<FormFault> FaultPlaces::show(const std::vector<FormFault>& faults,
                                         const std::function<void(const FormFix&)>& apply) {
    std::vector<Field*> rows;
    for (const Place& place : m_places) {
        if (std::ranges::find(rows, place.row) == rows.end()) {
            rows.push_back(place.row);
            showAt(place.row, faults, apply);
        }
    }
    std::vector<FormFault> homeless;
    std::ranges::copy_if(faults, std::back_inserter(homeless), [this](const FormFault& fault) {
        return input(fault.field) == nullptr;
    });
    return homeless;
}

void FaultPlaces::showAt(Field* row,
                         const std::vector<FormFault>& faults,
                         const std::function<void(const FormFix&)>& apply) {
    QStringList words;
    std::vector<Fix> fixes;
    const auto faultAt = [&](const Place& place) {
        return std::ranges::find(faults, place.field, &FormFault::field);
    };
    for (const Place& place : m_places) {
        const auto fault = faultAt(place);
        if (place.row != row || fault == faults.end()) {
            continue;
        }
        words.append(fault->message);
        for (const FormFix& fix : fault->fixes) {
            fixes.push_back({fix.text, [apply, fix] { apply(fix); }});
        }
    }
    if (words.isEmpty()) {
        row->clearFault();
        return;
    }
    row->setFault(words.join(QLatin1Char('\n')), std::move(fixes));
    // The row outlines the first of its inputs; of two it may be the other that is wrong.
    for (const Place& place : m_places) {
        if (place.row == row && place.input != row->input()) {
            setFault(place.input, faultAt(place) != faults.end());
        }
    }
}

}  // namespace tessera::ui
