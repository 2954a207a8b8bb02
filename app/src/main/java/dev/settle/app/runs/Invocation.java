package dev.settle.app.runs;

import dev.settle.app.config.Configuration;
import dev.settle.app.process.App;
import dev.settle.app.process.Failure;
import org.jspecify.annotations.Nullable;

/**
 * What one invocation of settle works with: this process and the user's runs; and, made or read when they are first needed
 * and never again, the leases and the configuration.
 */
public final class Invocation {
    private final App app;
    private final Runs runs;
    private @Nullable LeaseService leases;
    private @Nullable Configuration configuration;

    public Invocation(App app) {
        this.app = app;
        this.runs = new Runs(app);
    }

    public App app() {
        return app;
    }

    public Runs runs() {
        return runs;
    }

    public synchronized LeaseService leases() {
        LeaseService known = leases;
        if (known == null) {
            known = new LeaseService(app, runs);
            leases = known;
        }
        return known;
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
