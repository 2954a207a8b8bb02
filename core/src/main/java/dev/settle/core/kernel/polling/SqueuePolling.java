package dev.settle.core.kernel.polling;

import dev.settle.core.kernel.state.KernelCommand;
import dev.settle.core.kernel.state.KernelContext;
import dev.settle.core.kernel.state.Policy;
import dev.settle.core.model.Plan.BackendName;
import dev.settle.core.run.Item;
import dev.settle.core.run.ItemState;
import dev.settle.core.scheduler.JobId;
import dev.settle.core.scheduler.Source.Role;
import dev.settle.core.scheduler.Urgency;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;

/** When to ask the controller: one question for all jobs, slower when nothing changes. */
public final class SqueuePolling {
    /** Quiet answers before the pause between questions doubles. */
    private static final int QUIET_ANSWERS = 4;

    private static final Duration WATCHED_PAUSE_MIN = Duration.ofSeconds(2);
    private static final double JITTER = 0.1;

    /** Unanswered queries in a row after which accounting is asked about live items. */
    private static final int SILENCES_MAX = 2;

    private static final Duration GAP_MIN = Duration.ofSeconds(1);
    /**
     * A job of ours that starts within this says so itself (its start record); one that waits has its reason by then: the
     * controller's scheduler looks at a submission within a second or two.
     */
    private static final Duration FIRST_LOOK = Duration.ofSeconds(2);

    private static final Duration NEWCOMERS_GAP = Duration.ofSeconds(10);

    private final KernelContext context;
    private final RandomGenerator random;
    private final PollTimer timer = new PollTimer();

    private Instant dueAt;
    private Optional<Instant> wish = Optional.empty();

    /** When jobs of ours that have not started are looked for; {@link Instant#MAX} when there is nothing new. */
    private Instant firstLookAt = Instant.MAX;

    private Duration pause;
    private int quietAnswers;
    private Instant quietCountedAt = Instant.EPOCH;
    private int silences;

    SqueuePolling(KernelContext context, RandomGenerator random) {
        this.context = context;
        this.random = random;
        this.pause = firstPause();
        this.dueAt = context.now();
    }

    /** Queries the controller at a time, unless it is queried before. */
    public void want(Instant at) {
        if (wish.isEmpty() || at.isBefore(wish.get())) {
            wish = Optional.of(at);
        }
    }

    /** Looks soon for jobs that no answer has listed yet. */
    public void wantNewcomers() {
        Duration least = Policy.min(context.policy().interval(), NEWCOMERS_GAP);
        Instant earliest = timer.wasAsked() ? timer.askedAt().plus(least) : context.now();
        want(earliest.isBefore(context.now()) ? context.now() : earliest);
    }

    /** Our own jobs wake us by their exit records; somebody else's have none, and are looked at sooner at first. */
    private Duration firstPause() {
        Duration interval = context.policy().interval();
        boolean watched = context.state().isOpened() && context.state().opened().watched();
        return watched && interval.compareTo(WATCHED_PAUSE_MIN) > 0 ? WATCHED_PAUSE_MIN : interval;
    }

    /** Something changed: the pause is the regular one again. */
    public void changed() {
        quietAnswers = 0;
        pause = firstPause();
    }

    /**
     * A new job is looked for by the regular query: its records wake us before. Only the first jobs are looked for sooner,
     * once they have had time to start. A job that was found without a token of ours has no records.
     */
    public void submitted(Item item) {
        if (item.state() == ItemState.SUBMITTED) {
            changed();
            if (item.attempt().token().isEmpty()) {
                want(context.now());
            } else if (!timer.isOpen()) {
                // No wish: what another run of the user asks until then is as good.
                Instant regular = context.now().plus(pause);
                dueAt = regular.isBefore(dueAt) || !timer.wasAsked() ? regular : dueAt;
            }
            if (item.attempt().token().isPresent() && !timer.wasAsked() && firstLookAt.equals(Instant.MAX)) {
                firstLookAt = context.now().plus(firstLookAfter());
            }
        }
    }

