package dev.settle.core.journal;

import dev.settle.core.json.Fields;
import dev.settle.core.model.ItemId;
import dev.settle.core.model.ItemReason;
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
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;

/** The values inside events as JSON objects, and back. */
final class ValueCodec {
    private ValueCodec() {}

    static Tree tree(JobObservation s) {
        return new Tree()
                .put("source", s.source().word())
                .text("at", s.at())
                .text("job", s.jobId())
                .put("state", s.state().raw())
                .put("phase", word(s.state().phase()))
                .maybe(
                        "means",
                        s.state().reason() == ItemReason.OK
                                ? Optional.empty()
                                : Optional.of(s.state().reason().word()))
                .maybe("exit_code", s.exitCode())
                .maybe("signal", s.signal())
                .maybeObject("wait", s.waitReason().map(ValueCodec::tree))
                .maybe("reason", s.reason())
                .maybe("job_name", s.jobName())
                .maybe("token", s.token().map(SubmitToken::value))
                .maybe("submitted_at", s.submittedAt())
                .maybe("started_at", s.startedAt())
                .maybe("ended_at", s.endedAt())
                .maybe("node", s.node())
                .maybe("cancelled_by", s.cancelledBy())
                .maybe("time_limit_ms", millis(s.timeLimit()))
                .maybeObject("usage", Optional.of(tree(s.usage())))
                .flag("partial", s.partial())
                .flag("batch_ended", s.batchEnded())
                .flag("terminated", s.terminated())
                .maybe("note", s.note());
    }

    static JobObservation observation(Fields f) throws IOException {
        Optional<String> means = f.optText("means");
        JobState state = new JobState(
                Words.text(f, "state"),
                phase(f.text("phase")),
                means.isPresent() ? itemReason(means.get()) : ItemReason.OK);
        Optional<Fields> wait = f.optObject("wait");
        return new JobObservation(
                source(f.text("source")),
                f.instant("at"),
                JobId.of(f.text("job")),
                state,
                f.optInt("exit_code"),
                f.optInt("signal"),
                wait.isPresent() ? Optional.of(waitReason(wait.get())) : Optional.empty(),
                Words.optText(f, "reason"),
                f.optText("job_name"),
                token(f.optText("token")),
                f.optInstant("submitted_at"),
                f.optInstant("started_at"),
                f.optInstant("ended_at"),
                Words.optText(f, "node"),
                Words.optText(f, "cancelled_by"),
                duration(f.optLong("time_limit_ms")),
                usage(f.optObject("usage")),
                f.flag("partial"),
                f.flag("batch_ended"),
                f.flag("terminated"),
                f.optText("note"));
    }

    private static Optional<SubmitToken> token(Optional<String> text) throws IOException {
        if (text.isPresent() && !SubmitToken.isLegal(text.get())) {
            throw new IOException("field 'token' is no submit token: " + text.get());
        }
        return text.map(SubmitToken::new);
    }

    static Tree tree(Outcome o) {
        return new Tree()
                .put("state", o.state().word())
                .put("reason", o.reason().word())
                .maybe("exit_code", o.exitCode())
                .maybe("signal", o.signal())
                .put("confirmed_by", o.confirmedBy().word())
                .maybe("message", o.message())
                .maybe("scheduler_state", o.schedulerState())
                .maybe("started_at", o.startedAt())
                .maybe("finished_at", o.finishedAt())
                .maybe("node", o.node())
                .maybeObject("usage", Optional.of(tree(o.usage())))
                .put("rule", o.rule());
    }

    static Outcome outcome(Fields f) throws IOException {
        return new Outcome(
                known("item state", Words.text(f, "state"), ItemState::ofWord),
                itemReason(f.text("reason")),
                f.optInt("exit_code"),
                f.optInt("signal"),
                known("confirmed_by", f.text("confirmed_by"), ConfirmedBy::ofWord),
                Words.optText(f, "message"),
                Words.optText(f, "scheduler_state"),
                f.optInstant("started_at"),
                f.optInstant("finished_at"),
                Words.optText(f, "node"),
                usage(f.optObject("usage")),
                Words.text(f, "rule"));
    }

    static Tree tree(Usage u) {
        return new Tree()
                .maybe("elapsed_s", u.elapsedSeconds())
                .maybe("cpu_s", u.cpuSeconds())
                .maybe("max_rss_bytes", u.maxRssBytes())
                .maybe("cpus", u.cpus());
    }

    static Usage usage(Optional<Fields> f) throws IOException {
        return f.isEmpty()
                ? Usage.NONE
                : new Usage(
                        f.get().optLong("elapsed_s"),
                        f.get().optDouble("cpu_s"),
                        f.get().optLong("max_rss_bytes"),
                        f.get().optInt("cpus"));
    }

    static Tree tree(WaitReason w) {
        return new Tree().put("word", w.raw()).put("kind", word(w.kind()));
    }

    static WaitReason waitReason(Fields f) throws IOException {
        return new WaitReason(Words.text(f, "word"), constant("wait reason", f.text("kind"), WaitReason.Kind.class));
    }

    static Tree tree(Stop stop) {
        List<Map<String, Object>> evidence = new ArrayList<>();
        for (Stop.Evidence each : stop.evidence()) {
            evidence.add(new Tree()
                    .put("source", each.source())
                    .text("at", each.at())
                    .put("text", each.text())
                    .fields());
        }
        Tree tree = new Tree()
                .put("reason", stop.reason().word())
                .maybe("detail", stop.detail())
                .maybe("link", stop.link())
                .text("at", stop.at());
        return evidence.isEmpty() ? tree : tree.objects("evidence", evidence);
    }

    static Stop stop(Fields f) throws IOException {
        List<Stop.Evidence> evidence = new ArrayList<>();
        for (Fields each : f.objects("evidence")) {
            evidence.add(new Stop.Evidence(each.text("source"), each.instant("at"), each.text("text")));
        }
        return new Stop(
                known("stop reason", f.text("reason"), StopReason::ofWord),
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
        return known("source", word, Source::ofWord);
    }

    static Optional<ItemReason> optItemReason(Fields f, String name) throws IOException {
        Optional<String> word = f.optText(name);
        return word.isPresent() ? Optional.of(itemReason(word.get())) : Optional.empty();
    }

    static ItemReason itemReason(String word) throws IOException {
        return known("item reason", word, ItemReason::ofWord);
    }

    private static JobState.Phase phase(String word) throws IOException {
        return constant("job phase", word, JobState.Phase.class);
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

    private static <T> T known(String what, String word, Function<String, Optional<T>> table)
            throws UnknownWordException {
        Optional<T> value = table.apply(word);
        if (value.isEmpty()) {
            throw new UnknownWordException(what, word);
        }
        return value.get();
    }

    private static <E extends Enum<E>> E constant(String what, String word, Class<E> type) throws UnknownWordException {
        for (E each : type.getEnumConstants()) {
            if (word(each).equals(word)) {
                return each;
            }
        }
        throw new UnknownWordException(what, word);
    }
}
