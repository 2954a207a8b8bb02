package dev.settle.app.engine;

import dev.settle.core.kernel.state.ClockReading;
import dev.settle.testdata.UtcClock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.PriorityQueue;

/** Virtual time: what is to happen happens in order, and nothing takes any. */
final class SimTime {
    private record Event(Instant at, long number, Runnable what) {}

    private final PriorityQueue<Event> events =
            new PriorityQueue<>(Comparator.comparing(Event::at).thenComparing(Event::number));
    private Instant now;
    private long numbers;

    SimTime(Instant start) {
        now = start;
    }

    Instant now() {
        return now;
    }

    void at(Instant time, Runnable what) {
        events.add(new Event(time.isBefore(now) ? now : time, numbers++, what));
    }

    void after(Duration pause, Runnable what) {
        at(now.plus(pause), what);
    }

    /** Lets the next thing happen, unless it lies beyond the end. */
    boolean next(Instant end) {
        Event event = events.peek();
        if (event == null || event.at().isAfter(end)) {
            return false;
        }
        events.remove();
        now = event.at();
        event.what().run();
        return true;
    }

    /** A clock of the machine that settle runs on: it may be set, and an adapter's command takes its time on it. */
    static final class MachineClock extends UtcClock {
        private final SimTime time;
        private Duration off;
        /** How far a command that is being performed has come. */
        private Duration into = Duration.ZERO;

        MachineClock(SimTime time, Duration off) {
            this.time = time;
            this.off = off;
        }

        void shift(Duration by) {
            off = off.plus(by);
        }

        /** What time it is for a driver. */
        ClockReading moment() {
            return new ClockReading(instant(), Duration.between(SimRun.START, time.now()));
        }

        Duration off() {
            return off;
        }

        void into(Duration ahead) {
            into = ahead;
        }

        Duration into() {
            return into;
        }

        @Override
        public Instant instant() {
            return time.now().plus(off).plus(into);
        }
    }
}
