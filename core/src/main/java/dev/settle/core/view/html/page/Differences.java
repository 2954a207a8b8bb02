package dev.settle.core.view.html.page;

import dev.settle.core.view.Amounts;
import java.time.Duration;

/**
 * Times and differences as the comparison writes them: rounded, so that they fit each other, and differences with a sign
 * where anything is left of them.
 */
final class Differences {
    /** Smaller shares of the compared numbers are what doubles cannot hold. */
    private static final double NOISE = 1e-12;

    /** Of longer times the seconds are not shown. */
    private static final Duration SECONDS_SHOWN = Duration.ofMillis(3_599_500);

    private Differences() {}

    /** To the unit that {@link Amounts#duration} shows of a time as long: {@code 1.3s}, {@code 2m 05s}. */
    static String rounded(Duration time) {
        return Amounts.duration(round(time));
    }

    private static Duration round(Duration time) {
        long millis = time.toMillis();
        long unit = millis < 9_950 ? 100 : millis < 3_599_500 ? 1_000 : millis < 86_370_000 ? 60_000 : 3_600_000;
        return Duration.ofMillis((millis + unit / 2) / unit * unit);
    }

    /**
     * {@code +1.3s}, {@code -2m 05s}, {@code 0s}. Of times whose seconds are shown it is the difference of what is shown, so
     * that a reader who subtracts gets the same.
     */
    static String of(Duration before, Duration after) {
        boolean seconds = before.compareTo(SECONDS_SHOWN) < 0 && after.compareTo(SECONDS_SHOWN) < 0;
        Duration difference = seconds ? round(after).minus(round(before)) : after.minus(before);
        Duration size = round(difference.abs());
        return signed(size.isZero() ? 0 : difference.isNegative() ? -1 : 1, Amounts.duration(size));
    }

    static String of(int before, int after) {
        return signed(Integer.signum(after - before), String.valueOf(Math.abs((long) after - before)));
    }

    /** With the change in percent where there is something to relate it to: {@code -0.045 (-69.2%)}. */
    static String of(double before, double after) {
        double difference = after - before;
        if (Math.abs(difference) <= NOISE * Math.max(Math.abs(before), Math.abs(after))) {
            return "0";
        }
        int sign = difference < 0 ? -1 : 1;
        String text = signed(sign, Amounts.number(Math.abs(difference)));
        if (before == 0 || Double.isNaN(difference) || Double.isInfinite(difference)) {
            return text;
        }
        String percent = Amounts.decimal(Math.abs(difference / before) * 100, 1);
        return text + " (" + (percent.equals("0.0") ? "under 0.1%" : signed(sign, percent) + "%") + ")";
    }

    private static String signed(int sign, String size) {
        return (sign > 0 ? "+" : sign < 0 ? "-" : "") + size;
    }
}
