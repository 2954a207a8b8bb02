package dev.settle.core.journal;

import dev.settle.core.json.FieldWriter;
import dev.settle.core.json.Fields;
import dev.settle.core.model.ItemId;
import dev.settle.core.model.ItemReason;
import dev.settle.core.model.WireName;
import dev.settle.core.run.ConfirmedBy;
import dev.settle.core.run.ItemState;
import dev.settle.core.run.Outcome;
import dev.settle.core.run.Stop;
import dev.settle.core.run.StopReason;
import dev.settle.core.scheduler.JobId;
import dev.settle.core.scheduler.JobObservation;
import dev.settle.core.scheduler.JobState;
import dev.settle.core.scheduler.Source;
import dev.settle.core.scheduler.SubmitToken;
import dev.settle.core.scheduler.Usage;
import dev.settle.core.scheduler.WaitReason;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** The values inside events as JSON objects, and back. */
final class ValueCodec {
    private static final Map<String, ItemState> ITEM_STATES = byWord(ItemState.values());
    private static final Map<String, ItemReason> ITEM_REASONS = byWord(ItemReason.values());
    private static final Map<String, ConfirmedBy> CONFIRMED_BY = byWord(ConfirmedBy.values());
    private static final Map<String, Source> SOURCES = byWord(Source.values());
    private static final Map<String, StopReason> STOP_REASONS = byWord(StopReason.values());
    private static final Map<String, JobState.Phase> PHASES = byName(JobState.Phase.values());
    private static final Map<String, WaitReason.Kind> WAIT_REASONS = byName(WaitReason.Kind.values());

    private ValueCodec() {}

    static void write(FieldWriter out, JobObservation s) throws IOException {
        out.put("source", s.source().word())
                .put("at", s.at())
                .text("job", s.jobId())
                .put("state", s.state().raw())
                .put("phase", word(s.state().phase()));
        if (s.state().reason() != ItemReason.OK) {
            out.put("means", s.state().reason().word());
        }
        out.maybe("exit_code", s.exitCode()).maybe("signal", s.signal());
        writeMaybe(out, "wait", s.waitReason());
        out.maybe("reason", s.reason())
                .maybe("job_name", s.jobName())
                .maybe("token", s.token())
                .maybe("submitted_at", s.submittedAt())
                .maybe("started_at", s.startedAt())
                .maybe("ended_at", s.endedAt())
                .maybe("node", s.node())
                .maybe("cancelled_by", s.cancelledBy())
                .maybe("time_limit_ms", millis(s.timeLimit()));
        writeMaybe(out, "usage", s.usage());
        out.flag("partial", s.partial())
                .flag("batch_ended", s.batchEnded())
                .flag("terminated", s.terminated())
                .maybe("note", s.note());
    }

    static JobObservation observation(Fields f) throws IOException {
        return new JobObservation(
                source(f.text("source")),
                f.instant("at"),
                JobId.of(f.text("job")),
                jobState(f),
                f.optInt("exit_code"),
                f.optInt("signal"),
                optWaitReason(f, "wait"),
                f.optWord("reason"),
                f.optWord("job_name"),
                token(f.optWord("token")),
                f.optInstant("submitted_at"),
                f.optInstant("started_at"),
                f.optInstant("ended_at"),
                f.optWord("node"),
                f.optWord("cancelled_by"),
                duration(f.optLong("time_limit_ms")),
                usage(f.optObject("usage")),
                f.flag("partial"),
                f.flag("batch_ended"),
                f.flag("terminated"),
                f.optText("note"));
    }

    private static JobState jobState(Fields f) throws IOException {
        return new JobState(
                f.word("state"),
                phase(f.text("phase")),
                optItemReason(f, "means").orElse(ItemReason.OK));
    }

    static Optional<SubmitToken> token(Optional<String> text) throws IOException {
        if (text.isPresent() && !SubmitToken.isLegal(text.get())) {
            throw new IOException("field 'token' is no submit token: " + text.get());
        }
        return text.map(SubmitToken::new);
    }

    static void write(FieldWriter out, String name, Outcome o) throws IOException {
        out.begin(name)
                .put("state", o.state().word())
                .put("reason", o.reason().word())
                .maybe("exit_code", o.exitCode())
                .maybe("signal", o.signal())
                .put("confirmed_by", o.confirmedBy().word())
                .maybe("message", o.message())
                .maybe("scheduler_state", o.schedulerState())
                .maybe("started_at", o.startedAt())
                .maybe("finished_at", o.finishedAt())
                .maybe("node", o.node());
        writeMaybe(out, "usage", o.usage());
        out.put("rule", o.rule()).end();
    }

    static Outcome outcome(Fields f) throws IOException {
        return new Outcome(
                itemState(f.text("state")),
                itemReason(f.text("reason")),
                f.optInt("exit_code"),
                f.optInt("signal"),
                known("confirmed_by", f.text("confirmed_by"), CONFIRMED_BY),
                f.optWord("message"),
                f.optWord("scheduler_state"),
                f.optInstant("started_at"),
                f.optInstant("finished_at"),
                f.optWord("node"),
                usage(f.optObject("usage")),
                f.word("rule"));
    }

