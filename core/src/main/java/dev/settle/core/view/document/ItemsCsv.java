package dev.settle.core.view.document;

import dev.settle.core.model.ItemReason;
import dev.settle.core.run.Attempt;
import dev.settle.core.run.ConfirmedBy;
import dev.settle.core.run.Item;
import dev.settle.core.run.Outcome;
import dev.settle.core.scheduler.JobId;
import dev.settle.core.scheduler.Usage;
import dev.settle.core.text.Times;
import dev.settle.core.view.ItemText;
import dev.settle.core.view.MatrixValues;
import dev.settle.core.view.RunView;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/** The items of a run as a table for spreadsheets and data frames, named as in the run document. */
public final class ItemsCsv {
    /** More columns of one kind than this are a mistake in what items report. */
    private static final int COLUMNS_MAX = 1_000;

    private static final List<String> HEAD = List.of(
            "id",
            "state",
            "reason",
            "attempt",
            "job_id",
            "exit_code",
            "signal",
            "confirmed_by",
            "scheduler_state",
            "node",
            "submitted_at",
            "started_at",
            "finished_at",
            "settled_at",
            "elapsed_s",
            "cpu_s",
            "max_rss_bytes",
            "cpus",
            "message");

    private ItemsCsv() {}

    /** Writes a row per item, in the order of the plan, with {@code matrix.NAME} and {@code metric.NAME} at the end. */
    public static void write(RunView view, Appendable out) throws IOException {
        List<Item> items = view.items();
        List<String> keys = MatrixValues.keys(items, COLUMNS_MAX);
        TreeSet<String> names = new TreeSet<>();
        items.forEach(item -> names.addAll(item.metrics().keySet()));
        List<String> metrics = names.stream().limit(COLUMNS_MAX).toList();
        Csv csv = new Csv(out);
        for (String name : HEAD) {
            csv.text(name);
        }
        for (String key : keys) {
            csv.text("matrix." + key);
        }
        for (String name : metrics) {
            csv.text("metric." + name);
        }
        csv.endRow();
        for (Item item : items) {
            row(csv, item);
            for (String key : keys) {
                csv.text(MatrixValues.of(item).getOrDefault(key, ""));
            }
            for (String name : metrics) {
                Double value = item.metrics().get(name);
                csv.number(value == null ? "" : String.valueOf(value));
            }
            csv.endRow();
        }
    }

    private static void row(Csv csv, Item item) throws IOException {
        Attempt attempt = item.attempt();
        Optional<Outcome> outcome = attempt.outcome();
        Usage usage = item.usage();
        csv.text(item.id().value())
                .text(item.state().word())
                .text(item.reason().map(ItemReason::word).orElse(""))
                .number(String.valueOf(attempt.number()))
                .text(attempt.jobId().map(JobId::toString).orElse(""))
                .number(
                        outcome.isPresent() && outcome.get().exitCode().isPresent()
                                ? String.valueOf(outcome.get().exitCode().getAsInt())
                                : "")
                .number(
                        outcome.isPresent() && outcome.get().signal().isPresent()
                                ? String.valueOf(outcome.get().signal().getAsInt())
                                : "")
                .text(outcome.map(Outcome::confirmedBy).map(ConfirmedBy::word).orElse(""))
                .text(outcome.flatMap(Outcome::schedulerState).orElse(""))
                .text(attempt.node().orElse(""))
                .number(time(ItemText.submittedAt(attempt)))
                .number(time(attempt.startedAt()))
                .number(time(outcome.flatMap(Outcome::finishedAt)))
                .number(time(item.settledAt()))
                .number(
                        usage.elapsedSeconds().isPresent()
                                ? String.valueOf(usage.elapsedSeconds().getAsLong())
                                : "")
                .number(
                        usage.cpuSeconds().isPresent()
                                ? String.valueOf(usage.cpuSeconds().getAsDouble())
                                : "")
                .number(
                        usage.maxRssBytes().isPresent()
                                ? String.valueOf(usage.maxRssBytes().getAsLong())
                                : "")
                .number(usage.cpus().isPresent() ? String.valueOf(usage.cpus().getAsInt()) : "")
                .text(item.message().orElse(""));
    }

    private static String time(Optional<Instant> at) {
        return at.map(Times::rfc3339).orElse("");
    }
}
