// Themes, icons and settings.

#include "core/base/check.h"
#include "core/base/paths.h"
#include "ui/settings.h"
#include "ui/style/icons.h"
#include "ui/theme.h"

#include <QDir>
#include <QFile>
#include <QImage>
#include <QPushButton>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QToolTip>
#include <QtTest>

#include <vector>

namespace tessera::ui {
namespace {

constexpr double kReadable = 4.5;  // WCAG 2, AA
constexpr double kSeen = 3.0;

QString text(const char* words) {
    return QString::fromUtf8(words);
}

const std::vector<ThemeId>& allThemes() {
    static const std::vector<ThemeId> themes = {
        ThemeId::Dark, ThemeId::Light, ThemeId::HighContrast};
    return themes;
}

QApplication& application() {
    return *qobject_cast<QApplication*>(QCoreApplication::instance());
}

// Whether each pixel that is drawn has this colour, and some are.
bool isDrawnIn(const QPixmap& pixmap, const QColor& colour) {
    const QImage image = pixmap.toImage().convertToFormat(QImage::Format_ARGB32);
    int drawn = 0;
    for (int y = 0; y < image.height(); ++y) {
        for (int x = 0; x < image.width(); ++x) {
            const QRgb pixel = image.pixel(x, y);
            if (qAlpha(pixel) < 250) {
                continue;
            }
            if (qAbs(qRed(pixel) - colour.red()) > 3 || qAbs(qGreen(pixel) - colour.green()) > 3 ||
                qAbs(qBlue(pixel) - colour.blue()) > 3) {
                return false;
            }
            ++drawn;
        }
    }
    return drawn > 0;
}

}  // namespace

class LookTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void initTestCase() { applyTheme(application(), ThemeChoice::Dark); }

    void themesAreReadable();
    void paletteTakesTheTokens();
    void systemIsOneOfTwo();
    void widgetsFollowTheTheme();
    void everyDrawingIsAnIcon();
    void iconsFollowThemeAndState();
    void unknownIconIsAMistake();
    void settingsSurvive();
    void damagedSettingIsItsDefault();
};

void LookTest::themesAreReadable() {
    for (const ThemeId id : allThemes()) {
        const Theme& t = theme(id);
        for (const QColor& ground : {t.window, t.panel, t.base, t.raised, t.alternate, t.tooltip}) {
            for (const QColor& ink : {t.text, t.muted, t.link, t.success, t.warning, t.error}) {
                QVERIFY2(contrastRatio(ink, ground) >= kReadable,
                         qPrintable(ink.name() + text(" on ") + ground.name()));
            }
            QVERIFY(contrastRatio(t.accent, ground) >= kSeen);
        }
        for (const QColor& ground :
             {t.successGround, t.warningGround, t.errorGround, t.infoGround, t.hover, t.pressed}) {
            QVERIFY(contrastRatio(t.text, ground) >= kReadable);
        }
        for (const QColor& stage : {t.stageBase, t.stageMlcd, t.stageSparse, t.stageSparseKd}) {
            QVERIFY(contrastRatio(stage, t.panel) >= kReadable);
            QVERIFY(contrastRatio(stage, t.base) >= kReadable);
        }
        QVERIFY(contrastRatio(t.primaryText, t.primary) >= kReadable);
        QVERIFY(contrastRatio(t.primaryText, t.primaryHover) >= kReadable);
        QVERIFY(contrastRatio(t.selectionText, t.selection) >= kReadable);
    }
    QCOMPARE(qRound(contrastRatio(Qt::black, Qt::white)), 21);
}

void LookTest::paletteTakesTheTokens() {
    QCOMPARE(theme(ThemeId::Dark).accent, QColor(0x4c, 0xc9, 0xb8));
    QCOMPARE(theme(ThemeId::Light).selection, QColor(0xbd, 0xe5, 0xdf));
    for (const ThemeId id : allThemes()) {
        const Theme& t = theme(id);
        QCOMPARE(t.id, id);
        const QPalette palette = paletteOf(t);
        QCOMPARE(palette.color(QPalette::Window), t.window);
        QCOMPARE(palette.color(QPalette::Base), t.base);
        QCOMPARE(palette.color(QPalette::Button), t.raised);
        QCOMPARE(palette.color(QPalette::Mid), t.border);
        QCOMPARE(palette.color(QPalette::Dark), t.outline);
        QCOMPARE(palette.color(QPalette::PlaceholderText), t.muted);
        QCOMPARE(palette.color(QPalette::Highlight), t.selection);
        QCOMPARE(palette.color(QPalette::HighlightedText), t.selectionText);
        QCOMPARE(palette.color(QPalette::Link), t.link);
        QCOMPARE(palette.color(QPalette::LinkVisited), t.link);
        QCOMPARE(palette.color(QPalette::BrightText), t.error);
        QCOMPARE(palette.color(QPalette::ToolTipBase), t.tooltip);
        QCOMPARE(palette.color(QPalette::Disabled, QPalette::WindowText), t.disabled);
        QCOMPARE(palette.color(QPalette::Disabled, QPalette::Text), t.disabled);
        QCOMPARE(palette.color(QPalette::Disabled, QPalette::ButtonText), t.disabled);
        QCOMPARE(palette.color(QPalette::Inactive, QPalette::Highlight), t.selection);
    }
}