    /** Nothing is written of a usage of which nothing is known. */
    static void writeMaybe(FieldWriter out, String name, Usage u) throws IOException {
        if (!u.isNone()) {
            write(out, name, u);
        }
    }

    static void write(FieldWriter out, String name, Usage u) throws IOException {
        out.begin(name)
                .maybe("elapsed_s", u.elapsedSeconds())
                .maybe("cpu_s", u.cpuSeconds())
                .maybe("max_rss_bytes", u.maxRssBytes())
                .maybe("cpus", u.cpus())
                .end();
    }

    static Usage usage(Optional<Fields> found) throws IOException {
        if (found.isEmpty()) {
            return Usage.NONE;
        }
        Fields f = found.get();
        return new Usage(f.optLong("elapsed_s"), f.optDouble("cpu_s"), f.optLong("max_rss_bytes"), f.optInt("cpus"));
    }

    static void writeMaybe(FieldWriter out, String name, Optional<WaitReason> reason) throws IOException {
        if (reason.isPresent()) {
            out.begin(name)
                    .put("word", reason.get().raw())
                    .put("kind", word(reason.get().kind()))
                    .end();
        }
    }

    static Optional<WaitReason> optWaitReason(Fields f, String name) throws IOException {
        Optional<Fields> why = f.optObject(name);
        return why.isPresent() ? Optional.of(waitReason(why.get())) : Optional.empty();
    }

    private static WaitReason waitReason(Fields f) throws IOException {
        return new WaitReason(f.word("word"), known("wait reason", f.text("kind"), WAIT_REASONS));
    }

    static void write(FieldWriter out, String name, Stop stop) throws IOException {
        out.begin(name)
                .put("reason", stop.reason().word())
                .maybe("detail", stop.detail())
                .maybe("link", stop.link())
                .put("at", stop.at());
        if (!stop.evidence().isEmpty()) {
            out.beginList("evidence");
            for (Stop.Evidence each : stop.evidence()) {
                out.begin()
                        .put("source", each.source())
                        .put("at", each.at())
                        .put("text", each.text())
                        .end();
            }
            out.endList();
        }
        out.end();
    }

    static Stop stop(Fields f) throws IOException {
        List<Stop.Evidence> evidence = new ArrayList<>();
        for (Fields each : f.objects("evidence")) {
            evidence.add(new Stop.Evidence(each.text("source"), each.instant("at"), each.text("text")));
        }
        return new Stop(
                known("stop reason", f.text("reason"), STOP_REASONS),
                f.optText("detail"),
                f.optText("link"),
                f.instant("at"),
                evidence);
    }

    static ItemId itemId(Fields f, String name) throws IOException {
        String text = f.text(name);
        if (!ItemId.isLegal(text)) {
            throw new IOException("field '" + name + "' is no item id: " + text);
        }
        return new ItemId(text);
    }

    static Source source(String word) throws IOException {
        return known("source", word, SOURCES);
    }

    static ItemState itemState(String word) throws IOException {
        return known("item state", word, ITEM_STATES);
    }

    static void writeMaybeReason(FieldWriter out, String name, Optional<ItemReason> reason) throws IOException {
        if (reason.isPresent()) {
            out.put(name, reason.get().word());
        }
    }

    static Optional<ItemReason> optItemReason(Fields f, String name) throws IOException {
        Optional<String> word = f.optText(name);
        return word.isPresent() ? Optional.of(itemReason(word.get())) : Optional.empty();
    }

    static ItemReason itemReason(String word) throws IOException {
        return known("item reason", word, ITEM_REASONS);
    }

    private static JobState.Phase phase(String word) throws IOException {
        return known("job phase", word, PHASES);
    }

    private static OptionalLong millis(Optional<Duration> duration) {
        return duration.isPresent() ? OptionalLong.of(duration.get().toMillis()) : OptionalLong.empty();
    }

    private static Optional<Duration> duration(OptionalLong millis) {
        return millis.isPresent() ? Optional.of(Duration.ofMillis(millis.getAsLong())) : Optional.empty();
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    private static <T> T known(String what, String word, Map<String, T> table) throws UnknownWordException {
        T value = table.get(word);
        if (value == null) {
            throw new UnknownWordException(what, word);
        }
        return value;
    }

    private static <E extends WireName> Map<String, E> byWord(E[] constants) {
        Map<String, E> table = new HashMap<>();
        for (E each : constants) {
            table.put(each.word(), each);
        }
        return table;
    }

    private static <E extends Enum<E>> Map<String, E> byName(E[] constants) {
        Map<String, E> table = new HashMap<>();
        for (E each : constants) {
            table.put(word(each), each);
        }
        return table;
    }
}
