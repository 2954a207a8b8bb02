package dev.settle.core.view.document;

import dev.settle.core.model.ItemReason;
import dev.settle.core.run.Attempt;
import dev.settle.core.run.Item;
import dev.settle.core.run.ItemState;
import dev.settle.core.run.Outcome;
import dev.settle.core.text.Times;
import dev.settle.core.view.Amounts;
import dev.settle.core.view.ItemText;
import dev.settle.core.view.Line;
import dev.settle.core.view.Markup;
import dev.settle.core.view.MetricsSummary;
import dev.settle.core.view.OutputTail;
import dev.settle.core.view.RunView;
import dev.settle.core.view.VerdictLines;
import java.io.IOException;
import java.io.Writer;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/**
 * A run as JUnit XML, in the form that CI viewers share: {@code testsuites}, {@code testsuite}, {@code testcase} with
 * {@code failure} (the item's own work failed), {@code error} (it could not be run or its end is not known),
 * {@code skipped} (it has not run) and {@code system-out}.
 */
public final class JUnitReport {
    /** Lines of an item's output in its failure; the whole is on disk. */
    private static final int TAIL_LINES_MAX = 20;

    /** A length in whole seconds and one with fractions that differ by less are the same. */
    private static final Duration ROUNDING_MAX = Duration.ofSeconds(2);

    private final RunView view;
    private final OutputTail tail;
    private final XMLStreamWriter xml;

    private JUnitReport(RunView view, OutputTail tail, XMLStreamWriter xml) {
        this.view = view;
        this.tail = tail;
        this.xml = xml;
    }

    /** How a viewer counts an item. */
    private enum Count {
        PASSED,
        FAILURE,
        ERROR,
        SKIPPED
    }

    /**
     * Writes the report; {@code out} is flushed and stays open.
     *
     * @param tail shown with the items that failed
     */
    public static void write(RunView view, OutputTail tail, Writer out) throws IOException {
        try {
            XMLStreamWriter xml = XMLOutputFactory.newDefaultFactory().createXMLStreamWriter(out);
            new JUnitReport(view, tail, xml).write();
            xml.flush();
            xml.close();
            out.write('\n');
            out.flush();
        } catch (XMLStreamException e) {
            throw e.getNestedException() instanceof IOException io
                    ? io
                    : new IOException("the report of run " + view.id() + " cannot be written", e);
        }
    }

    private void write() throws XMLStreamException {
        Map<Count, Integer> counts = new EnumMap<>(Count.class);
        for (Count count : Count.values()) {
            counts.put(count, 0);
        }
        for (Item item : view.items()) {
            counts.merge(count(item), 1, Integer::sum);
        }
        // A run that did not get to its end, or that nobody vouches for, must not look green.
        boolean isTold = counts.getOrDefault(Count.FAILURE, 0) + counts.getOrDefault(Count.ERROR, 0) > 0
                || view.exitStatus().orElse(-1) == 0;
        if (!isTold) {
            counts.merge(Count.ERROR, 1, Integer::sum);
        }
        xml.writeStartDocument("UTF-8", "1.0");
        xml.writeCharacters("\n");
        xml.writeStartElement("testsuites");
        totals(counts);
        line(1);
        xml.writeStartElement("testsuite");
        totals(counts);
        // Only a suite has it: Jenkins' schema allows no such attribute above the suites.
        attribute("skipped", String.valueOf(counts.getOrDefault(Count.SKIPPED, 0)));
        // UTC; the schemas that viewers validate with allow neither zone nor fraction.
        attribute("timestamp", Times.rfc3339(view.run().createdAt()).substring(0, 19));
        properties();
        for (Item item : view.items()) {
            testcase(item);
        }
        if (!isTold) {
            line(2);
            xml.writeStartElement("testcase");
            attribute("classname", view.name());
            attribute("name", "the run as a whole");
            attribute("time", "0.000");
            problem(
                    "error",
                    view.stop().isPresent() ? view.stop().get().reason().word() : view.stateWord(),
                    runText(),
                    List.of());
            line(2);
            xml.writeEndElement();
        }
        line(1);
        xml.writeEndElement();
        line(0);
        xml.writeEndElement();
        xml.writeEndDocument();
    }

