#include "ui/translations.h"

#include "core/base/paths.h"
#include "ui/bridge/text.h"

#include <QCoreApplication>
#include <QLibraryInfo>
#include <QLocale>
#include <QTranslator>

namespace tessera::ui {

void installTranslations(QCoreApplication& application) {
    const auto resources = base::resourcesFolder();
    auto* own = new QTranslator(&application);
    if (!resources || !own->load(QLocale(),
                                 QStringLiteral("tessera"),
                                 QStringLiteral("_"),
                                 toQt(*resources / "translations"))) {
        // Words of Qt in another language than ours would be worse than none.
        delete own;
        return;
    }
    QCoreApplication::installTranslator(own);
    auto* qt = new QTranslator(&application);
    if (qt->load(QLocale(),
                 QStringLiteral("qtbase"),
                 QStringLiteral("_"),
                 QLibraryInfo::path(QLibraryInfo::TranslationsPath))) {
        QCoreApplication::installTranslator(qt);
    }
}

}  // namespace tessera::ui
