package dev.settle.app.reader;

import dev.settle.app.process.App;
import dev.settle.app.process.RemoteEnd;
import dev.settle.app.process.Signals;
import dev.settle.core.model.RunId;
import dev.settle.core.text.Durations;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The runs that one command watches: signals reach the readers of all of them, a reason to leave one of them is a reason to
 * leave all, and what is said on leaving is said once.
 */
final class WatchGroup {
    private final App app;
    private final FollowUp followUp;
    /** Empty where the command watches a single run. */
    private final List<RunId> several;

    private final List<Follower> followers = new ArrayList<>();
    private final List<Consumer<Signals.Kind>> replies = new ArrayList<>();
    private Optional<FollowEnd> left = Optional.empty();
    private boolean saidHow;

    private WatchGroup(App app, FollowUp followUp, List<RunId> several) {
        this.app = app;
        this.followUp = followUp;
        this.several = several;
    }

    static WatchGroup alone(App app, FollowUp followUp) {
        return new WatchGroup(app, followUp, List.of());
    }

    /** @param runs in the order in which the user named them */
    static WatchGroup of(App app, FollowUp followUp, Collection<RunId> runs) {
        return new WatchGroup(app, followUp, List.copyOf(runs));
    }

    boolean isOfSeveral() {
        return !several.isEmpty();
    }

    /** What stands before each line about the run. */
    String prefix(RunId run) {
        return isOfSeveral() ? run + ": " : "";
    }

    /**
     * A reader begins; from now on signals reach it.
     *
     * @param reply what it does on a signal, in a thread of the signal's own
     */
    synchronized void joined(Follower follower, Consumer<Signals.Kind> reply) {
        followers.add(follower);
        replies.add(reply);
        if (replies.size() == 1) {
            Signals.handle(this::signalled);
        }
        if (left.isPresent()) {
            follower.othersLeft();
        }
    }

    private void signalled(Signals.Kind kind) {
        List<Consumer<Signals.Kind>> now;
        synchronized (this) {
            now = List.copyOf(replies);
        }
        now.forEach(reply -> reply.accept(kind));
    }

    /** A reader of one run has left before its end: the others leave too, where that concerns them. */
    synchronized void left(FollowEnd end) {
        if (left.isEmpty() && (end == FollowEnd.ITEM_FAILED || end == FollowEnd.GAVE_UP)) {
            left = Optional.of(end);
            followers.forEach(Follower::othersLeft);
        }
    }

    /** Something went wrong with one reader: the others leave. */
    synchronized void abandon() {
        left = Optional.of(left.orElse(FollowEnd.LEFT_WITH_OTHERS));
        followers.forEach(Follower::othersLeft);
    }

    /** Says why the watching of a run ended before the run, and how it goes on; of several runs once. */
    void notice(FollowEnd end, RunId run, Optional<Duration> giveUpAfter) {
        switch (end) {
            case TIMED_OUT -> once("timed out; the run continues. To keep watching: ", run);
            case ITEM_FAILED ->
                once("stopped watching at the first failed item; the run continues. To keep watching: ", run);
            case SIGNALLED -> once("stopped watching; the run continues. To keep watching: ", run);
            case GAVE_UP ->
                once(
                        "the scheduler has not answered for " + Durations.format(giveUpAfter.orElseThrow())
                                + "; the run continues when it does. To keep watching: ",
                        run);
            case LEFT_WITH_OTHERS ->
                once("stopped watching, as another run was left; the run continues. To keep watching: ", run);
            case ENOUGH, RUN_ENDED, STORAGE_FAILED, ENGINE_GONE -> {}
        }
    }

    /** The run goes on without this process; how to follow it. */
    void noticeDetached(RunId run) {
        once("detached from run " + run + "; it continues in the background. To follow: ", run);
    }

    /** The same where no process goes on with the run. */
    void noticeLeft(RunId run) {
        once("left run " + run + " before its end. To continue: ", run);
    }

    private void once(String why, RunId run) {
        synchronized (this) {
            if (saidHow) {
                return;
            }
            saidHow = true;
        }
        String words = isOfSeveral() ? why.replace("the run continues", "the runs continue") : why;
        app.console().notice("settle: " + words + line(run));
    }

    /** The command that goes on with what the user was watching. */
    String line(RunId run) {
        FollowUp where = followUp.on(RemoteEnd.host(app.environment()));
        return isOfSeveral() ? where.line(several) : where.line(run);
    }
}
