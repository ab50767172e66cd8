#pragma once

// Where each field of the form stands, so that what is wrong with it can be said there. A row may
// hold two fields (frames and fps). GUI thread.

#include "ui/views/form_faults.h"

#include <functional>
#include <vector>

class QWidget;

namespace tessera::ui {

class Field;

class FaultPlaces {
public:
    // `input` gets the outline, `row` the words. Both belong to the panel.
    void add(FormField field, Field* row, QWidget* input);

    // Shows these faults and no others; those without a place are returned.
    std::vector<FormFault> show(const std::vector<FormFault>& faults,
                                const std::function<void(const FormFix&)>& apply);

    QWidget* input(FormField field) const;  // null when it has no place

private:
    struct Place {
        FormField field;
        Field* row;
        QWidget* input;
    };

    void showAt(Field* row,
                const std::vector<FormFault>& faults,
                const std::function<void(const FormFix&)>& apply);

    std::vector<Place> m_places;
};

}  // namespace tessera::ui
