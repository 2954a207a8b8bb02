package dev.settle.app.engine.backend;

import dev.settle.app.config.Configuration;
import dev.settle.app.config.Setting;
import dev.settle.core.kernel.state.Policy;
import dev.settle.core.model.Plan;
import dev.settle.core.model.Plan.BackendName;
import dev.settle.core.model.Plan.OnExhausted;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/** From options, plan and backend to the policy of a drive; absent options leave the defaults of the contract. */
public record EngineOptions(
        Optional<Duration> interval,
        Optional<Duration> settleTimeout,
        Optional<Duration> lostAfter,
        Optional<Duration> giveUpAfter,
        OptionalInt maxConcurrent,
        Optional<OnExhausted> onExhausted,
        Policy.Confirmation confirmation) {
    private static final Duration INTERVAL = Duration.ofSeconds(30);
    private static final Duration INTERVAL_MAX = Duration.ofMinutes(2);
    private static final Duration SETTLE_TIMEOUT = Duration.ofMinutes(10);
    private static final Duration LOST_AFTER = Duration.ofMinutes(5);

    /** The process table is ours to read; exit records come by themselves, this finds what died without one. */
    private static final Duration LOCAL_INTERVAL = Duration.ofSeconds(2);

    public static final EngineOptions DEFAULT = new EngineOptions(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            OptionalInt.empty(),
            Optional.empty(),
            Policy.Confirmation.REQUIRED);

    /** These options, and where they are absent those of another set. */
    public EngineOptions or(EngineOptions other) {
        return new EngineOptions(
                interval.or(other::interval),
                settleTimeout.or(other::settleTimeout),
                lostAfter.or(other::lostAfter),
                giveUpAfter.or(other::giveUpAfter),
                maxConcurrent.isPresent() ? maxConcurrent : other.maxConcurrent(),
                onExhausted.or(other::onExhausted),
                confirmation == Policy.Confirmation.WAIVED ? confirmation : other.confirmation());
    }

    /** What one layer of the configuration says. */
    public static EngineOptions of(Configuration.Layer layer) {
        return new EngineOptions(
                layer.duration(Setting.INTERVAL),
                layer.duration(Setting.SETTLE_TIMEOUT),
                layer.duration(Setting.LOST_AFTER),
                layer.duration(Setting.GIVE_UP_AFTER),
                layer.count(Setting.MAX_CONCURRENT),
                Optional.empty(),
                Policy.Confirmation.REQUIRED);
    }

    /**
     * The policy for a run.
     *
     * @param configuration its files stand under the plan; its floors hold on Slurm
     * @param arrayMax most tasks of one submission
     */
    public Policy of(
            Plan plan,
            BackendName backend,
            Configuration configuration,
            String user,
            String uid,
            int cores,
            int arrayMax) {
        boolean local = backend == BackendName.LOCAL;
        EngineOptions files = of(configuration.files());
        Optional<Duration> asked = local ? interval : interval.or(files::interval);
        Duration floor = local ? Duration.ZERO : configuration.intervalFloor().orElse(Duration.ZERO);
        Duration pause = longer(asked.orElse(local ? LOCAL_INTERVAL : INTERVAL), floor);
        Duration longest = local || pause.compareTo(INTERVAL_MAX) > 0
                ? pause
                : asked.isPresent() ? pause.multipliedBy(4) : INTERVAL_MAX;
        int cap = maxConcurrent.orElseGet(() -> plan.maxConcurrent()
                .orElseGet(() -> files.maxConcurrent().orElse(local ? Math.max(1, cores) : Integer.MAX_VALUE / 2)));
        return new Policy(
                backend,
                pause,
                longest.compareTo(INTERVAL_MAX) > 0 && pause.compareTo(INTERVAL_MAX) <= 0 ? INTERVAL_MAX : longest,
                settleTimeout.or(files::settleTimeout).orElse(SETTLE_TIMEOUT),
                lostAfter.or(files::lostAfter).orElse(LOST_AFTER),
                giveUpAfter.or(files::giveUpAfter),
                cap,
                arrayMax,
                onExhausted.orElse(plan.credits().onExhausted()),
                confirmation,
                user,
                uid);
    }

    private static Duration longer(Duration left, Duration right) {
        return left.compareTo(right) >= 0 ? left : right;
    }
}