    private Duration firstLookAfter() {
        // On this machine that is no command, and the process table is all there is to tell.
        return context.policy().backend() == BackendName.LOCAL
                ? Duration.ZERO
                : Policy.min(FIRST_LOOK, context.policy().interval());
    }

    /** Whatever is asked or answered at its time serves for it. */
    private void firstLookDone() {
        firstLookAt = context.now().isBefore(firstLookAt) ? firstLookAt : Instant.MAX;
    }

    /** An answer came, to our own question or to another run's. */
    public void answered() {
        boolean ofAnotherRun = timer.answered(context.now());
        silences = 0;
        firstLookDone();
        if (ofAnotherRun && context.now().isBefore(quietCountedAt.plus(pause.dividedBy(2)))) {
            // Ten who ask within a minute do not make quiet times of it.
            dueAt = context.now().plus(jittered(pause));
            return;
        }
        quietCountedAt = context.now();
        quietAnswers++;
        if (pause.compareTo(context.policy().interval()) < 0) {
            pause = PollTimer.longer(pause, context.policy().interval());
        } else if (quietAnswers >= QUIET_ANSWERS) {
            pause = PollTimer.longer(pause, context.policy().intervalMax());
        }
        dueAt = context.now().plus(jittered(pause));
    }

    /** The question got no answer. */
    void silent() {
        timer.drop();
        silences++;
        pause = PollTimer.longer(pause, context.policy().intervalMax());
        dueAt = context.now().plus(jittered(pause));
        wish = Optional.empty();
    }

    /** Whether it has been silent for so long that accounting is asked about live items. */
    boolean isAway() {
        return silences >= SILENCES_MAX;
    }

    /** When the query was sent that was answered last, or is open. */
    public Instant askedAt() {
        return timer.askedAt();
    }

    private Instant at() {
        Instant at = wish.filter(early -> early.isBefore(dueAt)).orElse(dueAt);
        at = firstLookAt.isBefore(at) ? firstLookAt : at;
        if (!timer.wasAsked()) {
            return at;
        }
        Instant earliest =
                timer.askedAt().plus(Policy.min(GAP_MIN, context.policy().interval()));
        return at.isBefore(earliest) ? earliest : at;
    }

    /** Asks if it is time. */
    void query() {
        if (!context.now().isBefore(firstLookAt) && context.state().counts().of(ItemState.SUBMITTED) == 0) {
            firstLookAt = Instant.MAX;
        }
        if (!timer.isAwaited(context.now())
                && context.state().counts().live() > 0
                && !context.now().isBefore(at())) {
            queryNow();
        }
    }

    private void queryNow() {
        Set<JobId> jobs = new HashSet<>();
        for (Item item : context.byJob().all()) {
            if (item.state().isLive()) {
                item.attempt().jobId().ifPresent(jobs::add);
            }
        }
        if (!jobs.isEmpty()) {
            timer.ask(context.now());
            boolean wished = wish.filter(at -> !at.isAfter(context.now())).isPresent();
            wish = wish.filter(later -> later.isAfter(context.now()));
            firstLookDone();
            boolean awaited = wished && context.state().counts().of(ItemState.SETTLING) > 0;
            context.perform(
                    new KernelCommand.Query(Role.CONTROLLER, jobs, awaited ? Urgency.AWAITED : Urgency.ROUTINE));
        }
    }

    /** The time, or sooner when a question is due sooner. */
    Instant wakeAt(Instant latest) {
        boolean sooner =
                !timer.isAwaited(context.now()) && context.state().counts().live() > 0 && at().isBefore(latest);
        return sooner ? at() : latest;
    }

    private Duration jittered(Duration time) {
        long millis = time.toMillis();
        return Duration.ofMillis(millis + (long) (millis * JITTER * (random.nextDouble() - 0.5)));
    }
}
