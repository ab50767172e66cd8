// The mask explorer as its user meets it: the paper's values, shapes of one's own, the matrix at
// every zoom, what is under the pointer, figures and pictures to take away.

#include "ui/views/plan_workspace.h"

#include "tests/ui/fake_studio.h"
#include "ui/event_clock.h"
#include "ui/numbers.h"
#include "ui/theme.h"
#include "ui/views/mask_overview.h"
#include "ui/views/mask_panels.h"
#include "ui/views/mask_view.h"
#include "ui/widgets/dock.h"
#include "ui/widgets/segmented.h"

#include <QAbstractButton>
#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QElapsedTimer>
#include <QImage>
#include <QLabel>
#include <QTableWidget>
#include <QTest>

#include <algorithm>
#include <random>

namespace plan = tessera::plan;
namespace ui = tessera::ui;
using tessera::test::Studio;
using tessera::ui::MaskChoice;
using tessera::ui::MaskScene;
using tessera::ui::MaskView;

namespace {

constexpr int kWaitMs = 20'000;

QString name(const char* text) {
    return QLatin1String(text);
}

struct Scene {
    explicit Scene(const QString& folder) : studio(folder), workspace(studio.services()) {
        workspace.resize(1600, 872);  // what the frame leaves of 1600 x 1000
        workspace.show();
        workspace.activateWindow();
        if (!QTest::qWaitForWindowActive(&workspace)) {
            qFatal("no active window");
        }
        workspace.entered();
    }

    template <class Widget>
    Widget* find(const char* object) {
        auto* widget = workspace.findChild<Widget*>(name(object));
        if (!widget) {
            qFatal("no %s", object);
        }
        return widget;
    }

    QString text(const char* object) { return ui::plain(find<QLabel>(object)->text()); }

    void run(const char* action) { studio.actions.find(name(action))->trigger(); }

    Studio studio;
    ui::PlanWorkspace workspace;
};

// Whether the mask keeps a pair of tokens, by the definition alone.
bool keeps(const MaskChoice& choice, std::int64_t query, std::int64_t key) {
    const plan::TokenLayout& layout = choice.layout;
    if (query < layout.text || key < layout.text) {
        return true;
    }
    return choice.mask.keeps(static_cast<int>((query - layout.text) / layout.tokens),
                             static_cast<int>((key - layout.text) / layout.tokens));
}

plan::BlockKind kindByHand(const MaskChoice& choice, std::int64_t row, std::int64_t column) {
    const std::int64_t total = choice.layout.total();
    const std::int64_t block = choice.block;
    bool hasKept = false;
    bool hasSkipped = false;
    for (std::int64_t q = row * block; q < std::min((row + 1) * block, total); ++q) {
        for (std::int64_t k = column * block; k < std::min((column + 1) * block, total); ++k) {
            (keeps(choice, q, k) ? hasKept : hasSkipped) = true;
        }
    }
    return !hasKept ? plan::BlockKind::Skipped
                    : (hasSkipped ? plan::BlockKind::Partial : plan::BlockKind::Full);
}

}  // namespace

class PlanWorkspaceTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void allPublishedValuesAgree();
    void aPublishedValueShowsItsMask();
    void blockSizeChangesTheValue();
    void ownShapeKeepsTheReferences();
    void familyIsChosenByButtons();
    void blocksOfTheMatrixAreThoseOfThePairs();
    void coloursOfTheMatrixAreThoseOfThePairs();
    void zoomStopsAtItsLimits();
    void wheelKeepsTheTokenUnderThePointer();
    void pointerAndKeysTellOfAPair();
    void overviewMovesTheMatrix();
    void figuresAreCopiedAsPlainText();
    void pictureIsWhatTheScreenShows();
    void aPictureThatCannotBeWrittenSaysWhy();
    void choiceIsKept();
    void damagedChoiceIsTheFirst();
    void everyControlHasAName();
    void largeMapsStayFluid();
};

