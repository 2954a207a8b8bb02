package dev.settle.app.stepqueue.client;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What the environment says of talking with step queues.
 *
 * @param backoffScale what the pauses between attempts are multiplied by; 1 unless {@code SETTLE_QUEUE_BACKOFF_SCALE}
 *     says otherwise
 */
public record QueueSettings(QueueLimits limits, double backoffScale) {
    private static final Pattern SECONDS = Pattern.compile("[0-9]{1,6}(\\.[0-9]{1,3})?");

    /**
     * Reads {@code SETTLE_QUEUE_ATTEMPTS} (how often a call is tried), {@code SETTLE_QUEUE_TIMEOUT} (seconds for an
     * answer) and {@code SETTLE_QUEUE_BACKOFF_SCALE}.
     */
    public static QueueSettings of(Map<String, String> variables, List<String> problems) {
        QueueLimits standard = QueueLimits.DEFAULT;
        double attempts = number(variables, "SETTLE_QUEUE_ATTEMPTS", problems).orElse((double) standard.attempts());
        Optional<Double> timeout = number(variables, "SETTLE_QUEUE_TIMEOUT", problems);
        double scale = number(variables, "SETTLE_QUEUE_BACKOFF_SCALE", problems).orElse(1.0);
        Duration quick = timeout.map(QueueSettings::seconds).orElse(standard.quick());
        Duration slow = timeout.map(QueueSettings::seconds).orElse(standard.slow());
        QueueLimits limits = new QueueLimits(
                standard.connect(),
                quick,
                slow,
                standard.closing(),
                (int) Math.max(1, attempts),
                standard.heartbeat(),
                standard.idle(),
                standard.lookWhileWaiting());
        return new QueueSettings(limits, scale);
    }

    private static Duration seconds(double seconds) {
        return Duration.ofMillis(Math.max(1, Math.round(seconds * 1_000)));
    }

    private static Optional<Double> number(Map<String, String> variables, String name, List<String> problems) {
        String text = variables.getOrDefault(name, "");
        if (text.isEmpty()) {
            return Optional.empty();
        }
        if (!SECONDS.matcher(text).matches()) {
            problems.add(name + ": \"" + text + "\" is no number; write " + name + "=30");
            return Optional.empty();
        }
        return Optional.of(Double.parseDouble(text));
    }
}
