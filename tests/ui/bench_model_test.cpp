// What the Bench knows without a window: the table under Qt's own model tester, baselines and their
// files, the fields and the request that they mean, the bars of the chart.

#include "core/jobs/bench_file.h"
#include "tests/ui/bench_samples.h"
#include "ui/bridge/disk_worker.h"
#include "ui/bridge/text.h"
#include "ui/models/baseline_list.h"
#include "ui/models/bench_form.h"
#include "ui/models/bench_table.h"
#include "ui/models/bench_words.h"
#include "ui/plots/bench_chart.h"
#include "ui/settings.h"
#include "ui/theme.h"

#include <QAbstractItemModelTester>
#include <QDir>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

namespace bench = tessera::bench;
namespace jobs = tessera::jobs;
namespace test = tessera::test;
namespace ui = tessera::ui;
using tessera::ui::BaselineList;
using tessera::ui::BenchForm;
using tessera::ui::BenchTable;
using tessera::ui::ChartBar;

namespace {

constexpr int kWaitMs = 20'000;
constexpr int kWrong = 5;  // row of the kernel that is wrong

QString cell(const BenchTable& table, int row, int column) {
    return table.index(row, column).data().toString();
}

QStringList linesOf(const BenchTable& table) {
    QStringList lines;
    for (int row = 0; row < table.rowCount(); ++row) {
        QStringList cells;
        for (int column = 0; column < BenchTable::ColumnCount; ++column) {
            cells.append(cell(table, row, column));
        }
        lines.append(cells.join(QLatin1Char('|')));
    }
    return lines;
}

// A folder with settings and a disk worker, as the application has them.
struct Shelf {
    QTemporaryDir folder;
    ui::Settings settings{folder.filePath(QStringLiteral("settings.ini"))};
    ui::DiskWorker disk;
    std::filesystem::path place = ui::pathOf(folder.path()) / "bench-baselines";

    QStringList files() const {
        return QDir(ui::toQt(place)).entryList({QStringLiteral("*.json")}, QDir::Files);
    }
};

}  // namespace

class BenchModelTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void rowsAreWrittenAsTheLookSays();
    void wrongKernelShowsNoSpeedAnywhere();
    void changesHaveSignsAndNoiseIsSaidToBeNone();
    void hidingTheBaselineRestoresTheTable();
    void exportedFilesGiveTheIdenticalTable();
    void copiedTableHasPlainDigits();
    void numbersAreShort();
    void formMeansTheRequest();
    void ownShapeAndLeftOutChoicesComeBack();
    void baselinesAreFilesAndComeBack();
    void removedBaselineCanBePutBack();
    void brokenBaselineIsToldAndLeftAlone();
    void barsAreGroupedByMask();
};

void BenchModelTest::rowsAreWrittenAsTheLookSays() {
    BenchTable table;
    const QAbstractItemModelTester tester(&table,
                                          QAbstractItemModelTester::FailureReportingMode::QtTest);
    QCOMPARE(table.rowCount(), 0);
    table.setResult(test::benchResult());
    QCOMPARE(table.rowCount(), 6);
    QCOMPARE(cell(table, 4, BenchTable::Kernel), QStringLiteral("cpu"));
    QCOMPARE(cell(table, 4, BenchTable::Mask), QStringLiteral("2:6"));
    QCOMPARE(cell(table, 4, BenchTable::Median), QStringLiteral("4.60"));
    QCOMPARE(cell(table, 4, BenchTable::Range), QStringLiteral("4.55 – 4.65"));
    QCOMPARE(cell(table, 4, BenchTable::Rate), QStringLiteral("0.370"));
    QCOMPARE(cell(table, 4, BenchTable::AgainstBaseline), QStringLiteral("–"));
    QCOMPARE(cell(table, 4, BenchTable::Cold), QStringLiteral("18"));
    QCOMPARE(cell(table, 4, BenchTable::Error), QStringLiteral("2.1e-3"));
    QCOMPARE(cell(table, 4, BenchTable::Check), QStringLiteral("agrees"));
    QVERIFY(!table.hasSeveralShapes());
    QVERIFY(!table.hasSeveralPasses());
}