void PlanWorkspaceTest::initTestCase() {
    ui::applyTheme(*qApp, ui::ThemeChoice::Dark);
}

void PlanWorkspaceTest::allPublishedValuesAgree() {
    const QTemporaryDir folder;
    Scene scene(folder.path());
    QCOMPARE(scene.workspace.state().value(name("published")).toInt(), 15);
    QCOMPARE(scene.workspace.state().value(name("published_agree")).toInt(), 15);
    auto* table = scene.find<QTableWidget>("plan.published");
    const char* expected[] = {"17.60",
                              "29.88",
                              "45.47",
                              "64.38",
                              "21.51",
                              "40.30",
                              "51.88",
                              "64.98",
                              "72.05",
                              "14.50",
                              "29.29",
                              "38.30",
                              "48.66",
                              "60.15",
                              "74.11"};
    QCOMPARE(table->rowCount(), static_cast<int>(std::size(expected)));
    for (int row = 0; row < table->rowCount(); ++row) {
        QCOMPARE(table->item(row, 2)->text(), name(expected[row]));
        QCOMPARE(table->item(row, 3)->text(), name(expected[row]));
        QCOMPARE(table->item(row, 4)->data(Qt::AccessibleTextRole).toString(), name("agrees"));
    }
}

void PlanWorkspaceTest::aPublishedValueShowsItsMask() {
    const QTemporaryDir folder;
    Scene scene(folder.path());
    auto* table = scene.find<QTableWidget>("plan.published");
    for (int row = 0; row < table->rowCount(); ++row) {
        table->selectRow(row);
        QCOMPARE(scene.text("plan.skips").section(QLatin1Char(' '), 1, 1),
                 table->item(row, 3)->text());
        QVERIFY(scene.text("plan.skips").endsWith(name(" of 128-blocks")));
        QCOMPARE(table->currentRow(), row);
        QVERIFY(table->item(row, 0)->isSelected());
    }
    QCOMPARE(scene.find<QComboBox>("plan.shape")->currentText(), name("CogVideoX-5B"));
    QCOMPARE(scene.text("plan.references"), name("0 of 13"));
    scene.find<ui::MaskRow>("plan.mask-full")->click();
    QVERIFY(table->selectedItems().isEmpty());
}

void PlanWorkspaceTest::blockSizeChangesTheValue() {
    const QTemporaryDir folder;
    Scene scene(folder.path());
    QCOMPARE(scene.text("plan.skips"), name("skips 45.47 % (keeps 54.53 %) of 128-blocks"));
    scene.find<ui::Segmented>("plan.block")->setIndex(0);
    QVERIFY(scene.text("plan.skips").endsWith(name(" of 64-blocks")));
    QVERIFY(!scene.text("plan.skips").contains(name("45.47")));
    const double small = scene.workspace.state().value(name("skips_percent")).toDouble();
    QVERIFY(small > 45.47 && small < 46.88);
    scene.find<ui::Segmented>("plan.block")->setIndex(1);
    QCOMPARE(scene.text("plan.skips"), name("skips 45.47 % (keeps 54.53 %) of 128-blocks"));
}

void PlanWorkspaceTest::ownShapeKeepsTheReferences() {
    const QTemporaryDir folder;
    Scene scene(folder.path());
    scene.find<QDoubleSpinBox>("plan.frames")->setValue(13);
    QCOMPARE(scene.workspace.choice().mask.name(), std::string("2:11"));
    QCOMPARE(scene.find<QComboBox>("plan.shape")->currentText(), name("Own shape"));
    scene.find<QDoubleSpinBox>("plan.tokens")->setValue(1350);
    scene.find<QDoubleSpinBox>("plan.text")->setValue(226);
    QCOMPARE(scene.find<QComboBox>("plan.shape")->currentText(), name("CogVideoX-5B"));
    QCOMPARE(scene.text("plan.tokens-all"), QStringLiteral("13 × 1350 + 226 = 17776"));
    QVERIFY(scene.text("plan.skips").startsWith(name("skips 60.15 %")));
    scene.find<QDoubleSpinBox>("plan.frames")->setValue(1);
    QCOMPARE(scene.workspace.choice().mask.name(), std::string("full"));
    QCOMPARE(scene.text("plan.skips"), name("skips 0.00 % (keeps 100.00 %) of 128-blocks"));
}

