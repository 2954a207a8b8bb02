package dev.settle.core.journal;

import dev.settle.core.model.ItemId;
import dev.settle.core.model.ItemReason;
import dev.settle.core.run.ConfirmedBy;
import dev.settle.core.run.ItemEvent;
import dev.settle.core.run.ItemMemory;
import dev.settle.core.run.ItemState;
import dev.settle.core.run.Outcome;
import dev.settle.core.scheduler.JobId;
import dev.settle.core.scheduler.JobObservation;
import dev.settle.core.scheduler.JobState;
import dev.settle.core.scheduler.Source;
import dev.settle.core.scheduler.SubmitToken;
import dev.settle.core.scheduler.Usage;
import dev.settle.core.scheduler.WaitReason;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeMap;

/** What items remember, in a snapshot. Each method here has its counterpart, field by field in the same order. */
final class ItemBinary {
    private ItemBinary() {}

    static void write(BinaryOut out, ItemMemory m) {
        attempt(out, m.attempt());
        out.number(m.earlier().size());
        m.earlier().forEach(earlier -> attempt(out, earlier));
        out.number(m.retriesUsed());
        out.number(m.refusals());
        waitReason(out, m.waitReason());
        out.maybeInstant(m.notBefore());
        out.maybeWord(m.cancelAskedBy());
        out.flag(m.withdrawal().isPresent());
        m.withdrawal().ifPresent(w -> {
            out.text(w.item().value());
            out.maybeConstant(w.reason());
            out.word(w.message());
        });
        out.maybeConstant(m.reason());
        out.maybeWord(m.message());
        out.maybeInstant(m.settledAt());
        out.maybeInstant(m.changedAt());
        usage(out, m.usage());
        out.number(m.metrics().size());
        new TreeMap<>(m.metrics()).forEach((name, value) -> {
            out.word(name);
            out.fraction(value);
        });
    }