void BenchModelTest::wrongKernelShowsNoSpeedAnywhere() {
    BenchTable table;
    table.setResult(test::benchResult());
    table.setBaseline(test::benchResult(1.1));
    QCOMPARE(cell(table, kWrong, BenchTable::Median), QStringLiteral("hidden"));
    for (const int column :
         {BenchTable::Range, BenchTable::Rate, BenchTable::AgainstBaseline, BenchTable::Cold}) {
        QCOMPARE(cell(table, kWrong, column), QString());
    }
    QCOMPARE(cell(table, kWrong, BenchTable::Check), QStringLiteral("wrong, speed hidden"));
    QCOMPARE(cell(table, kWrong, BenchTable::Error), QStringLiteral("4.7e-1"));
    QCOMPARE(table.index(kWrong, BenchTable::Check).data(Qt::ForegroundRole).value<QColor>(),
             ui::currentTheme().error);
    // Also where somebody wrote times into it.
    bench::BenchResult told = test::benchResult();
    told.rows[kWrong].medianMs = 0.1;
    table.setResult(told);
    QCOMPARE(cell(table, kWrong, BenchTable::Median), QStringLiteral("hidden"));
    QVERIFY(!table.change(kWrong));
    QVERIFY(!table.plainTable().contains(QStringLiteral("0.1000")));
    const ui::ChartBars chart = ui::chartOf(table, 0, {});
    const auto bar = std::ranges::find(chart.bars, kWrong, &ChartBar::row);
    QVERIFY(bar != chart.bars.end());
    QCOMPARE(bar->state, ChartBar::State::Wrong);
}

void BenchModelTest::changesHaveSignsAndNoiseIsSaidToBeNone() {
    BenchTable table;
    table.setResult(test::benchResult());
    table.setBaseline(test::benchResult(1.066));
    const auto quicker = table.change(4);
    QVERIFY(quicker && quicker->share < 0.0 && !quicker->isNoise);
    QCOMPARE(cell(table, 4, BenchTable::AgainstBaseline), QStringLiteral("\u22126.2 %"));
    QCOMPARE(table.index(4, BenchTable::AgainstBaseline).data(Qt::ForegroundRole).value<QColor>(),
             ui::currentTheme().success);
    table.setBaseline(test::benchResult(0.9));
    QCOMPARE(cell(table, 4, BenchTable::AgainstBaseline), QStringLiteral("+11.1 %"));
    QCOMPARE(table.index(4, BenchTable::AgainstBaseline).data(Qt::ForegroundRole).value<QColor>(),
             ui::currentTheme().warning);
    table.setBaseline(test::benchResult(1.004));
    QVERIFY(table.change(4)->isNoise);
    QCOMPARE(table.index(4, BenchTable::AgainstBaseline).data(Qt::ForegroundRole).value<QColor>(),
             ui::currentTheme().muted);
    // Another shape is no baseline.
    bench::BenchResult other = test::benchResult();
    for (bench::BenchRow& row : other.rows) {
        row.layout.tokens = 96;
    }
    table.setBaseline(other);
    QVERIFY(!table.change(4));
}

void BenchModelTest::hidingTheBaselineRestoresTheTable() {
    BenchTable table;
    table.setResult(test::benchResult());
    const QStringList before = linesOf(table);
    QSignalSpy changes(&table, &QAbstractItemModel::dataChanged);
    table.setBaseline(test::benchResult(1.1));
    QCOMPARE(changes.size(), 1);
    QVERIFY(linesOf(table) != before);
    table.setBaseline({});
    QCOMPARE(linesOf(table), before);
}

void BenchModelTest::exportedFilesGiveTheIdenticalTable() {
    const QTemporaryDir folder;
    BenchTable table;
    table.setResult(test::benchResult());
    const QStringList before = linesOf(table);
    for (const char* name : {"bench.csv", "bench.json"}) {
        const auto path = ui::pathOf(folder.filePath(QLatin1String(name)));
        QVERIFY(jobs::writeBenchFile(path, *table.result()).has_value());
        const auto read = jobs::readBenchFile(path);
        QVERIFY(read.has_value());
        BenchTable again;
        again.setResult(*read);
        QCOMPARE(linesOf(again), before);
        QCOMPARE(read->environment.libraries, table.result()->environment.libraries);
        QCOMPARE(read->runs, 100);
    }
}