    private void totals(Map<Count, Integer> counts) throws XMLStreamException {
        int total = 0;
        for (int count : counts.values()) {
            total += count;
        }
        attribute("name", view.name());
        attribute("tests", String.valueOf(total));
        attribute("failures", String.valueOf(counts.getOrDefault(Count.FAILURE, 0)));
        attribute("errors", String.valueOf(counts.getOrDefault(Count.ERROR, 0)));
        attribute("time", seconds(Optional.of(view.elapsed())));
    }

    private void properties() throws XMLStreamException {
        line(2);
        xml.writeStartElement("properties");
        property("settle.run", view.id());
        property("settle.backend", view.run().opened().backend());
        property("settle.state", view.stateWord());
        property("settle.headline", view.headline());
        if (view.exitStatus().isPresent()) {
            property("settle.exit_status", String.valueOf(view.exitStatus().getAsInt()));
        }
        for (Map.Entry<String, MetricsSummary.Figures> metric :
                MetricsSummary.of(view.items()).byName().entrySet()) {
            MetricsSummary.Figures figures = metric.getValue();
            property("metric." + metric.getKey() + ".count", String.valueOf(figures.count()));
            property("metric." + metric.getKey() + ".mean", String.valueOf(figures.mean()));
            property("metric." + metric.getKey() + ".min", String.valueOf(figures.min()));
            property("metric." + metric.getKey() + ".max", String.valueOf(figures.max()));
        }
        line(2);
        xml.writeEndElement();
    }

    private void property(String name, String value) throws XMLStreamException {
        line(3);
        xml.writeEmptyElement("property");
        attribute("name", name);
        attribute("value", value);
    }

    private void testcase(Item item) throws XMLStreamException {
        line(2);
        xml.writeStartElement("testcase");
        attribute("classname", view.name());
        attribute("name", item.id().value());
        attribute("time", seconds(length(item)));
        String reason = item.reason().isPresent()
                ? item.reason().get().word()
                : item.state().word();
        switch (count(item)) {
            case PASSED -> {}
            case FAILURE -> problem("failure", reason, ItemText.detail(view, item), lastOutput(item));
            case ERROR -> problem("error", reason, ItemText.detail(view, item), lastOutput(item));
            case SKIPPED -> {
                line(3);
                xml.writeEmptyElement("skipped");
                String what = ItemText.what(view, item);
                attribute("message", item.state().word() + (what.isEmpty() ? "" : ": " + what));
            }
        }
        output(item);
        line(2);
        xml.writeEndElement();
    }

    /** Whether the work itself was bad, or the world around it. */
    private static Count count(Item item) {
        return switch (item.state()) {
            case COMPLETED -> item.isUnconfirmed() ? Count.ERROR : Count.PASSED;
            case FAILED -> isOwnFault(item.reason().orElse(ItemReason.UNKNOWN_STATE)) ? Count.FAILURE : Count.ERROR;
            case CANCELLED -> Count.ERROR;
            case PENDING, SUBMITTED, QUEUED, RUNNING, SETTLING, DEP_FAILED, NOT_STARTED -> Count.SKIPPED;
        };
    }

    private static boolean isOwnFault(ItemReason reason) {
        return switch (reason) {
            case EXIT_CODE, SIGNAL, TIME_LIMIT, OUT_OF_MEMORY, TIMEOUT, BAD_GENERATED_SOURCE, OK -> true;
            case NODE_FAILURE,
                    BOOT_FAILURE,
                    LAUNCH_FAILURE,
                    PREEMPTED,
                    DEADLINE,
                    CANCELLED_BY_USER,
                    CANCELLED_BY_OTHER,
                    CANCELLED_WHILE_PENDING,
                    DEPENDENCY_FAILED,
                    DEPENDENCY_NEVER_SATISFIED,
                    CAN_NEVER_START,
                    SUBMISSION_REFUSED,
                    OUT_OF_CREDITS,
                    LOST,
                    UNCONFIRMED,
                    UNKNOWN_STATE -> false;
        };
    }

