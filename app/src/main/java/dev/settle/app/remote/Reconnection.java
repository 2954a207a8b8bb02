package dev.settle.app.remote;

import dev.settle.app.config.HostSetting;
import dev.settle.app.process.App;
import dev.settle.app.process.Failure;
import dev.settle.core.text.Durations;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** When a connection that broke is made again, and when that is given up. */
final class Reconnection {
    static final Duration GIVE_UP_AFTER = Duration.ofMinutes(10);

    private static final Duration PAUSE_FIRST = Duration.ofMillis(500);
    private static final Duration PAUSE_MAX = Duration.ofSeconds(20);

    /** Connections in a row that bring nothing: the fault is not with the network. */
    private static final int EMPTY_MAX = 40;

    private final App app;
    private final HostSetting host;
    private final Trouble trouble;
    private final Duration giveUpAfter;
    private final Interruptions interruptions;
    private final String goOn;
    private Optional<Duration> lostSince = Optional.empty();
    private Duration pause = PAUSE_FIRST;
    private boolean everConnected;
    private int empty;

    /** @param goOn the command that goes on where this one gives up */
    Reconnection(App app, HostSetting host, Optional<Duration> giveUpAfter, Interruptions interruptions, String goOn) {
        this.app = app;
        this.host = host;
        this.trouble = new Trouble(host);
        this.giveUpAfter = giveUpAfter.orElse(GIVE_UP_AFTER);
        this.interruptions = interruptions;
        this.goOn = goOn;
    }

    /** The host has answered. */
    void connected() {
        if (lostSince.isPresent()) {
            app.console().notice("settle: connected to " + host.name() + " again");
        }
        everConnected = true;
        lostSince = Optional.empty();
    }

    /** The host has sent something. */
    void brought() {
        pause = PAUSE_FIRST;
        empty = 0;
    }

    /**
     * The connection broke, or could not be made; returns when it is to be tried again.
     *
     * @throws Failure 69 when it is not
     */
    void broke(SshEnd end) throws InterruptedException {
        if (!end.kind().mayPass() && end.kind() != SshEnd.Kind.COMMAND_ENDED) {
            throw trouble.failure(end, everConnected ? List.of(goOn()) : List.of());
        }
        if (!everConnected && end.kind() == SshEnd.Kind.UNREACHABLE) {
            throw trouble.failure(end);
        }
        Duration now = app.wiring().moment().monotonic();
        if (lostSince.isEmpty()) {
            lostSince = Optional.of(now);
            app.console()
                    .notice("settle: the connection to " + host.name() + " broke" + trouble.brief(end)
                            + "; connecting again, for up to " + Durations.format(giveUpAfter));
        }
        Duration left = giveUpAfter.minus(now.minus(lostSince.get()));
        if (++empty > EMPTY_MAX || left.isNegative() || left.isZero()) {
            throw trouble.failure(
                    end,
                    List.of(
                            "gave up after " + Durations.format(now.minus(lostSince.get())) + " without " + host.name()
                                    + "; what runs there goes on",
                            goOn()));
        }
        interruptions.pause(pause.compareTo(left) < 0 ? pause : left);
        pause = pause.multipliedBy(2).compareTo(PAUSE_MAX) < 0 ? pause.multipliedBy(2) : PAUSE_MAX;
        everConnected = true;
    }

    private String goOn() {
        return "To go on: " + goOn;
    }
}
