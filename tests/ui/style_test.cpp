// The measures of the style, and the small widgets that every workspace is made of.

#include "ui/style/style.h"

#include "ui/style/fonts.h"
#include "ui/style/icons.h"
#include "ui/theme.h"
#include "ui/widgets/banner.h"
#include "ui/widgets/field.h"
#include "ui/widgets/flow_layout.h"
#include "ui/widgets/segmented.h"
#include "ui/widgets/stage_mark.h"

#include <QHeaderView>
#include <QLineEdit>
#include <QMainWindow>
#include <QProgressBar>
#include <QPushButton>
#include <QScrollBar>
#include <QSignalSpy>
#include <QSpinBox>
#include <QStyleOptionSlider>
#include <QTableView>
#include <QToolButton>
#include <QtTest>

#include <algorithm>

namespace tessera::ui {
namespace {

QString text(const char* words) {
    return QString::fromUtf8(words);
}

QApplication& application() {
    return *qobject_cast<QApplication*>(QCoreApplication::instance());
}

}  // namespace

class StyleTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void initTestCase() { applyTheme(application(), ThemeChoice::Dark); }

    void controlsHaveTheirMeasures();
    void polishing();
    void fieldShowsAndTakesItsFault();
    void fixedFieldMayFailAgain();
    void segmentedByKeys();
    void bannerRunsItsWays();
    void flowBreaksLines();
    void stageWords();
};

void StyleTest::controlsHaveTheirMeasures() {
    const int font = QFontMetrics(bodyFont()).height();
    QPushButton plainButton(text("Pause"));
    QCOMPARE(plainButton.sizeHint().height(), std::max(28, font + 10));
    QPushButton primary(text("Generate"));
    primary.setProperty("look", text("primary"));
    QCOMPARE(primary.sizeHint().height(), std::max(36, font + 10));
    QPushButton tool(icon(text("job-start")), {});
    tool.setProperty("look", text("tool"));
    tool.ensurePolished();
    QCOMPARE(tool.sizeHint(), QSize(28, std::max(28, font + 10)));
    QCOMPARE(tool.iconSize(), QSize(18, 18));
    QPushButton small(text("Use 29"));
    small.setProperty("look", text("small"));
    QVERIFY(small.sizeHint().height() < plainButton.sizeHint().height());
    QCOMPARE(QProgressBar().sizeHint().height(), 8);
    QCOMPARE(QLineEdit().sizeHint().height(), std::max(28, font + 10));
    QCOMPARE(QSpinBox().sizeHint().height(), controlHeight(nullptr));

    QScrollBar bar(Qt::Vertical);
    bar.setRange(0, 1'000'000);
    bar.resize(bar.sizeHint().width(), 100);
    QCOMPARE(bar.width(), 12);
    QStyleOptionSlider option;
    option.initFrom(&bar);
    option.orientation = Qt::Vertical;
    option.maximum = bar.maximum();
    option.pageStep = 1;
    const QRect knob = bar.style()->subControlRect(
        QStyle::CC_ScrollBar, &option, QStyle::SC_ScrollBarSlider, &bar);
    QCOMPARE(knob.height(), 24);
}

void StyleTest::polishing() {
    QTableView table;
    table.ensurePolished();
    table.horizontalHeader()->ensurePolished();
    QVERIFY(!table.horizontalHeader()->highlightSections());
    QVERIFY(!table.showGrid());
    QSpinBox spin;
    spin.ensurePolished();
    QCOMPARE(spin.font().family(), numberFont().family());
    QMainWindow window;
    window.ensurePolished();
    QVERIFY(!window.isAnimated());
    QLineEdit edit;
    edit.ensurePolished();
    QCOMPARE(edit.textMargins(), QMargins(6, 0, 6, 0));
}

