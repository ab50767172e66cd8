#include "ui/style/icons.h"

#include "core/base/check.h"
#include "ui/theme.h"

#include <QFile>
#include <QHash>
#include <QIconEngine>
#include <QPainter>
#include <QPixmapCache>
#include <QSvgRenderer>

#include <algorithm>

// Outside of all namespaces, as the macro demands; it also makes the linker keep the drawings of a
// static library.
static void loadIconResource() {
    Q_INIT_RESOURCE(icons);
}

namespace tessera::ui {
namespace {

QString pathOf(const QString& name) {
    return QStringLiteral(":/icons/") + name + QStringLiteral(".svg");
}

const QByteArray& drawing(const QString& name) {
    static QHash<QString, QByteArray> drawings;
    const auto known = drawings.constFind(name);
    if (known != drawings.constEnd()) {
        return known.value();
    }
    CHECK(hasIcon(name), name.toStdString());
    QFile file(pathOf(name));
    CHECK(file.open(QIODevice::ReadOnly), name.toStdString());
    return drawings.insert(name, file.readAll()).value();
}

QPixmap render(const QString& name, int pixels, const QColor& colour) {
    QByteArray svg = drawing(name);
    svg.replace("currentColor", colour.name(QColor::HexRgb).toLatin1());
    QSvgRenderer renderer(svg);
    QPixmap pixmap(pixels, pixels);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setOpacity(colour.alphaF());
    renderer.render(&painter, QRectF(0, 0, pixels, pixels));
    return pixmap;
}

QPixmap cached(const QString& name, int pixels, const QColor& colour) {
    const QString key = QStringLiteral("tessera-icon/%1/%2/%3")
                            .arg(name)
                            .arg(pixels)
                            .arg(colour.name(QColor::HexArgb));
    QPixmap pixmap;
    if (!QPixmapCache::find(key, &pixmap)) {
        pixmap = render(name, pixels, colour);
        QPixmapCache::insert(key, pixmap);
    }
    return pixmap;
}

// Takes the colour when it paints: what is on screen follows the theme.
class IconEngine final : public QIconEngine {
public:
    explicit IconEngine(QString name) : m_name(std::move(name)) {}

    void paint(QPainter* painter,
               const QRect& rect,
               QIcon::Mode mode,
               QIcon::State state) override {
        const int size = std::min(rect.width(), rect.height());
        const QPixmap drawn =
            iconPixmap(m_name, size, colour(mode, state), painter->device()->devicePixelRatio());
        painter->drawPixmap(
            rect.x() + (rect.width() - size) / 2, rect.y() + (rect.height() - size) / 2, drawn);
    }

    QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State state) override {
        return cached(m_name, std::min(size.width(), size.height()), colour(mode, state));
    }

    // In Qt 6 `size` is in device pixels already.
    QPixmap scaledPixmap(const QSize& size,
                         QIcon::Mode mode,
                         QIcon::State state,
                         qreal pixelRatio) override {
        QPixmap drawn = pixmap(size, mode, state);
        drawn.setDevicePixelRatio(pixelRatio);
        return drawn;
    }

    QSize actualSize(const QSize& size, QIcon::Mode, QIcon::State) override {
        const int side = std::min(size.width(), size.height());
        return {side, side};
    }

    QString iconName() override { return m_name; }

    bool isNull() override { return false; }

    QString key() const override { return QStringLiteral("tessera"); }

    QIconEngine* clone() const override { return new IconEngine(m_name); }

private:
    static QColor colour(QIcon::Mode mode, QIcon::State state) {
        const Theme& theme = currentTheme();
        if (mode == QIcon::Disabled) {
            return theme.disabled;
        }
        return mode == QIcon::Selected || state == QIcon::On ? theme.selectionText : theme.icon;
    }

    QString m_name;
};

}  // namespace

bool hasIcon(const QString& name) {
    loadIconResource();
    return QFile::exists(pathOf(name));
}

QIcon icon(const QString& name) {
    if (name.isEmpty()) {
        return {};
    }
    CHECK(hasIcon(name), name.toStdString());
    return QIcon(new IconEngine(name));
}

QPixmap iconPixmap(const QString& name, int size, const QColor& colour, qreal pixelRatio) {
    QPixmap drawn = cached(name, qRound(size * pixelRatio), colour);
    drawn.setDevicePixelRatio(pixelRatio);
    return drawn;
}

}  // namespace tessera::ui