    static ItemMemory read(BinaryIn in) {
        ItemMemory.OfAttempt attempt = attempt(in);
        int count = in.integer();
        List<ItemMemory.OfAttempt> earlier = count == 0 ? List.of() : new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            earlier.add(attempt(in));
        }
        return new ItemMemory(
                attempt,
                earlier,
                in.integer(),
                in.integer(),
                waitReason(in),
                in.maybeInstant(),
                in.maybeWord(),
                withdrawal(in),
                reason(in),
                in.maybeWord(),
                in.maybeInstant(),
                in.maybeInstant(),
                usage(in),
                metrics(in));
    }

    private static Optional<ItemEvent.WithdrawAsked> withdrawal(BinaryIn in) {
        return in.flag()
                ? Optional.of(new ItemEvent.WithdrawAsked(new ItemId(in.text()), reason(in), in.word()))
                : Optional.empty();
    }

    private static Map<String, Double> metrics(BinaryIn in) {
        int count = in.integer();
        if (count == 0) {
            return Map.of();
        }
        Map<String, Double> metrics = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            metrics.put(in.word(), in.fraction());
        }
        return Map.copyOf(metrics);
    }

    private static void attempt(BinaryOut out, ItemMemory.OfAttempt a) {
        out.number(a.number());
        out.maybeWord(a.token());
        out.maybeText(a.jobId());
        out.maybeInstant(a.intendedAt());
        out.maybeInstant(a.submittedAt());
        out.maybeInstant(a.startedAt());
        out.maybeInstant(a.leftAt());
        out.maybeWord(a.leftWhy());
        out.maybeWord(a.node());
        out.flag(a.outcome().isPresent());
        a.outcome().ifPresent(outcome -> outcome(out, outcome));
        out.maybeInstant(a.runSubmittedAt());
        out.maybeInstant(a.earlierRunAt());
        out.maybeText(a.jobName());
        out.number(a.restarts());
        BinaryOut part = out.part();
        Collection<JobObservation> observations = a.latest().get();
        observations.forEach(observation -> observation(part, observation));
        out.part(part);
    }

    private static ItemMemory.OfAttempt attempt(BinaryIn in) {
        int number = in.integer();
        Optional<SubmitToken> token = in.flag() ? Optional.of(new SubmitToken(in.word())) : Optional.empty();
        Optional<JobId> jobId = in.flag() ? Optional.of(JobId.of(in.text())) : Optional.empty();
        Optional<Instant> intendedAt = in.maybeInstant();
        Optional<Instant> submittedAt = in.maybeInstant();
        Optional<Instant> startedAt = in.maybeInstant();
        Optional<Instant> leftAt = in.maybeInstant();
        Optional<String> leftWhy = in.maybeWord();
        Optional<String> node = in.maybeWord();
        Optional<Outcome> outcome = in.flag() ? Optional.of(outcome(in)) : Optional.empty();
        Optional<Instant> runSubmittedAt = in.maybeInstant();
        Optional<Instant> earlierRunAt = in.maybeInstant();
        Optional<String> jobName = in.flag() ? Optional.of(in.text()) : Optional.empty();
        int restarts = in.integer();
        BinaryIn observations = in.part();
        return new ItemMemory.OfAttempt(
                number,
                token,
                jobId,
                intendedAt,
                submittedAt,
                startedAt,
                leftAt,
                leftWhy,
                node,
                outcome,
                runSubmittedAt,
                earlierRunAt,
                jobName,
                restarts,
                () -> observations(observations.again()));
    }

    private static List<JobObservation> observations(BinaryIn in) {
        List<JobObservation> observations = new ArrayList<>();
        while (!in.isAtEnd()) {
            observations.add(observation(in));
        }
        return observations;
    }

    private static void outcome(BinaryOut out, Outcome o) {
        out.constant(o.state());
        out.constant(o.reason());
        out.maybe(o.exitCode());
        out.maybe(o.signal());
        out.constant(o.confirmedBy());
        out.maybeWord(o.message());
        out.maybeWord(o.schedulerState());
        out.maybeInstant(o.startedAt());
        out.maybeInstant(o.finishedAt());
        out.maybeWord(o.node());
        usage(out, o.usage());
        out.word(o.rule());
    }

    private static Outcome outcome(BinaryIn in) {
        return new Outcome(
                in.constant(ItemState.class),
                in.constant(ItemReason.class),
                in.maybeInt(),
                in.maybeInt(),
                in.constant(ConfirmedBy.class),
                in.maybeWord(),
                in.maybeWord(),
                in.maybeInstant(),
                in.maybeInstant(),
                in.maybeWord(),
                usage(in),
                in.word());
    }

    private static void observation(BinaryOut out, JobObservation s) {
        out.constant(s.source());
        out.instant(s.at());
        out.text(s.jobId().toString());
        out.word(s.state().raw());
        out.constant(s.state().phase());
        out.constant(s.state().reason());
        out.maybe(s.exitCode());
        out.maybe(s.signal());
        waitReason(out, s.waitReason());
        out.maybeWord(s.reason());
        out.maybeText(s.jobName());
        out.maybeWord(s.token());
        out.maybeInstant(s.submittedAt());
        out.maybeInstant(s.startedAt());
        out.maybeInstant(s.endedAt());
        out.maybeWord(s.node());
        out.maybeWord(s.cancelledBy());
        out.flag(s.timeLimit().isPresent());
        s.timeLimit().ifPresent(limit -> {
            out.number(limit.getSeconds());
            out.number(limit.getNano());
        });
        usage(out, s.usage());
        out.flag(s.partial());
        out.flag(s.batchEnded());
        out.flag(s.terminated());
        out.maybeWord(s.note());
    }

    private static JobObservation observation(BinaryIn in) {
        return new JobObservation(
                in.constant(Source.class),
                in.instant(),
                JobId.of(in.text()),
                new JobState(in.word(), in.constant(JobState.Phase.class), in.constant(ItemReason.class)),
                in.maybeInt(),
                in.maybeInt(),
                waitReason(in),
                in.maybeWord(),
                in.maybeText(),
                in.flag() ? Optional.of(new SubmitToken(in.word())) : Optional.empty(),
                in.maybeInstant(),
                in.maybeInstant(),
                in.maybeInstant(),
                in.maybeWord(),
                in.maybeWord(),
                in.flag() ? Optional.of(Duration.ofSeconds(in.number(), in.number())) : Optional.empty(),
                usage(in),
                in.flag(),
                in.flag(),
                in.flag(),
                in.maybeWord());
    }

    private static void waitReason(BinaryOut out, Optional<WaitReason> reason) {
        out.flag(reason.isPresent());
        reason.ifPresent(r -> {
            out.word(r.raw());
            out.constant(r.kind());
        });
    }

    private static Optional<WaitReason> waitReason(BinaryIn in) {
        return in.flag()
                ? Optional.of(new WaitReason(in.word(), in.constant(WaitReason.Kind.class)))
                : Optional.empty();
    }

    private static Optional<ItemReason> reason(BinaryIn in) {
        return in.flag() ? Optional.of(in.constant(ItemReason.class)) : Optional.empty();
    }

    private static void usage(BinaryOut out, Usage u) {
        out.flag(!u.equals(Usage.NONE));
        if (!u.equals(Usage.NONE)) {
            out.maybe(u.elapsedSeconds());
            out.maybe(u.cpuSeconds());
            out.maybe(u.maxRssBytes());
            out.maybe(u.cpus());
        }
    }

    private static Usage usage(BinaryIn in) {
        if (!in.flag()) {
            return Usage.NONE;
        }
        OptionalLong elapsed = in.maybeLong();
        OptionalDouble cpu = in.maybeFraction();
        OptionalLong rss = in.maybeLong();
        OptionalInt cpus = in.maybeInt();
        return new Usage(elapsed, cpu, rss, cpus);
    }
}
