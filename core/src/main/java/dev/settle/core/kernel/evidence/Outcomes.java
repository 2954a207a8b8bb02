package dev.settle.core.kernel.evidence;

import dev.settle.core.kernel.state.ItemFiles;
import dev.settle.core.model.ItemReason;
import dev.settle.core.run.ConfirmedBy;
import dev.settle.core.run.ItemState;
import dev.settle.core.run.Outcome;
import dev.settle.core.run.StopReason;
import dev.settle.core.scheduler.JobObservation;
import dev.settle.core.scheduler.JobState.Phase;
import dev.settle.core.scheduler.Source.Role;
import dev.settle.core.scheduler.Usage;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;

/** Words an outcome from the observation that decided and from what the others add. */
final class Outcomes {
    /** Slurm reports an out-of-memory kill as signal 125 (slurm.md, 18). */
    private static final int SIGNAL_OUT_OF_MEMORY = 125;

    /** Slurm reports that it could not set up the job's output as signal 53 (slurm.md, 18). */
    private static final int SIGNAL_LAUNCH_FAILED = 53;

    private static final int SIGNAL_KILL = 9;

    /** sacct takes this off the exit codes from here on: 137 reads as 9 (its print.c; measured with 22.05). */
    private static final int CODE_BIT_LOST = 128;

    private Outcomes() {}

    /** The outcome that one observation tells. */
    static Outcome of(Evidence e, JobObservation s, Rule rule) {
        if (s.state().phase() == Phase.CANCELLED) {
            return cancelled(e, s, rule);
        }
        if (s.state().phase() == Phase.COMPLETED && !s.codeIsBad()) {
            OptionalInt code = s.exitCode().isPresent()
                    ? s.exitCode()
                    : e.record().map(JobObservation::exitCode).orElse(OptionalInt.empty());
            return build(e, s, rule, ItemState.COMPLETED, ItemReason.OK, code, OptionalInt.empty(), s.note());
        }
        return failed(e, s, rule);
    }

    /** What was asked to end may have been asked so because it is to start again; only the controller could tell. */
    static Outcome ofRecord(Evidence e, JobObservation record, Rule rule) {
        Outcome outcome = of(e, record, rule);
        boolean mayStartAgain = record.terminated() && !e.isLocal() && !e.isNotToStartAgain(record);
        return mayStartAgain ? outcome.unconfirmed() : outcome;
    }

    /** A failure that a requeue may undo, while nobody can be asked about that. */
    static Outcome mayStartAgain(Outcome outcome) {
        String unknown = "whether the scheduler starts it again could not be found out";
        String message = outcome.message().map(text -> text + "; " + unknown).orElse(unknown);
        return outcome.with(outcome.state(), outcome.reason(), Optional.of(message))
                .unconfirmed();
    }

    /** Two sources disagree, and the bad one holds. */
    static Outcome worse(Evidence e, JobObservation good, JobObservation bad, Rule rule) {
        Outcome outcome = of(e, bad, rule);
        String both = good.source().word() + " says " + good.state().raw() + ", "
                + bad.source().word() + " says "
                + bad.state().raw() + "; the worse one holds";
        return outcome.with(outcome.state(), outcome.reason(), Optional.of(both));
    }

    private static Outcome failed(Evidence e, JobObservation s, Rule rule) {
        ItemReason reason = failureReason(e, s);
        OptionalInt signal = OptionalInt.empty();
        OptionalInt code = OptionalInt.empty();
        if (reason == ItemReason.SIGNAL || reason == ItemReason.EXIT_CODE) {
            JobObservation source = s.codeIsBad() ? s : e.record().orElse(s);
            signal = source.signal().orElse(0) > 0 ? source.signal() : OptionalInt.empty();
            code = signal.isPresent() || source.exitCode().orElse(0) == 0 ? OptionalInt.empty() : wholeCode(e, source);
        } else if (reason != ItemReason.TIME_LIMIT
                && reason != ItemReason.OUT_OF_MEMORY
                && s.exitCode().orElse(0) > 0) {
            code = s.exitCode();
        }
        Optional<String> message = failureMessage(e, s, reason);
        int shown = s.exitCode().orElse(0);
        if (message.isEmpty() && s.source().role() == Role.ACCOUNTING && code.orElse(0) == shown + CODE_BIT_LOST) {
            message = Optional.of(s.source().word() + " shows it as " + shown);
        }
        return build(e, s, rule, ItemState.FAILED, reason, code, signal, message);
    }