void BenchModelTest::copiedTableHasPlainDigits() {
    BenchTable table;
    bench::BenchResult result = test::benchResult();
    result.rows[0].medianMs = 12345.6;
    table.setResult(result);
    table.setBaseline(test::benchResult(1.066));
    const QStringList lines = table.plainTable().split(QLatin1Char('\n'));
    QVERIFY(lines[0].startsWith(QStringLiteral("Kernel\tMask\tMedian, ms")));
    QVERIFY(lines[1].contains(QStringLiteral("12345.6")));
    QVERIFY(lines[5].contains(QStringLiteral("\t-6.2 %\t")));
    QVERIFY(lines[5].contains(QStringLiteral("4.55 to 4.65")));
}

void BenchModelTest::numbersAreShort() {
    QCOMPARE(ui::msText(13.081), QStringLiteral("13.08"));
    QCOMPARE(ui::msText(0.02129), QStringLiteral("0.0213"));
    QCOMPARE(ui::msText(214.04), QStringLiteral("214.0"));
    QCOMPARE(ui::coldText(214.04), QStringLiteral("214"));
    QCOMPARE(ui::coldText(8.541), QStringLiteral("8.54"));
    QCOMPARE(ui::aboutText(38.04), QStringLiteral("38 s"));
    QCOMPARE(ui::aboutText(2.04), QStringLiteral("2.0 s"));
    QCOMPARE(ui::rateText(584.2), QStringLiteral("584"));
    QCOMPARE(ui::errorText(9.96e-4), QStringLiteral("1.0e-3"));
    QCOMPARE(ui::errorText(0.47), QStringLiteral("4.7e-1"));
    QCOMPARE(ui::errorText(std::numeric_limits<double>::quiet_NaN()), QStringLiteral("–"));
    QCOMPARE(ui::skipsText(test::benchRow("cpu", "full", 1.0)), QStringLiteral("skips 0.00 %"));
    bench::BenchRow row = test::benchRow("fused", "2:6", 1.0);
    row.layout = {8, 3600, 0};
    QCOMPARE(ui::skipsText(row), QStringLiteral("skips 45.47 %"));
    row.layout = {4096, 1'000'000, 0};
    QCOMPARE(ui::skipsText(row), QString());
}

void BenchModelTest::formMeansTheRequest() {
    BenchForm form;
    const bench::BenchRequest all = form.request(test::benchOutlook().kernels);
    QCOMPARE(all.shapes, std::vector<std::string>{"bundled-192x288"});
    QCOMPARE(all.masks, (std::vector<std::string>{"full", "4:4", "3:5", "2:6", "1:7"}));
    // What does not run here is not asked for.
    QCOMPARE(all.kernels, (std::vector<std::string>{"dense", "cpu", "composed"}));
    QCOMPARE(all.warmUps, 25);
    QCOMPARE(all.runs, 100);
    form.masksLeftOut = {QStringLiteral("full"), QStringLiteral("1:7")};
    form.kernelsLeftOut = {QStringLiteral("composed"), QStringLiteral("dense")};
    const bench::BenchRequest some = form.request(test::benchOutlook().kernels);
    QCOMPARE(some.masks, (std::vector<std::string>{"4:4", "3:5", "2:6"}));
    QCOMPARE(some.kernels, (std::vector<std::string>{"dense", "cpu"}));
    QVERIFY(form.request({}).kernels.empty());
}

void BenchModelTest::ownShapeAndLeftOutChoicesComeBack() {
    BenchForm form;
    form.preset.clear();
    form.own = {{13, 1350, 226}, 48, 64};
    form.masksLeftOut = {QStringLiteral("7:6"), QStringLiteral("full")};
    form.runs = 7;
    form.backward = true;
    const bench::BenchRequest request = form.request({});
    QCOMPARE(request.shapes, std::vector<std::string>{"13,1350,226,48,64"});
    QCOMPARE(BenchForm::of(request), form);
}