void StyleTest::fieldShowsAndTakesItsFault() {
    auto* input = new QSpinBox;
    input->setObjectName(text("generate.frames"));
    Field field(text("Frames"), input);
    QCOMPARE(input->accessibleName(), text("Frames"));
    QVERIFY(!field.hasFault());
    int used = 0;
    field.setFault(text("31 is not 4k + 1."), {{text("Use 29"), [&] { used = 29; }}});
    QVERIFY(field.hasFault());
    QVERIFY(input->property("fault").toBool());
    auto* fix = field.findChild<QPushButton*>(text("generate.frames.fix1"));
    QVERIFY(fix != nullptr);
    // The same words again: the button under the pointer stays, with the new thing to do.
    field.setFault(text("31 is not 4k + 1."), {{text("Use 29"), [&] { used = 33; }}});
    QCOMPARE(field.findChild<QPushButton*>(text("generate.frames.fix1")), fix);
    fix->click();
    QCOMPARE(used, 33);
    QVERIFY(!field.hasFault());
    QVERIFY(!input->property("fault").toBool());
}

void StyleTest::fixedFieldMayFailAgain() {
    Field field(text("Frames"), new QSpinBox);
    field.setFault(text("too long"),
                   {{text("Use 29"), [&] {
                         field.setFault(text("still too long"), {{text("Use 5"), {}}});
                     }}});
    field.findChild<QPushButton*>()->click();
    QVERIFY(field.hasFault());
}

void StyleTest::segmentedByKeys() {
    Segmented segmented({{text("Base"), StageMark::Base, true, {}},
                         {text("MLCD"), StageMark::Mlcd, false, text("No student of this model.")},
                         {text("Sparse"), StageMark::Sparse, true, {}}});
    const QSignalSpy changes(&segmented, &Segmented::changed);
    QTest::keyClick(&segmented, Qt::Key_Right);
    QCOMPARE(segmented.index(), 2);
    QTest::keyClick(&segmented, Qt::Key_Right);
    QCOMPARE(segmented.index(), 2);
    QTest::keyClick(&segmented, Qt::Key_Home);
    QCOMPARE(segmented.index(), 0);
    segmented.resize(300, 28);
    QTest::mouseClick(&segmented, Qt::LeftButton, {}, QPoint(150, 14));
    QCOMPARE(segmented.index(), 0);
    QTest::mouseClick(&segmented, Qt::LeftButton, {}, QPoint(290, 14));
    QCOMPARE(segmented.index(), 2);
    QCOMPARE(changes.count(), 3);
    QCOMPARE(segmented.accessibleDescription(), text("Sparse"));
}

void StyleTest::bannerRunsItsWays() {
    Banner banner(Banner::Kind::Error, text("Out of memory"), text("1.4 GB of 2.1 GB were free."));
    int ran = 0;
    banner.setWays({{text("Decode in tiles"), text("about 3.4 s"), {}, [&] { ran = 1; }},
                    {text("Use 288 × 192"), text("about 9.1 s"), {}, [&] { ran = 2; }}});
    const auto ways = banner.findChildren<QPushButton*>();
    QCOMPARE(ways.size(), 2);
    QCOMPARE(ways.first()->property("look").toString(), text("filled"));
    ways.last()->click();
    QCOMPARE(ran, 2);
    banner.setClosable(true);
    const QSignalSpy closed(&banner, &Banner::closed);
    banner.findChild<QToolButton*>()->click();
    QCOMPARE(closed.count(), 1);
}

void StyleTest::flowBreaksLines() {
    QWidget row;
    auto* flow = new FlowLayout(6, &row);
    for (int index = 0; index < 3; ++index) {
        auto* box = new QWidget(&row);
        box->setFixedSize(100, 20);
        flow->addWidget(box);
    }
    QCOMPARE(flow->heightForWidth(400), 20);
    QCOMPARE(flow->heightForWidth(210), 46);
    QCOMPARE(flow->heightForWidth(100), 72);
    QCOMPARE(flow->sizeHint(), QSize(312, 20));
}

void StyleTest::stageWords() {
    for (const char* word : {"base", "mlcd", "sparse", "sparse-kd"}) {
        QCOMPARE(stageWord(stageOfWord(text(word))).toLower(), text(word));
    }
    QCOMPARE(stageOfWord(text("else")), StageMark::Base);
}

}  // namespace tessera::ui

QTEST_MAIN(tessera::ui::StyleTest)
#include "style_test.moc"