void PlanWorkspaceTest::familyIsChosenByButtons() {
    const QTemporaryDir folder;
    Scene scene(folder.path());
    auto* sparsest = scene.find<ui::MaskRow>("plan.mask-1:7");
    QVERIFY(scene.find<ui::MaskRow>("plan.mask-2:6")->isChecked());
    QTest::mouseClick(sparsest, Qt::LeftButton);
    QVERIFY(scene.text("plan.skips").startsWith(name("skips 64.38 %")));
    sparsest->setFocus();
    QTest::keyClick(sparsest, Qt::Key_Down);
    QCOMPARE(scene.workspace.choice().mask.name(), std::string("2:6"));
    QVERIFY(sparsest->accessibleName().contains(name("64.38")));
}

void PlanWorkspaceTest::blocksOfTheMatrixAreThoseOfThePairs() {
    for (const std::int64_t block : {std::int64_t{64}, std::int64_t{128}}) {
        for (const plan::FrameMask& mask : plan::maskFamily(5)) {
            const MaskChoice choice{{5, 150, 37}, mask, block};
            MaskView view(choice);
            view.resize(900, 800);
            view.setZoom(1.0);
            QVERIFY(view.drawsBlocks());
            const ui::BlockWindow window = MaskScene(choice).blocksIn(view.view());
            QCOMPARE(window.rows, static_cast<std::size_t>(view.blocks().side()));
            for (std::size_t row = 0; row < window.rows; ++row) {
                for (std::size_t column = 0; column < window.columns; ++column) {
                    QCOMPARE(window.at(row, column),
                             kindByHand(choice,
                                        window.firstRow + static_cast<std::int64_t>(row),
                                        window.firstColumn + static_cast<std::int64_t>(column)));
                }
            }
        }
    }
}

// At one pixel a token each pixel is a pair: it has a colour of what is kept where the mask keeps
// it, and of what is computed and dropped only in border blocks.
void PlanWorkspaceTest::coloursOfTheMatrixAreThoseOfThePairs() {
    const MaskChoice choice{{5, 100, 37}, plan::maskWithReferences(5, 2), 64};
    MaskView view(choice);
    view.resize(760, 740);
    view.setZoom(1.0);
    view.setShowsFrames(false);
    const QImage image = view.grab().toImage();
    const MaskScene scene(choice);
    const ui::MapView map = view.view();
    for (std::int64_t q = 0; q < choice.layout.total(); ++q) {
        for (std::int64_t k = 0; k < choice.layout.total(); ++k) {
            if (q % 64 == 0 || k % 64 == 0 || q == 536 || k == 536) {
                continue;  // lines of the blocks
            }
            const QPointF at = map.pointOf({static_cast<double>(k), static_cast<double>(q)});
            const QColor colour = image.pixelColor(qRound(at.x()), qRound(at.y()));
            const bool isKept = colour == scene.referenceColour() || colour == scene.ownColour();
            QVERIFY2(isKept == keeps(choice, q, k), qPrintable(QString::number(q * 1000 + k)));
            const bool isDropped = colour == scene.droppedColour();
            QCOMPARE(isDropped,
                     !isKept && kindByHand(choice, q / 64, k / 64) == plan::BlockKind::Partial);
        }
    }
}

