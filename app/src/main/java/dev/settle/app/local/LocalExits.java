package dev.settle.app.local;

import dev.settle.app.local.jobserver.ExitListener;
import dev.settle.core.scheduler.JobId;
import dev.settle.core.scheduler.QueryAnswer;
import dev.settle.core.scheduler.Scheduler;
import dev.settle.core.scheduler.Source;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Tells how jobs end without being asked: of records, and of jobs that have lost their wrapper. */
final class LocalExits implements ExitListener {
    /**
     * When a job is looked at that lost its wrapper: most are gone within the first second. For what lives on for longer the
     * regular questions do.
     */
    private static final List<Long> LOOKS_MILLIS = List.of(100L, 300L, 600L, 2_000L);

    private final LocalObservations observationHandler;
    private volatile Optional<Scheduler.Listener> listener = Optional.empty();

    LocalExits(LocalObservations observationHandler) {
        this.observationHandler = observationHandler;
    }

    void tell(Scheduler.Listener told) {
        listener = Optional.of(told);
    }

    @Override
    public void recorded(long pid, Path record) {
        listener.ifPresent(told -> told.ended(new JobId(Long.toString(pid)), record));
    }

    @Override
    public void lost(long pid) {
        listener.ifPresent(told -> lookLater(new JobId(Long.toString(pid)), told, LOOKS_MILLIS));
    }

    private void lookLater(JobId id, Scheduler.Listener told, List<Long> looksMillis) {
        if (!looksMillis.isEmpty()) {
            CompletableFuture.delayedExecutor(looksMillis.get(0), TimeUnit.MILLISECONDS)
                    .execute(() -> {
                        QueryAnswer answer = observationHandler.query(Source.Role.CONTROLLER, Set.of(id));
                        told.seen(answer);
                        if (!tellsEnd(answer)) {
                            lookLater(id, told, looksMillis.subList(1, looksMillis.size()));
                        }
                    });
        }
    }

    private static boolean tellsEnd(QueryAnswer answer) {
        return answer instanceof QueryAnswer.Answered answered
                && answered.observations().stream()
                        .anyMatch(observation -> observation.state().phase().isEnd());
    }
}
