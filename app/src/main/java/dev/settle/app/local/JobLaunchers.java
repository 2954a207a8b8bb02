package dev.settle.app.local;

import dev.settle.app.local.jobserver.ExitListener;
import dev.settle.app.local.jobserver.JobLauncher;
import dev.settle.app.local.jobserver.JobServer;
import dev.settle.app.local.jobserver.NoProcessException;
import dev.settle.core.environment.JobOrigin;
import dev.settle.core.scheduler.SubmitToken;
import dev.settle.core.wrapper.JobWrapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Who starts jobs now: a server of this machine's perl, another one when that has died, and shells where perl does not do. */
final class JobLaunchers implements AutoCloseable {
    /** A perl that dies so often is not tried again. */
    private static final int SERVERS_MAX = 3;

    private final JobWrapper wrapper;
    private final int places;
    private final JobOrigin origin;
    private final Map<String, String> variables;
    private final Optional<Path> input;
    private final Clock clock;
    private final ExitListener ends;
    private @Nullable JobLauncher starter;
    private int servers;

    /**
     * Nobody yet.
     *
     * @param places how many jobs run at once at most
     * @param origin what jobs begin with, and where to look for tools
     * @param input what jobs read; nothing without perl
     */
    JobLaunchers(
            JobWrapper wrapper, int places, JobOrigin origin, Optional<Path> input, Clock clock, ExitListener ends) {
        this.wrapper = wrapper;
        this.places = places;
        this.origin = origin;
        this.variables = origin.variables().texts();
        this.input = input;
        this.clock = clock;
        this.ends = ends;
    }

    synchronized JobLauncher now() throws NoProcessException {
        if (starter instanceof JobServer server && !server.isAlive()) {
            starter = null;
        }
        if (starter == null && servers >= SERVERS_MAX) {
            starter = withShells();
        }
        if (starter == null) {
            Optional<Path> perl = tool("perl", Optional.ofNullable(variables.get("SETTLE_PERL")));
            Optional<JobServer> server = perl.isPresent()
                    ? JobServer.launch(perl.get(), wrapper, places, origin, input, clock, ends)
                    : Optional.empty();
            servers++;
            starter = server.isPresent() ? server.get() : withShells();
        }
        return starter;
    }

    /** Whether there was another one before. */
    synchronized boolean isLater() {
        return servers > 1;
    }

    synchronized void recall(Set<SubmitToken> tokens) {
        if (starter != null) {
            starter.recall(tokens);
        }
    }

    private JobLauncher withShells() {
        return new ShellStarter(wrapper, tool("setsid", Optional.empty()), origin, ends);
    }

    /** A tool by what the user chose, at its usual place, or on PATH. */
    private Optional<Path> tool(String name, Optional<String> chosen) {
        List<String> candidates = new ArrayList<>();
        if (chosen.isPresent()) {
            candidates.add(chosen.get());
        } else {
            candidates.add("/usr/bin/" + name);
            for (String folder : variables.getOrDefault("PATH", "").split(":")) {
                candidates.add(folder + "/" + name);
            }
        }
        return candidates.stream()
                .filter(place -> place.startsWith("/"))
                .map(Path::of)
                .filter(Files::isExecutable)
                .findFirst();
    }

    @Override
    public synchronized void close() {
        if (starter != null) {
            starter.close();
            starter = null;
        }
    }
}
