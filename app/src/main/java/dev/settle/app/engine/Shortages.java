package dev.settle.app.engine;

import dev.settle.app.process.ExitStatus;
import dev.settle.app.process.Failure;
import dev.settle.app.process.Shortage;
import dev.settle.core.kernel.Input;
import dev.settle.core.model.RunId;
import dev.settle.core.scheduler.SubmitAnswer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Tells that there is no room for a process that a run needs, and ends its drive where that lasts: a limit that lets
 * nothing be started at all is to be raised by a person, who is not to wait for a run that never begins.
 */
final class Shortages {
    /** What becomes of a run that nothing can be started of for a while. */
    enum When {
        /** The drive ends: somebody waits for it. */
        LASTING_ENDS,
        /** It is tried again for as long as it takes. */
        LASTING_IS_WAITED_FOR
    }

    private final RunId run;
    private final When when;
    private final Consumer<String> notices;
    private final Supplier<Duration> monotonic;
    private Optional<Duration> since = Optional.empty();

    /** @param monotonic how long ago some point in time was */
    Shortages(RunId run, When when, Consumer<String> notices, Supplier<Duration> monotonic) {
        this.run = run;
        this.when = when;
        this.notices = notices;
        this.monotonic = monotonic;
    }

    /** Looks at an answer; why the drive is to end, if it is. */
    synchronized Optional<Failure> heard(Input input) {
        if (!(input instanceof Input.SubmitAnswered answered)) {
            return Optional.empty();
        }
        boolean refused = answered.answer() instanceof SubmitAnswer.Refused said
                && said.refusal() == SubmitAnswer.Refusal.NO_PROCESS;
        if (!refused) {
            since = Optional.empty();
            return Optional.empty();
        }
        String text = ((SubmitAnswer.Refused) answered.answer()).text();
        Duration now = monotonic.get();
        if (since.isEmpty()) {
            since = Optional.of(now);
            notices.accept("a job cannot be started: " + text + "; trying again");
        }
        boolean lasting = now.minus(since.get()).compareTo(Shortage.PATIENCE) >= 0;
        return lasting && when == When.LASTING_ENDS
                ? Optional.of(new Failure(
                        ExitStatus.DEFECT,
                        List.of(
                                "run " + run + " cannot go on: no job could be started for "
                                        + now.minus(since.get()).toSeconds() + " s: " + text,
                                "jobs that run go on; once there is room: settle watch " + run)))
                : Optional.empty();
    }
}
