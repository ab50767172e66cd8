#include "ui/dialogs/start_refused_dialog.h"

#include "ui/bridge/text.h"
#include "ui/dialogs/dialog_parts.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

namespace tessera::ui {

StartRefusedDialog::StartRefusedDialog(const base::Error& error) {
    constexpr int kWidth = 460;
    QVBoxLayout* layout = startDialog(*this, QStringLiteral("refused"), tr("Tessera"));
    layout->addWidget(heading(tr("Tessera does not open"), this));
    QLabel* what = paragraph(toQt(error.message), this);
    what->setObjectName(QStringLiteral("refused.what"));
    layout->addWidget(what);
    layout->addWidget(quietText(toQt(error.hint), this));
    auto* buttons = new QHBoxLayout;
    QPushButton* close =
        dialogButton(QStringLiteral("refused.close"), tr("Close"), "primary", this);
    connect(close, &QPushButton::clicked, this, &QDialog::accept);
    buttons->addStretch();
    buttons->addWidget(close);
    layout->addLayout(buttons);
    close->setDefault(true);
    close->setFocus();
    fitToWidth(*this, kWidth);
}

}  // namespace tessera::ui
