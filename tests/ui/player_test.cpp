// The player on the clock: speed, looping, ranges, previews that replace each other.

#include "ui/widgets/player.h"

#include <QElapsedTimer>
#include <QSignalSpy>
#include <QTest>

#include <cmath>

using tessera::base::FrameSequence;
using tessera::base::SharedFrames;
using tessera::ui::Player;

namespace {

SharedFrames clip(int frames, double fps) {
    return std::make_shared<const FrameSequence>(FrameSequence::black(4, 2, frames, fps));
}

}  // namespace

class PlayerTest final : public QObject {
    Q_OBJECT

private Q_SLOTS:

    void startsEmptyAndRefusesToPlay() {
        Player player;
        player.setPlaying(true);
        QVERIFY(!player.isPlaying());
        QCOMPARE(player.count(), 0);
        player.step(1);
        QCOMPARE(player.position(), 0);
    }

    void playsAtTheRecordedRate() {
        Player player;
        player.setFrames(clip(1000, 50.0));
        player.setPlaying(true);
        QElapsedTimer clock;
        clock.start();
        QTRY_VERIFY_WITH_TIMEOUT(player.position() >= 25, 5000);
        const double expected = static_cast<double>(clock.elapsed()) * 0.05;
        QVERIFY2(std::abs(player.position() - expected) <= 2.0, "off by more than two frames");
    }

    void speedScalesTheRate() {
        Player player;
        player.setFrames(clip(1000, 10.0));
        player.setSpeed(4.0);
        player.setPlaying(true);
        QElapsedTimer clock;
        clock.start();
        QTRY_VERIFY_WITH_TIMEOUT(player.position() >= 20, 5000);
        const double expected = static_cast<double>(clock.elapsed()) * 0.04;
        QVERIFY(std::abs(player.position() - expected) <= 2.0);
    }

    void stopsAtTheEndWithoutLoopAndBeginsAgain() {
        Player player;
        player.setFrames(clip(3, 100.0));
        player.setLooping(false);
        QSignalSpy stopped(&player, &Player::playingChanged);
        player.setPlaying(true);
        QTRY_COMPARE(stopped.size(), 2);
        QCOMPARE(player.position(), 2);
        player.setPlaying(true);
        QCOMPARE(player.position(), 0);
    }

    void loopsInsideItsRange() {
        Player player;
        player.setFrames(clip(10, 200.0));
        player.setLoopIn(3);
        player.setLoopOut(5);
        player.setPosition(3);
        QSignalSpy moved(&player, &Player::positionChanged);
        player.setPlaying(true);
        QTRY_VERIFY(moved.size() > 12);
        for (const QList<QVariant>& move : moved) {
            QVERIFY(move.front().toInt() >= 3 && move.front().toInt() <= 5);
        }
    }

    void stepsStopPlayingAndWrapWhenLooping() {
        Player player;
        player.setFrames(clip(4, 8.0));
        player.setPlaying(true);
        player.step(-1);
        QVERIFY(!player.isPlaying());
        QCOMPARE(player.position(), 3);
        player.step(1);
        QCOMPARE(player.position(), 0);
        player.setLooping(false);
        player.step(-1);
        QCOMPARE(player.position(), 0);
    }

    void anInPointBehindTheOutPointTakesItAway() {
        Player player;
        player.setFrames(clip(10, 8.0));
        player.setLoopOut(4);
        player.setLoopIn(6);
        QCOMPARE(player.loopIn(), 6);
        QCOMPARE(player.loopOut(), -1);
    }

    void previewsOfOneRunKeepThePosition() {
        Player player;
        player.setFrames(clip(8, 2.0));
        player.setPosition(5);
        player.setPlaying(true);
        player.setFrames(clip(8, 2.0));
        QCOMPARE(player.position(), 5);
        QVERIFY(player.isPlaying());
        player.setFrames(clip(29, 8.0));
        QCOMPARE(player.position(), 0);
        player.setFrames(nullptr);
        QVERIFY(!player.isPlaying());
        QCOMPARE(player.count(), 0);
    }
};

QTEST_MAIN(PlayerTest)
#include "player_test.moc"