void LookTest::systemIsOneOfTwo() {
    applyTheme(application(), ThemeChoice::HighContrast);
    applyTheme(application(), ThemeChoice::System);
    QVERIFY(currentTheme().id != ThemeId::HighContrast);
    const ThemeId first = currentTheme().id;
    // It asks what was there at the start, not what the program itself has set since.
    applyTheme(application(), first == ThemeId::Dark ? ThemeChoice::Light : ThemeChoice::Dark);
    applyTheme(application(), ThemeChoice::System);
    QCOMPARE(currentTheme().id, first);
}

void LookTest::widgetsFollowTheTheme() {
    applyTheme(application(), ThemeChoice::Dark);
    QPushButton button(text("Pause"));
    button.move(300, 300);  // away from the pointer, which would hover
    button.show();
    const QImage before = button.grab().toImage();
    applyTheme(application(), ThemeChoice::Light);
    QCOMPARE(QToolTip::palette().color(QPalette::ToolTipBase), theme(ThemeId::Light).tooltip);
    QTRY_COMPARE(button.palette().color(QPalette::Button), theme(ThemeId::Light).raised);
    const QImage after = button.grab().toImage();
    QCOMPARE(before.pixelColor(6, 6), theme(ThemeId::Dark).raised);
    QCOMPARE(after.pixelColor(6, 6), theme(ThemeId::Light).raised);
}

void LookTest::everyDrawingIsAnIcon() {
    const QDir folder(text(TESSERA_SOURCE_DIR) + text("/resources/icons"));
    const QStringList files = folder.entryList({text("*.svg")});
    QVERIFY(files.size() > 50);
    for (const QString& file : files) {
        const QString name = file.chopped(4);
        QVERIFY2(hasIcon(name), qPrintable(name));
        const QPixmap drawn = iconPixmap(name, 18, Qt::red, 2.0);
        QCOMPARE(drawn.size(), QSize(36, 36));
        QCOMPARE(drawn.devicePixelRatio(), 2.0);
        QVERIFY2(isDrawnIn(drawn, Qt::red), qPrintable(name));
    }
}

void LookTest::iconsFollowThemeAndState() {
    const QIcon made = icon(text("job-start"));
    for (const ThemeChoice choice :
         {ThemeChoice::Dark, ThemeChoice::Light, ThemeChoice::HighContrast}) {
        applyTheme(application(), choice);
        const Theme& t = currentTheme();
        QVERIFY(isDrawnIn(made.pixmap(32), t.icon));
        QVERIFY(isDrawnIn(made.pixmap(32, QIcon::Disabled), t.disabled));
        QVERIFY(isDrawnIn(made.pixmap(32, QIcon::Selected), t.selectionText));
        QVERIFY(isDrawnIn(made.pixmap(32, QIcon::Normal, QIcon::On), t.selectionText));
    }
    QVERIFY(icon({}).isNull());
    QCOMPARE(made.name(), text("job-start"));
}

void LookTest::unknownIconIsAMistake() {
    QVERIFY(!hasIcon(text("no-such-icon")));
    QVERIFY_THROWS_EXCEPTION(tessera::base::LogicError, icon(text("no-such-icon")));
}

void LookTest::settingsSurvive() {
    const QTemporaryDir folder;
    const QString file = folder.filePath(text("settings.ini"));
    {
        Settings settings(file);
        QCOMPARE(settings.theme(), ThemeChoice::System);
        QVERIFY(!settings.welcomeSeen());
        QVERIFY(settings.previews());
        const QSignalSpy changes(&settings, &Settings::changed);
        settings.setTheme(ThemeChoice::HighContrast);
        settings.setTheme(ThemeChoice::HighContrast);
        QCOMPARE(changes.count(), 1);
        settings.setWelcomeSeen();
        settings.setThreads(3);
        settings.setMaxRamGb(7.5);
        settings.setDevice(text("cuda:0"));
        settings.setPreviews(false);
        settings.setValue(text("layouts/generate"), QByteArray("\0\1", 2));
    }
    const Settings settings(file);
    QCOMPARE(settings.theme(), ThemeChoice::HighContrast);
    QVERIFY(settings.welcomeSeen());
    QCOMPARE(settings.threads(), 3);
    QCOMPARE(settings.maxRamGb(), 7.5);
    QCOMPARE(settings.device(), text("cuda:0"));
    QVERIFY(!settings.previews());
    QCOMPARE(settings.value(text("layouts/generate")).toByteArray(), QByteArray("\0\1", 2));
}

void LookTest::damagedSettingIsItsDefault() {
    const QTemporaryDir folder;
    const QString path = folder.filePath(text("settings.ini"));
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(
        "[look]\ntheme=purple\n[engine]\nthreads=many\nprecision=fp7\ndevice=gpu\n"
        "max_ram_gb=-3\npreviews=perhaps\n[library]\nthumbnail_cache_mb=1\n");
    file.close();
    const Settings settings(path);
    QCOMPARE(settings.theme(), ThemeChoice::System);
    QCOMPARE(settings.threads(), 0);
    QCOMPARE(settings.precision(), text("auto"));
    QCOMPARE(settings.device(), text("auto"));
    QCOMPARE(settings.maxRamGb(), 0.0);
    QVERIFY(settings.previews());
    QVERIFY(settings.thumbnailCacheMb() >= 16);
    QCOMPARE(settings.clipsFolder().toStdString(), tessera::base::clipsFolder().string());
}

}  // namespace tessera::ui

QTEST_MAIN(tessera::ui::LookTest)
#include "look_test.moc"