    /** The code that accounting tells, or the one that it cut and that somebody else saw whole. */
    private static OptionalInt wholeCode(Evidence e, JobObservation source) {
        OptionalInt code = source.exitCode();
        if (source.source().role() != Role.ACCOUNTING || code.isEmpty()) {
            return code;
        }
        int whole = code.getAsInt() + CODE_BIT_LOST;
        return Stream.of(e.record(), e.controllerFailure())
                        .flatMap(Optional::stream)
                        .anyMatch(s -> s.signal().orElse(0) == 0 && s.exitCode().orElse(0) == whole)
                ? OptionalInt.of(whole)
                : code;
    }

    /** The specific state beats FAILED, which beats a code (contract.md, 8). */
    private static ItemReason failureReason(Evidence e, JobObservation s) {
        Optional<ItemReason> ours = e.record()
                .map(r -> r.state().reason())
                .filter(r -> r == ItemReason.TIMEOUT || r == ItemReason.LAUNCH_FAILURE);
        if (s.state().phase() != Phase.COMPLETED
                && s.state().reason() != ItemReason.EXIT_CODE
                && s.state().reason() != ItemReason.SIGNAL) {
            return s.state().reason();
        }
        if (ours.isPresent()) {
            return ours.get();
        }
        Optional<ItemReason> queue = e.controllerFailure()
                .filter(q -> !q.equals(s) && q.state().phase() != Phase.CANCELLED)
                .map(q -> q.state().reason())
                .filter(r -> r != ItemReason.EXIT_CODE && r != ItemReason.SIGNAL);
        if (queue.isPresent()) {
            return queue.get();
        }
        JobObservation source = s.codeIsBad() ? s : e.record().orElse(s);
        int signal = source.signal().orElse(0);
        if (signal == SIGNAL_OUT_OF_MEMORY) {
            return ItemReason.OUT_OF_MEMORY;
        }
        if (signal == SIGNAL_LAUNCH_FAILED) {
            return ItemReason.LAUNCH_FAILURE;
        }
        if (signal == SIGNAL_KILL
                && e.live.end().output().files().flatMap(ItemFiles::outOfMemory).isPresent()) {
            return ItemReason.OUT_OF_MEMORY;
        }
        return signal > 0 ? ItemReason.SIGNAL : ItemReason.EXIT_CODE;
    }

    private static Optional<String> failureMessage(Evidence e, JobObservation s, ItemReason reason) {
        Optional<String> note = s.note().or(() -> e.record().flatMap(JobObservation::note));
        return switch (reason) {
            case NODE_FAILURE ->
                Optional.of("node " + s.node().or(() -> e.item.attempt().node()).orElse("unknown") + " failed");
            case LAUNCH_FAILURE ->
                note.or(() -> Optional.of("Slurm could not launch it"
                        + s.reason().map(word -> " (" + word + ")").orElse("")
                        + ": is the directory of its output there on the node?"));
            case LOST -> note.or(s::reason);
            case PREEMPTED -> Optional.empty();
            case OUT_OF_MEMORY ->
                e.live.end().output().files().flatMap(ItemFiles::outOfMemory).or(() -> note);
            case TIMEOUT ->
                Optional.of("ran longer than its timeout of "
                        + e.item.plan().timeout().map(Duration::toSeconds).orElse(0L) + " s");
            case TIME_LIMIT -> s.timeLimit().map(limit -> "reached its time limit of " + limit.toSeconds() + " s");
            default -> note;
        };
    }

