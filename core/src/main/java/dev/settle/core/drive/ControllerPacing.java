package dev.settle.core.drive;

import dev.settle.core.item.Item;
import dev.settle.core.item.ItemState;
import dev.settle.core.port.JobId;
import dev.settle.core.port.Source.Role;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;

/** When to ask the controller: one question for all jobs, slower when nothing changes. */
final class ControllerPacing {
    /** Quiet answers before the pause between questions doubles. */
    private static final int QUIET_ANSWERS = 4;

    private static final Duration WATCHED_PAUSE_MIN = Duration.ofSeconds(2);
    private static final double JITTER = 0.1;

    /** Silences in a row after which somebody else is asked about what lives. */
    private static final int SILENCES_MAX = 2;

    private static final Duration GAP_MIN = Duration.ofSeconds(1);
    private static final Duration NEWCOMERS_GAP = Duration.ofSeconds(10);

    private final Board board;
    private final RandomGenerator random;
    private final Question question = new Question();

    private Instant dueAt;
    private Optional<Instant> wish = Optional.empty();
    private Duration pause;
    private int quietAnswers;
    private Instant quietCountedAt = Instant.EPOCH;
    private int silences;

    ControllerPacing(Board board, RandomGenerator random) {
        this.board = board;
        this.random = random;
        this.pause = firstPause();
        this.dueAt = board.now();
    }

    /** The controller shall be asked at a time, unless its turn comes before. */
    void want(Instant at) {
        if (wish.isEmpty() || at.isBefore(wish.get())) {
            wish = Optional.of(at);
        }
    }

    /** A job that nobody has seen yet shall be looked for, with others of its kind. */
    void wantNewcomers() {
        Duration least = Policy.min(board.policy.interval(), NEWCOMERS_GAP);
        Instant earliest = question.wasAsked() ? question.askedAt().plus(least) : board.now();
        want(earliest.isBefore(board.now()) ? board.now() : earliest);
    }

    /** Our own jobs wake us by their exit records; somebody else's have none, and are looked at sooner at first. */
    private Duration firstPause() {
        Duration interval = board.policy.interval();
        boolean watched = board.state.isOpened() && board.state.opened().watched();
        return watched && interval.compareTo(WATCHED_PAUSE_MIN) > 0 ? WATCHED_PAUSE_MIN : interval;
    }

    /** Something changed: the pause is the regular one again. */
    void changed() {
        quietAnswers = 0;
        pause = firstPause();
    }

    /**
     * A new job is looked for by the regular question, not at once: its exit record wakes us before. A job that was found
     * without a token of ours wakes nobody.
     */
    void submitted(Item item) {
        if (item.state() == ItemState.SUBMITTED) {
            changed();
            if (item.attempt().token().isEmpty()) {
                want(board.now());
            } else if (!question.isOpen()) {
                // No wish: what another run of the user asks until then is as good.
                Instant regular = board.now().plus(pause);
                dueAt = regular.isBefore(dueAt) ? regular : dueAt;
            }
        }
    }

    /** An answer came, to our own question or to another run's. */
    void answered() {
        boolean overheard = question.answered(board.now());
        silences = 0;
        if (overheard && board.now().isBefore(quietCountedAt.plus(pause.dividedBy(2)))) {
            // Ten who ask within a minute do not make quiet times of it.
            dueAt = board.now().plus(jittered(pause));
            return;
        }
        quietCountedAt = board.now();
        quietAnswers++;
        if (pause.compareTo(board.policy.interval()) < 0) {
            pause = Pacing.longer(pause, board.policy.interval());
        } else if (quietAnswers >= QUIET_ANSWERS) {
            pause = Pacing.longer(pause, board.policy.intervalMax());
        }
        dueAt = board.now().plus(jittered(pause));
    }

    /** The question got no answer. */
    void silent() {
        question.drop();
        silences++;
        pause = Pacing.longer(pause, board.policy.intervalMax());
        dueAt = board.now().plus(jittered(pause));
        wish = Optional.empty();
    }

    /** Whether it has been silent for so long that accounting is asked about what lives. */
    boolean isAway() {
        return silences >= SILENCES_MAX;
    }

    /** When the question was asked that was answered last, or is on its way. */
    Instant askedAt() {
        return question.askedAt();
    }

    private Instant at() {
        Instant at = wish.filter(early -> early.isBefore(dueAt)).orElse(dueAt);
        if (!question.wasAsked()) {
            return at;
        }
        Instant earliest = question.askedAt().plus(Policy.min(GAP_MIN, board.policy.interval()));
        return at.isBefore(earliest) ? earliest : at;
    }

    /** Asks if it is time. */
    void ask() {
        if (!question.isAwaited(board.now())
                && board.state.counts().live() > 0
                && !board.now().isBefore(at())) {
            askNow();
        }
    }

    private void askNow() {
        Set<JobId> jobs = new HashSet<>();
        for (Item item : board.byJob().all()) {
            if (item.state().isLive()) {
                item.attempt().jobId().ifPresent(jobs::add);
            }
        }
        if (!jobs.isEmpty()) {
            question.ask(board.now());
            wish = wish.filter(later -> later.isAfter(board.now()));
            board.perform(new Command.Ask(Role.CONTROLLER, jobs));
        }
    }

    /** The time, or sooner when a question is due sooner. */
    Instant wakeAt(Instant latest) {
        boolean sooner =
                !question.isAwaited(board.now()) && board.state.counts().live() > 0 && at().isBefore(latest);
        return sooner ? at() : latest;
    }

    private Duration jittered(Duration time) {
        long millis = time.toMillis();
        return Duration.ofMillis(millis + (long) (millis * JITTER * (random.nextDouble() - 0.5)));
    }
}