    /** What people see first of a bad test: what happened, and below it what the job wrote last. */
    private void problem(String element, String type, String text, List<String> output) throws XMLStreamException {
        line(3);
        xml.writeStartElement(element);
        attribute("type", type);
        attribute("message", text);
        StringBuilder body = new StringBuilder(text);
        output.forEach(line -> body.append('\n').append(line));
        xml.writeCharacters(Markup.harmless(body.toString()));
        xml.writeEndElement();
    }

    private List<String> lastOutput(Item item) {
        List<String> lines = item.state() == ItemState.FAILED ? tail.lines(item) : List.of();
        return lines.subList(Math.max(0, lines.size() - TAIL_LINES_MAX), lines.size());
    }

    /** Where it ran and where its output lies, and the numbers that it reported. */
    private void output(Item item) throws XMLStreamException {
        StringBuilder text = new StringBuilder();
        for (Attempt earlier : item.earlier()) {
            addAttempt(text, item, earlier);
        }
        if (item.attempt().jobId().isPresent()) {
            addAttempt(text, item, item.attempt());
        }
        for (Map.Entry<String, Double> metric : new TreeMap<>(item.metrics()).entrySet()) {
            text.append("metric ").append(metric.getKey()).append(" = ");
            text.append(Amounts.number(metric.getValue())).append('\n');
        }
        if (text.length() > 0) {
            line(3);
            xml.writeStartElement("system-out");
            xml.writeCharacters(Markup.harmless(text.toString()));
            xml.writeEndElement();
        }
    }

    private void addAttempt(StringBuilder text, Item item, Attempt attempt) {
        text.append("attempt ").append(attempt.number());
        if (attempt.jobId().isPresent()) {
            text.append(", job ").append(attempt.jobId().get());
        }
        if (attempt.outcome().isPresent()) {
            text.append(", ").append(attempt.outcome().get().fullPhrase());
        }
        String where = ItemText.where(view, item, attempt);
        text.append(where.isEmpty() ? "" : ", " + where).append('\n');
        Optional<String> stdout = view.paths().stdout(item, attempt);
        Optional<String> stderr = view.paths().stderr(item, attempt);
        if (stdout.isPresent()) {
            text.append("stdout ").append(stdout.get()).append('\n');
        }
        if (stderr.isPresent() && !stderr.equals(stdout)) {
            text.append("stderr ").append(stderr.get()).append('\n');
        }
    }

    private String runText() {
        StringBuilder text = new StringBuilder(view.headline());
        for (Line line : VerdictLines.stopBlock(view, ZoneOffset.UTC)) {
            text.append('\n').append(line.plain());
        }
        return text.toString();
    }

    private void attribute(String name, String value) throws XMLStreamException {
        xml.writeAttribute(name, Markup.harmless(value));
    }

    private void line(int depth) throws XMLStreamException {
        xml.writeCharacters("\n" + "  ".repeat(depth));
    }

    /** With its fractions where the times have some: accounting counts whole seconds, our own records do not. */
    private Optional<Duration> length(Item item) {
        Attempt attempt = item.attempt();
        Optional<Duration> counted = view.elapsed(item, attempt);
        Optional<Instant> finished = attempt.outcome().flatMap(Outcome::finishedAt);
        if (attempt.startedAt().isEmpty() || finished.isEmpty()) {
            return counted;
        }
        Duration between = Duration.between(attempt.startedAt().get(), finished.get());
        boolean agrees = counted.isEmpty() || between.minus(counted.get()).abs().compareTo(ROUNDING_MAX) < 0;
        return between.isNegative() || !agrees ? counted : Optional.of(between);
    }

    private static String seconds(Optional<Duration> length) {
        return Amounts.decimal(length.isPresent() ? length.get().toMillis() / 1_000.0 : 0, 3);
    }
}
