#include "ui/style/style.h"

namespace tessera::ui {

Style::Style() : QProxyStyle(QStringLiteral("Fusion")) {}

}  // namespace tessera::ui