void BenchModelTest::baselinesAreFilesAndComeBack() {
    Shelf shelf;
    QString id;
    {
        BaselineList list(shelf.place, shelf.settings, shelf.disk);
        QSignalSpy changes(&list, &BaselineList::changed);
        QTRY_COMPARE_WITH_TIMEOUT(changes.size(), 1, kWaitMs);
        QVERIFY(list.all().empty());
        id = list.add(QStringLiteral("before \"tile\" order"), test::benchResult());
        list.add(QStringLiteral("second"), test::benchResult(1.1));
        QCOMPARE(list.all().size(), 2u);
        QVERIFY(list.all()[0].id != list.all()[1].id);
        list.rename(id, QStringLiteral("  after  "));
        list.rename(id, QStringLiteral("   "));  // no name is no name
        QCOMPARE(list.find(id)->name, QStringLiteral("after"));
        list.show(id);
        QTRY_COMPARE_WITH_TIMEOUT(shelf.files().size(), 2, kWaitMs);
    }
    // Renaming is on its way behind what the worker still writes.
    BaselineList again(shelf.place, shelf.settings, shelf.disk);
    QTRY_COMPARE_WITH_TIMEOUT(again.all().size(), 2u, kWaitMs);
    QVERIFY(again.shown() != nullptr);
    QCOMPARE(again.shown()->name, QStringLiteral("after"));
    QCOMPARE(jobs::benchCsv(again.shown()->result), jobs::benchCsv(test::benchResult()));
}

void BenchModelTest::removedBaselineCanBePutBack() {
    Shelf shelf;
    BaselineList list(shelf.place, shelf.settings, shelf.disk);
    const QString id = list.add(QStringLiteral("first"), test::benchResult());
    list.show(id);
    QTRY_COMPARE_WITH_TIMEOUT(shelf.files().size(), 1, kWaitMs);
    const ui::Baseline gone = *list.find(id);
    list.remove(id);
    QVERIFY(list.shown() == nullptr);
    QTRY_COMPARE_WITH_TIMEOUT(shelf.files().size(), 0, kWaitMs);
    list.restore(gone);
    QCOMPARE(list.shown()->name, QStringLiteral("first"));
    QTRY_COMPARE_WITH_TIMEOUT(shelf.files().size(), 1, kWaitMs);
}

void BenchModelTest::brokenBaselineIsToldAndLeftAlone() {
    Shelf shelf;
    std::filesystem::create_directories(shelf.place);
    QFile file(ui::toQt(shelf.place / "broken.json"));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("{\"rows\": [");
    file.close();
    BaselineList list(shelf.place, shelf.settings, shelf.disk);
    QSignalSpy problems(&list, &BaselineList::problem);
    QTRY_COMPARE_WITH_TIMEOUT(problems.size(), 1, kWaitMs);
    QVERIFY(list.all().empty());
    QCOMPARE(shelf.files().size(), 1);
}

void BenchModelTest::barsAreGroupedByMask() {
    BenchTable table;
    table.setResult(test::benchResult());
    table.setBaseline(test::benchResult(1.066));
    const ui::ChartBars chart = ui::chartOf(table, 4, QStringLiteral("before"));
    QCOMPARE(chart.groups.size(), 2u);
    QCOMPARE(chart.groups[1].mask, QStringLiteral("2:6"));
    QCOMPARE(chart.series.size(), 3u);
    QCOMPARE(chart.reference, 0);
    QCOMPARE(chart.bars.size(), 6u);
    QCOMPARE(chart.bars[4].change, QStringLiteral("\u22126.2 %"));
    QCOMPARE(chart.bars[4].trend, ChartBar::Trend::Quicker);
    // Rows of another pass have a chart of their own.
    bench::BenchResult both = test::benchResult();
    both.rows[5] = test::benchRow("cpu", "2:6", 12.0);
    both.rows[5].pass = bench::Pass::Backward;
    table.setResult(both);
    QCOMPARE(ui::chartOf(table, 5, {}).bars.size(), 1u);
    QCOMPARE(ui::chartOf(table, 0, {}).bars.size(), 5u);
    QVERIFY(table.hasSeveralPasses());
}

QTEST_MAIN(BenchModelTest)
#include "bench_model_test.moc"
