package dev.settle.app.engine;

import dev.settle.core.file.Disk;
import dev.settle.core.journal.RunFolder;
import dev.settle.core.journal.file.LoadedRun;
import dev.settle.core.journal.file.RunLoader;
import dev.settle.core.kernel.Kernel;
import dev.settle.core.kernel.state.ClockReading;
import dev.settle.core.kernel.state.Policy;
import dev.settle.core.run.Item;
import dev.settle.core.run.ItemState;
import dev.settle.core.run.RunEvent;
import dev.settle.core.run.RunState;
import dev.settle.core.run.Verdict;
import dev.settle.core.scheduler.Scheduler;
import dev.settle.core.view.DriverView;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** What a timeline tries: settle as it is, or with one thing taken out or done wrongly. */
interface SystemUnderTest {
    /** The kernel of a driver. */
    Kernel kernel(RunState state, Policy policy, RandomGenerator random, ClockReading now);

    /** What time it is for a driver. */
    default ClockReading moment(ClockReading machine) {
        return machine;
    }

    /** The scheduler that settle asks. */
    default Scheduler around(Scheduler adapter) {
        return adapter;
    }

    /** The disk that it writes to. */
    default Disk disk(Disk real) {
        return real;
    }

    /** The run as a driver takes it up. */
    default LoadedRun load(Disk disk, RunFolder folder) throws IOException {
        return new RunLoader(disk, "sim").loadToDrive(folder);
    }

    /** Whether a resume runs the item again. */
    default boolean lacks(Item item) {
        return item.state() != ItemState.COMPLETED || item.isUnconfirmed();
    }

    /** What a watcher is told of an event. */
    default RunEvent told(RunEvent event) {
        return event;
    }

    /** How many items a watcher counts in a state. */
    default int counted(RunState state, ItemState each) {
        return state.counts().of(each);
    }

    /** The exit status of a run that has ended. */
    default int exitStatus(RunState state) {
        return Verdict.of(state.ended().orElseThrow(), state.counts(), state.unconfirmed())
                .exitStatus();
    }

    /**
     * The driver as somebody who looks at the run sees it.
     *
     * @param alive what the lease says
     */
    default DriverView driver(boolean alive, RunState state, Instant now) {
        return alive ? DriverView.alive("login1", 1, now, Optional.empty()) : DriverView.none(Optional.empty());
    }
}