    private static Outcome cancelled(Evidence e, JobObservation s, Rule rule) {
        Optional<String> by = e.item.cancelAskedBy().or(s::cancelledBy).or(() -> e.accounting()
                .flatMap(JobObservation::cancelledBy));
        if (by.isEmpty() && e.item.withdrawal().isEmpty() && e.endedForItsDependency()) {
            return build(
                    e,
                    s,
                    rule,
                    ItemState.FAILED,
                    ItemReason.DEPENDENCY_NEVER_SATISFIED,
                    OptionalInt.empty(),
                    OptionalInt.empty(),
                    Optional.of("the scheduler cancelled it: what it depends on did not end as it had to"));
        }
        ItemReason reason = by.filter(who -> isUs(e, who)).isPresent()
                ? ItemReason.CANCELLED_BY_USER
                : ItemReason.CANCELLED_BY_OTHER;
        if (e.neverStarted() && !JobIdentity.hasStarted(s)) {
            reason = ItemReason.CANCELLED_WHILE_PENDING;
        }
        Optional<String> message = Optional.of(
                by.map(who -> "cancelled by " + who).orElse(s.source().word() + " does not say by whom"));
        if (e.endsWithRun.isPresent() && e.item.cancelAskedBy().isPresent()) {
            // A resume runs it again; the run's own stop says why.
            reason = reasonWithRun(e.endsWithRun.get());
            message = Optional.of("ended with the run: " + e.endsWithRun.get().phrase());
        }
        return build(e, s, rule, ItemState.CANCELLED, reason, OptionalInt.empty(), OptionalInt.empty(), message);
    }

    private static ItemReason reasonWithRun(StopReason stop) {
        return stop == StopReason.OUT_OF_CREDITS ? ItemReason.OUT_OF_CREDITS : ItemReason.CANCELLED_BY_USER;
    }

    private static boolean isUs(Evidence e, String who) {
        return who.equals(e.policy.user()) || who.equals(e.policy.uid());
    }

    /** A job of ours or of an array that left the queue before it ran. */
    static Outcome cancelledWhilePending(Evidence e, Rule rule, ConfirmedBy confirmedBy) {
        Optional<String> by = e.item.cancelAskedBy();
        return bare(
                e,
                rule,
                ItemState.CANCELLED,
                ItemReason.CANCELLED_WHILE_PENDING,
                confirmedBy,
                Optional.of(by.map(who -> "cancelled by " + who).orElse("left the queue before it started")));
    }

    /** A job that settle cancelled, and that is gone without a word. */
    static Outcome cancelledUnconfirmed(Evidence e, Rule rule) {
        String by = e.item.cancelAskedBy().orElse("settle");
        ItemReason reason = e.neverStarted()
                ? ItemReason.CANCELLED_WHILE_PENDING
                : isUs(e, by) ? ItemReason.CANCELLED_BY_USER : ItemReason.CANCELLED_BY_OTHER;
        return bare(e, rule, ItemState.CANCELLED, reason, ConfirmedBy.NONE, Optional.of("cancelled by " + by));
    }

    static Outcome lost(Evidence e, Rule rule, String message) {
        return bare(e, rule, ItemState.FAILED, ItemReason.LOST, ConfirmedBy.NONE, Optional.of(message));
    }

    /** A job of ours that ran, and of which nobody knows how it ended. */
    static Outcome startedAndLost(Evidence e, Rule rule) {
        Optional<Instant> at =
                e.startRecord().flatMap(JobObservation::startedAt).or(() -> startedAt(e));
        Optional<String> node = e.startRecord().flatMap(JobObservation::node).or(() -> e.item.attempt()
                .node());
        String started = "it started"
                + at.map(time -> " at " + time.truncatedTo(ChronoUnit.SECONDS)).orElse("")
                + node.map(name -> " on " + name).orElse("");
        return lost(e, rule, started + " and left no exit record; no source reported how it ended");
    }

