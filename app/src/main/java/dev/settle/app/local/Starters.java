package dev.settle.app.local;

import dev.settle.core.environment.JobOrigin;
import dev.settle.core.port.JobWrapper;
import dev.settle.core.port.SubmitToken;
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
final class Starters implements AutoCloseable {
    /** A perl that dies so often is not tried again. */
    private static final int SERVERS_MAX = 3;

    private final JobWrapper wrapper;
    private final int places;
    private final JobOrigin origin;
    private final Map<String, String> variables;
    private final Clock clock;
    private final Ends ends;
    private @Nullable Starter starter;
    private int servers;

    /**
     * Nobody yet.
     *
     * @param places how many jobs run at once at most
     * @param origin what jobs begin with, and where to look for tools
     */
    Starters(JobWrapper wrapper, int places, JobOrigin origin, Clock clock, Ends ends) {
        this.wrapper = wrapper;
        this.places = places;
        this.origin = origin;
        this.variables = origin.variables().texts();
        this.clock = clock;
        this.ends = ends;
    }

    synchronized Starter now() throws NoProcessException {
        if (starter instanceof JobServer server && !server.isAlive()) {
            starter = null;
        }
        if (starter == null && servers >= SERVERS_MAX) {
            starter = withShells();
        }
        if (starter == null) {
            Optional<Path> perl = tool("perl", Optional.ofNullable(variables.get("SETTLE_PERL")));
            Optional<JobServer> server = perl.isPresent()
                    ? JobServer.launch(perl.get(), wrapper, places, origin, clock, ends)
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

    private Starter withShells() {
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
