package dev.settle.app.stepqueue.files;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a step printed, read in one pass of bounded memory.
 *
 * @param text the whole output, or its first and last {@value #KEPT_CHARS} characters when it is longer than
 *     {@value #WHOLE_CHARS_MAX}; bytes that are not UTF-8 are replaced
 * @param chars how long it is
 * @param metric the number on the last {@code NAME: NUMBER} or {@code NAME=NUMBER} line
 */
public record StepOutput(String text, long chars, OptionalDouble metric) {
    /** The protocol's own figures. */
    static final int WHOLE_CHARS_MAX = 51_000;

    static final int KEPT_CHARS = 25_000;
    /** A longer line is data, not a metric. */
    private static final int LINE_CHARS_MAX = 2_000;

    private static final Pattern COLOUR = Pattern.compile("\u001b\\[[0-9;]*m");

    /**
     * Reads files one after the other; those that are not there are empty.
     *
     * @throws IOException when one is there and cannot be read
     */
    public static StepOutput read(List<Path> files, String metricName) throws IOException {
        List<InputStream> streams = new ArrayList<>();
        for (Path file : files) {
            if (Files.exists(file)) {
                streams.add(Files.newInputStream(file));
            }
        }
        try (Reader reader = new InputStreamReader(
                new SequenceInputStream(Collections.enumeration(streams)), StandardCharsets.UTF_8)) {
            return read(reader, metricName);
        }
    }

    static StepOutput read(Reader reader, String metricName) throws IOException {
        Scan scan = new Scan(metricName);
        char[] buffer = new char[8192];
        for (int n = reader.read(buffer); n >= 0; n = reader.read(buffer)) {
            for (int i = 0; i < n; i++) {
                scan.take(buffer[i]);
            }
        }
        return scan.end();
    }

    /** A text that is longer than the protocol allows is cut like an output. */
    static String cut(String text) {
        return text.length() <= WHOLE_CHARS_MAX
                ? text
                : text.substring(0, KEPT_CHARS) + gap(text.length()) + text.substring(text.length() - KEPT_CHARS);
    }

    private static String gap(long chars) {
        return "\n ... [" + (chars - 2L * KEPT_CHARS) + " characters truncated] ... \n";
    }

    /** Holds the head, a ring of the newest characters and the line at hand. */
    private static final class Scan {
        private final Pattern metricLine;
        private final StringBuilder head = new StringBuilder();
        private final char[] ring = new char[WHOLE_CHARS_MAX - KEPT_CHARS];
        private final StringBuilder line = new StringBuilder();
        private boolean lineTooLong;
        private long count;
        private OptionalDouble metric = OptionalDouble.empty();

        Scan(String metricName) {
            metricLine = Pattern.compile("\\s*" + Pattern.quote(metricName)
                    + "\\s*[:=]\\s*([-+]?(?:\\d+\\.?\\d*|\\.\\d+)(?:[eE][-+]?\\d+)?)\\s*");
        }

        void take(char c) {
            if (head.length() < KEPT_CHARS) {
                head.append(c);
            } else {
                ring[(int) ((count - KEPT_CHARS) % ring.length)] = c;
            }
            count++;
            if (c == '\n' || c == '\r') {
                endLine();
            } else if (line.length() < LINE_CHARS_MAX) {
                line.append(c);
            } else {
                lineTooLong = true;
            }
        }

        private void endLine() {
            if (!lineTooLong && line.length() > 0) {
                Matcher matcher = metricLine.matcher(COLOUR.matcher(line).replaceAll(""));
                if (matcher.matches()) {
                    double number = Double.parseDouble(matcher.group(1));
                    metric = Double.isFinite(number) ? OptionalDouble.of(number) : metric;
                }
            }
            line.setLength(0);
            lineTooLong = false;
        }

        StepOutput end() {
            endLine();
            if (count <= WHOLE_CHARS_MAX) {
                return new StepOutput(head + newest((int) Math.max(0, count - KEPT_CHARS)), count, metric);
            }
            return new StepOutput(head + gap(count) + newest(KEPT_CHARS), count, metric);
        }

        private String newest(int chars) {
            StringBuilder text = new StringBuilder(chars);
            for (long at = count - KEPT_CHARS - chars; at < count - KEPT_CHARS; at++) {
                text.append(ring[(int) (at % ring.length)]);
            }
            return text.toString();
        }
    }
}
