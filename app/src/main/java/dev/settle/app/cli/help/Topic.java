package dev.settle.app.cli.help;

import dev.settle.app.config.OtherVariable;
import dev.settle.app.config.Setting;
import dev.settle.app.process.ExitStatus;
import dev.settle.core.model.ItemReason;
import dev.settle.core.run.StopReason;
import dev.settle.core.runfile.keys.RunFileReference;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What {@code settle help TOPIC} explains beside the commands, from the tables that the program itself goes by. */
public enum Topic {
    EXIT_STATUS("what the exit statuses mean"),
    RUN_FILE("the keys of a run file"),
    REASONS("why runs and items end"),
    EVENTS("the lines of --events"),
    ENVIRONMENT("variables that settle reads, and those that items find");

    private final String summary;

    Topic(String summary) {
        this.summary = summary;
    }

    /** The word that users type: {@code exit-status}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** What it is about, in a few words. */
    public String summary() {
        return summary;
    }

    public static Optional<Topic> of(String word) {
        return Arrays.stream(values())
                .filter(topic -> topic.word().equals(word))
                .findFirst();
    }

    /** The words of all topics. */
    public static List<String> words() {
        return Arrays.stream(values()).map(Topic::word).toList();
    }

    /** The page. */
    public String text() {
        StringBuilder out = new StringBuilder();
        switch (this) {
            case EXIT_STATUS -> exitStatus(out);
            case RUN_FILE -> runFile(out);
            case REASONS -> reasons(out);
            case EVENTS -> out.append(resource("events.txt"));
            case ENVIRONMENT -> environment(out);
        }
        return out.toString();
    }

    private static void exitStatus(StringBuilder out) {
        Columns.paragraph(
                out,
                "run, resume, wait and watch --exit-status exit with the run's status. A plain watch exits with 0 when the"
                        + " run has ended, however it ended; the statuses from 5 on apply to it as well. \"Could not find"
                        + " out\" never shares a status with \"failed\" or with \"succeeded\".");
        Columns.section(
                out,
                "Exit status",
                Arrays.stream(ExitStatus.values())
                        .map(status -> new Columns.Row(String.valueOf(status.code()), status.meaning()))
                        .toList());
    }

    private static void runFile(StringBuilder out) {
        out.append(resource("run-file.txt"));
        for (RunFileReference.Section section : RunFileReference.sections()) {
            out.append('\n').append(plain(section.title())).append(":\n");
            if (!section.note().isEmpty()) {
                Columns.paragraph(out, plain(section.note()));
            }
            List<Columns.Row> rows = new ArrayList<>();
            for (RunFileReference.Row row : section.rows()) {
                String text =
                        plain(row.meaning()) + " (" + plain(row.value()) + "; default: " + plain(row.otherwise()) + ")";
                rows.add(new Columns.Row(plain(row.key() + row.also()), text));
            }
            Columns.rows(out, rows);
        }
        out.append("\nsettle validate FILE checks a file and prints its plan.\n");
    }

    private static void reasons(StringBuilder out) {
        Columns.paragraph(
                out,
                "The words that stand in JSON as stop.reason of a run and as reason of an item; retries.on of a run file"
                        + " takes those of items.");
        List<Columns.Row> runs = new ArrayList<>();
        for (StopReason reason : StopReason.values()) {
            String hint = reason.hint("RUN", Optional.empty());
            runs.add(new Columns.Row(reason.word(), reason.phrase() + (hint.isEmpty() ? "" : "; " + hint)));
        }
        Columns.section(out, "Runs", runs);
        Columns.section(
                out,
                "Items",
                Arrays.stream(ItemReason.values())
                        .map(reason -> new Columns.Row(reason.word(), reason.phrase()))
                        .toList());
    }

    private static void environment(StringBuilder out) {
        Columns.paragraph(
                out,
                "Settings come from /etc/settle/config.yaml, then ~/.config/settle/config.yaml, the run file, variables, and"
                        + " options; later ones win, and the site's limits always apply.");
        Columns.section(
                out,
                "Settings",
                Arrays.stream(Setting.values())
                        .map(setting -> new Columns.Row(setting.variable(), setting.meaning()))
                        .toList());
        for (OtherVariable.Reader reader : OtherVariable.Reader.values()) {
            Columns.section(
                    out,
                    reader.heading(),
                    Arrays.stream(OtherVariable.values())
                            .filter(variable -> variable.reader() == reader)
                            .map(variable -> new Columns.Row(variable.name(), variable.meaning()))
                            .toList());
        }
    }

    /** Without the marks of Markdown. */
    private static String plain(String markdown) {
        return markdown.replace("`", "");
    }

    private static String resource(String name) {
        try (InputStream in = Topic.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("the build left out " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(name + " of this build cannot be read", e);
        }
    }
}
