#include "ui/dialogs/about_dialog.h"

#include "core/base/version.h"
#include "ui/bridge/text.h"
#include "ui/dialogs/dialog_parts.h"
#include "ui/style/fonts.h"
#include "ui/style/icons.h"
#include "ui/style/style.h"
#include "ui/theme.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

namespace tessera::ui {
namespace {

constexpr int kWidth = 720;

// A citation is copied as it stands into papers and is in no language of the window.
QString citation() {
    return QStringLiteral(
        "@article{ding2025efficientvdit,\n"
        "  title   = {Efficient-vDiT: Efficient Video Diffusion Transformers with Attention "
        "Tile},\n"
        "  author  = {Hangliang Ding and Dacheng Li and Runlong Su and Peiyuan Zhang and\n"
        "             Zhijie Deng and Ion Stoica and Hao Zhang},\n"
        "  journal = {arXiv preprint arXiv:2502.06155},\n"
        "  year    = {2025}\n"
        "}");
}

}  // namespace

AboutDialog::AboutDialog(QWidget* parent) : QDialog(parent) {
    QVBoxLayout* layout = startDialog(*this, QStringLiteral("about"), tr("About Tessera"));
    auto* title = new QLabel(tr("Tessera %1").arg(toQt(base::versionText())), this);
    title->setObjectName(QStringLiteral("about.version"));
    QFont large = bold(bigNumberFont());
    large.setFamily(bodyFont().family());
    title->setFont(large);
    layout->addWidget(title);
    layout->addWidget(
        paragraph(tr("Video from text on your own machine, made faster by leaving out "
                     "attention that does not matter."),
                  this));
    layout->addWidget(heading(tr("Made with"), this));
    const std::vector<QStringList> parts = {
        {QStringLiteral("Qt %1").arg(QString::fromLatin1(qVersion())),
         tr("window"),
         QStringLiteral("LGPL-3.0")},
        {QStringLiteral("LibTorch"), tr("tensors"), QStringLiteral("BSD-3-Clause")},
        {QStringLiteral("FFmpeg, libx264"),
         tr("clips in and out"),
         QStringLiteral("GPL-2.0-or-later")},
        {QStringLiteral("OpenCV"), tr("frames"), QStringLiteral("Apache-2.0")},
        {QStringLiteral("SQLite, SQLiteCpp"),
         tr("queue and library"),
         QStringLiteral("public domain, MIT")},
        {QStringLiteral("nlohmann-json, CLI11, spdlog, fmt, tl-expected"),
         tr("JSON, options, log, results"),
         QStringLiteral("MIT, BSD-3-Clause, CC0-1.0")}};
    auto* table = plainTable(QStringLiteral("about.parts"),
                             {tr("Library"), tr("For"), tr("Licence")},
                             parts,
                             0,
                             {},
                             this);
    table->setAccessibleName(tr("Libraries and their licences"));
    layout->addWidget(table);
    layout->addWidget(quietText(tr("Tessera is free software under the GNU General Public License, "
                                   "version 3 or later. It comes without warranty."),
                                this));
    layout->addWidget(heading(tr("The paper"), this));
    auto* cite = selectable(citation(), this);
    cite->setObjectName(QStringLiteral("about.citation"));
    cite->setAccessibleName(tr("Citation"));
    cite->setWordWrap(false);
    layout->addWidget(cite);

    auto* buttons = new QHBoxLayout;
    auto* copy = dialogButton(QStringLiteral("about.copy"), tr("Copy citation"), nullptr, this);
    copy->setIcon(icon(QStringLiteral("copy")));
    auto* close = dialogButton(QStringLiteral("about.close"), tr("Close"), nullptr, this);
    buttons->addStretch();
    buttons->addWidget(copy);
    buttons->addWidget(close);
    layout->addLayout(buttons);
    connect(copy, &QPushButton::clicked, this, [] {
        QGuiApplication::clipboard()->setText(citation());
    });
    connect(close, &QPushButton::clicked, this, &QDialog::accept);
    close->setFocus();
    fitToWidth(*this, kWidth);
}

}  // namespace tessera::ui