void PlanWorkspaceTest::zoomStopsAtItsLimits() {
    const QTemporaryDir folder;
    Scene scene(folder.path());
    MaskView& view = scene.workspace.view();
    QVERIFY(view.isFitted());
    QVERIFY(!view.drawsBlocks());
    QVERIFY(!scene.studio.actions.find(name("view-map-zoom-out"))->isEnabled());
    const double whole = view.zoom();
    scene.run("view-map-actual-size");
    QCOMPARE(view.zoom(), 1.0);
    QVERIFY(view.drawsBlocks());
    for (int i = 0; i < 20; ++i) {
        scene.run("view-map-zoom-in");
    }
    QCOMPARE(view.zoom(), MaskView::kLargestZoom);
    QVERIFY(!scene.studio.actions.find(name("view-map-zoom-in"))->isEnabled());
    // The map cannot be moved out of sight.
    view.centreOn({1e9, -1e9});
    const QRectF seen = view.view().tokens();
    QVERIFY(seen.right() <= 28'800.0 + 1e-6 && seen.top() >= -1e-6);
    for (int i = 0; i < 20; ++i) {
        scene.run("view-map-zoom-out");
    }
    QCOMPARE(view.zoom(), whole);
    scene.run("view-map-fit");
    QVERIFY(view.isFitted());
}

void PlanWorkspaceTest::wheelKeepsTheTokenUnderThePointer() {
    const QTemporaryDir folder;
    Scene scene(folder.path());
    MaskView& view = scene.workspace.view();
    const QPointF at = view.rect().center() + QPointF(60.0, -40.0);
    const QPointF before = view.view().tokenAt(at);
    for (int i = 0; i < 12; ++i) {
        QWheelEvent turn(at, view.mapToGlobal(at), {}, {0, 120}, {}, {}, Qt::NoScrollPhase, false);
        QApplication::sendEvent(&view, &turn);
    }
    QVERIFY(view.zoom() > 1.0);
    const QPointF after = view.view().tokenAt(at);
    QVERIFY(std::abs(after.x() - before.x()) < 1.0 && std::abs(after.y() - before.y()) < 1.0);
    QVERIFY(view.pair().has_value());
    QCOMPARE(view.pair()->key, static_cast<std::int64_t>(after.x()));
}

void PlanWorkspaceTest::pointerAndKeysTellOfAPair() {
    const QTemporaryDir folder;
    Scene scene(folder.path());
    MaskView& view = scene.workspace.view();
    view.setPair(MaskView::Pair{3 * 3600 + 120, 4 * 3600 + 7});
    QCOMPARE(scene.text("plan.pair"),
             name("Query frame 3, token 120; key frame 4, token 7: kept, frame 4 is a reference."));
    QVERIFY(scene.text("plan.pair-block").contains(name("full")));
    view.setPair(MaskView::Pair{3 * 3600, 2 * 3600 + 60});
    QVERIFY(scene.text("plan.pair").endsWith(name("skipped, neither frame is a reference.")));
    QVERIFY(scene.text("plan.pair-block").contains(name("border")));
    view.setPair(MaskView::Pair{3 * 3600 + 1000, 3 * 3600 + 60});
    QVERIFY(scene.text("plan.pair").endsWith(name("kept, both are in frame 3.")));
    view.setPair(MaskView::Pair{3 * 3600 + 1000, 6 * 3600 + 1000});
    QVERIFY(scene.text("plan.pair-block").endsWith(name("skipped whole.")));
    view.setFocus();
    QTest::keyClick(&view, Qt::Key_Right);
    QCOMPARE(view.pair()->key, std::int64_t{7 * 3600 + 1000});
    QTest::keyClick(&view, Qt::Key_Up);
    QCOMPARE(view.pair()->query, std::int64_t{2 * 3600 + 1000});
    scene.run("view-map-actual-size");
    for (int i = 0; i < 5; ++i) {
        QTest::keyClick(&view, Qt::Key_Left);
    }
    QCOMPARE(view.pair()->key, std::int64_t{7 * 3600 + 1000 - 5 * 128});
    QVERIFY(view.view().tokens().contains(
        QPointF(static_cast<double>(view.pair()->key), static_cast<double>(view.pair()->query))));
    QTest::keyClick(&view, Qt::Key_Escape);
    QVERIFY(!view.pair());
    QTest::mouseMove(&view, view.rect().center());
    QVERIFY(view.pair().has_value());
}

void PlanWorkspaceTest::overviewMovesTheMatrix() {
    const QTemporaryDir folder;
    Scene scene(folder.path());
    MaskView& view = scene.workspace.view();
    scene.run("view-map-actual-size");
    auto* overview = scene.find<ui::MaskOverview>("plan.overview");
    QTest::mouseClick(overview, Qt::LeftButton, {}, overview->rect().center());
    const QPointF first = view.view().tokens().center();
    QTest::mouseClick(overview, Qt::LeftButton, {}, overview->rect().center() + QPoint(30, -30));
    const QPointF second = view.view().tokens().center();
    QVERIFY(second.x() > first.x() && second.y() < first.y());
}

void PlanWorkspaceTest::figuresAreCopiedAsPlainText() {
    const QTemporaryDir folder;
    Scene scene(folder.path());
    scene.run("copy-figures");
    const QString text = QApplication::clipboard()->text();
    QVERIFY(text.contains(name("Shape: Open-Sora-Plan, 29 frames\n")));
    QVERIFY(text.contains(name("Tokens: 8 frames of 3600, 0 of text, 28800 in all\n")));
    QVERIFY(text.contains(name("Mask: 2:6\n")));
    QVERIFY(text.contains(name("Reference frames: 0, 4\n")));
    QVERIFY(text.contains(name("Block sparsity: skips 45.47 % (keeps 54.53 %) of 128-blocks\n")));
    QVERIFY(text.contains(name("Kept blocks: 27607 of 50625, ")));
    QVERIFY(text.contains(name("Element sparsity: 46.88 %\n")));
}

void PlanWorkspaceTest::pictureIsWhatTheScreenShows() {
    const QTemporaryDir folder;
    Scene scene(folder.path());
    MaskView& view = scene.workspace.view();
    view.setZoom(0.25);
    view.centreOn({14'400.0, 14'400.0});
    QTest::qWait(50);
    const QImage screen = view.grab().toImage();
    const QString file = folder.filePath(name("map.png"));
    scene.workspace.exportTo(file);
    QTRY_VERIFY_WITH_TIMEOUT(scene.workspace.findChild<QWidget*>(name("plan.banner")), kWaitMs);
    const QImage saved(file);
    QCOMPARE(saved.size(), screen.size() * 2);
    QVERIFY(saved.text(name("Description")).contains(name("Mask: 2:6")));
    // The same colours in the same places, but for lines, which are finer.
    int same = 0;
    int compared = 0;
    for (int y = 20; y < screen.height() - 20; y += 7) {
        for (int x = 20; x < screen.width() - 20; x += 7) {
            const int difference =
                screen.pixelColor(x, y).lightness() - saved.pixelColor(2 * x, 2 * y).lightness();
            same += std::abs(difference) < 24 ? 1 : 0;
            ++compared;
        }
    }
    QVERIFY2(same > compared * 9 / 10,
             qPrintable(QStringLiteral("%1 of %2").arg(same).arg(compared)));
    QVERIFY(std::abs(screen.pixelColor(20, 20).lightness() -
                     screen.pixelColor(screen.width() / 2, screen.height() / 2).lightness()) > 24);
}

void PlanWorkspaceTest::aPictureThatCannotBeWrittenSaysWhy() {
    const QTemporaryDir folder;
    Scene scene(folder.path());
    scene.workspace.exportTo(folder.filePath(name("none/map.png")));
    QTRY_VERIFY_WITH_TIMEOUT(scene.workspace.findChild<QWidget*>(name("plan.banner")), kWaitMs);
    const QString said = scene.find<QWidget>("plan.banner")->accessibleName();
    QVERIFY2(said.contains(name("cannot be written")), qPrintable(said));
}

void PlanWorkspaceTest::choiceIsKept() {
    const QTemporaryDir folder;
    const MaskChoice own{{9, 77, 5}, plan::maskWithReferences(9, 3), 64};
    {
        Scene scene(folder.path());
        scene.workspace.choose(own);
        scene.studio.settings.sync();
    }
    Scene scene(folder.path());
    QVERIFY(scene.workspace.choice() == own);
}

void PlanWorkspaceTest::damagedChoiceIsTheFirst() {
    const MaskChoice first = ui::firstMaskChoice();
    QVERIFY(ui::maskChoiceOf({}) == first);
    for (const auto& [key, value] : {std::pair{"frames", QJsonValue(1e12)},
                                     std::pair{"frames", QJsonValue(name("eight"))},
                                     std::pair{"tokens", QJsonValue(0)},
                                     std::pair{"text", QJsonValue(-1)},
                                     std::pair{"block", QJsonValue(3)},
                                     std::pair{"mask", QJsonValue(name("9:9"))}}) {
        QJsonObject json = ui::toJson({{8, 100, 20}, {8, 2}, 64});
        QVERIFY(!(ui::maskChoiceOf(json) == first));
        json.insert(name(key), value);
        QVERIFY2(ui::maskChoiceOf(json) == first, key);
    }
}

void PlanWorkspaceTest::everyControlHasAName() {
    const QTemporaryDir folder;
    Scene scene(folder.path());
    for (const auto* button : scene.workspace.findChildren<QAbstractButton*>()) {
        if (button->isVisible() && !button->objectName().startsWith(name("qt_"))) {
            QVERIFY2(!button->objectName().isEmpty(), qPrintable(button->text()));
            QVERIFY2(!button->accessibleName().isEmpty() || !button->text().isEmpty(),
                     qPrintable(button->objectName()));
        }
    }
    for (const char* object : {"plan.shape", "plan.frames", "plan.tokens", "plan.text"}) {
        QVERIFY2(!scene.find<QWidget>(object)->accessibleName().isEmpty(), object);
    }
    QVERIFY(!scene.workspace.view().accessibleName().isEmpty());
}

// 28,800 and 86,400 tokens a side: every event of a walk through the map, its painting included.
void PlanWorkspaceTest::largeMapsStayFluid() {
    const QTemporaryDir folder;
    Scene scene(folder.path());
    MaskView& view = scene.workspace.view();
    for (const std::size_t preset : {std::size_t{0}, std::size_t{1}}) {
        const plan::TokenLayout layout = plan::shapePresets()[preset].layout;
        scene.workspace.choose(
            {layout, plan::maskWithReferences(static_cast<int>(layout.frames), 3), 64});
        QTest::qWait(100);
        std::mt19937 random(7);
        std::vector<double> took;
        for (int i = 0; i < 200; ++i) {
            QElapsedTimer clock;
            clock.start();
            view.setZoom(view.smallestZoom() *
                         std::exp2(static_cast<double>(random() % 800) / 100.0));
            view.centreOn({static_cast<double>(random() % static_cast<unsigned>(layout.total())),
                           static_cast<double>(random() % static_cast<unsigned>(layout.total()))});
            view.repaint();
            took.push_back(static_cast<double>(clock.nsecsElapsed()) / 1e6);
        }
        std::ranges::sort(took);
        qInfo("%lld tokens: median %.1f ms, 95 %% %.1f ms, longest %.1f ms",
              static_cast<long long>(layout.total()),
              took[took.size() / 2],
              took[took.size() * 95 / 100],
              took.back());
        QVERIFY(took[took.size() / 2] < 16.0);
        QVERIFY(took[took.size() * 95 / 100] < 100.0);
    }
}

int main(int argc, char** argv) {
    ui::TimedApplication application(argc, argv);
    PlanWorkspaceTest test;
    return QTest::qExec(&test, argc, argv);
}

#include "plan_workspace_test.moc"
