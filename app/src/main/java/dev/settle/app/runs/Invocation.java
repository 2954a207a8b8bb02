package dev.settle.app.runs;

import dev.settle.app.config.Configuration;
import dev.settle.app.process.App;
import dev.settle.app.process.Failure;
import org.jspecify.annotations.Nullable;

/**
 * What one invocation of settle works with: this process, the user's runs, and the configuration, which is read when it is
 * first needed and never again.
 */
public final class Invocation {
    private final App app;
    private final Runs runs;
    private final LeaseService leases;
    private @Nullable Configuration configuration;

    public Invocation(App app) {
        this.app = app;
        this.runs = new Runs(app);
        this.leases = new LeaseService(app, runs);
    }

    public App app() {
        return app;
    }

    public Runs runs() {
        return runs;
    }

    public LeaseService leases() {
        return leases;
    }

    /** @throws Failure with all problems of all files at once */
    public synchronized Configuration configuration() {
        Configuration known = configuration;
        if (known == null) {
            known = Configuration.read(app.environment());
            configuration = known;
        }
        return known;
    }
}