    /** The last that was said is a word that settle does not know; never success. */
    static Optional<Outcome> unknownWord(Evidence e, Rule rule) {
        return e.accounting()
                .filter(s -> s.state().phase() == Phase.UNKNOWN)
                .or(() -> e.controller().filter(s -> s.state().phase() == Phase.UNKNOWN))
                .map(s -> bare(
                        e,
                        rule,
                        ItemState.FAILED,
                        ItemReason.UNKNOWN_STATE,
                        ConfirmedBy.NONE,
                        Optional.of(s.source().word() + " says " + s.state().raw()
                                + ", a word that settle does not know")));
    }

    static Outcome unconfirmed(Evidence e, Rule rule) {
        StringBuilder text = new StringBuilder("no source confirmed how it ended within ")
                .append(e.policy.settleTimeout().toSeconds())
                .append(" s");
        e.controllerEnd().ifPresent(s -> text.append("; ")
                .append(s.source().word())
                .append(" said ")
                .append(s.state().raw()));
        e.record().filter(r -> r.exitCode().isPresent()).ifPresent(r -> text.append(
                        "; its own exit record says exit code ")
                .append(r.exitCode().getAsInt()));
        return bare(
                e, rule, ItemState.COMPLETED, ItemReason.UNCONFIRMED, ConfirmedBy.NONE, Optional.of(text.toString()));
    }

    private static Outcome bare(
            Evidence e, Rule rule, ItemState state, ItemReason reason, ConfirmedBy by, Optional<String> message) {
        return new Outcome(
                state,
                reason,
                OptionalInt.empty(),
                OptionalInt.empty(),
                by,
                message,
                e.accounting().or(e::controller).map(s -> s.state().raw()),
                startedAt(e),
                finishedAt(e),
                e.item.attempt().node(),
                Usage.NONE,
                rule.word());
    }

    private static Outcome build(
            Evidence e,
            JobObservation s,
            Rule rule,
            ItemState state,
            ItemReason reason,
            OptionalInt code,
            OptionalInt signal,
            Optional<String> message) {
        return new Outcome(
                state,
                reason,
                code,
                signal,
                ConfirmedBy.of(s.source().role()),
                message,
                s.source().role() == Role.EXIT_RECORD
                        ? wordOfEnd(e)
                        : Optional.of(s.state().raw()),
                s.startedAt().filter(at -> s.source().role() != Role.CONTROLLER).or(() -> startedAt(e)),
                s.endedAt().filter(at -> s.source().role() != Role.CONTROLLER).or(() -> finishedAt(e)),
                s.node().or(() -> e.item.attempt().node()),
                usage(e, s),
                rule.word());
    }

    /** What the scheduler calls the end; that it once called the job running says nothing of it. */
    private static Optional<String> wordOfEnd(Evidence e) {
        return e.accounting()
                .or(e::controller)
                .filter(s -> s.state().phase() != Phase.RUNNING)
                .map(s -> s.state().raw());
    }

    private static Usage usage(Evidence e, JobObservation s) {
        if (!s.usage().equals(Usage.NONE)) {
            return s.usage();
        }
        return e.accounting().or(e::record).map(JobObservation::usage).orElse(Usage.NONE);
    }

    private static Optional<Instant> startedAt(Evidence e) {
        return e.accounting()
                .flatMap(JobObservation::startedAt)
                .or(() -> e.record().flatMap(JobObservation::startedAt))
                .or(() -> e.item.attempt().startedAt());
    }

    private static Optional<Instant> finishedAt(Evidence e) {
        return e.accounting()
                .filter(s -> s.state().phase().isEnd())
                .flatMap(JobObservation::endedAt)
                .or(() -> e.record().flatMap(JobObservation::endedAt))
                .or(() -> e.controller().filter(s -> s.state().phase().isEnd()).flatMap(JobObservation::endedAt))
                .or(() -> e.item.attempt().leftAt());
    }
}
