package dev.settle.slurm.tools;

import dev.settle.core.scheduler.Urgency;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * When the next query of this user may be sent. The budget of commands bounds the routine ones; of those that somebody
 * waits for it only makes several share one command.
 */
public final class QueryBudget {
    /** Without room in the budget, queries that are awaited share one command per so long. */
    static final Duration AWAITED_GAP = Duration.ofSeconds(3);

    private final CommandLog log;
    private final int perMinute;
    private final Clock clock;

    /** @param perMinute as an average over {@link CommandLog#WINDOW} */
    public QueryBudget(CommandLog log, int perMinute, Clock clock) {
        this.log = log;
        this.perMinute = perMinute;
        this.clock = clock;
    }

    /** Whether a later command would serve more than this query. */
    enum Company {
        /** It is the first about its jobs, and no other query waits. */
        ALONE,
        /** Others wait for an answer, or its jobs were in the last one. */
        SHARED
    }

    /**
     * A query that is held back.
     *
     * @param until when it is sent at the latest
     * @param why without the time
     */
    record Held(Instant until, String why) {}

    /**
     * Whether a query has to wait; empty when it need not.
     *
     * @param last when the tool answered last, not in the future
     */
    Optional<Held> held(Urgency urgency, Company company, Optional<Instant> last) {
        CommandLog.Room room = log.room(perMinute);
        if (room.pause().isZero()) {
            return Optional.empty();
        }
        Instant now = clock.instant();
        Instant until = now;
        if (urgency == Urgency.ROUTINE) {
            until = now.plus(room.pause());
        } else if (company == Company.SHARED && last.isPresent()) {
            until = last.get().plus(AWAITED_GAP);
        }
        return until.isAfter(now) ? Optional.of(new Held(until, why(room.sent()))) : Optional.empty();
    }

    private static String why(int sent) {
        return sent + (sent == 1 ? " command in " : " commands in ") + CommandLog.WINDOW.toMinutes() + " min";
    }
}
