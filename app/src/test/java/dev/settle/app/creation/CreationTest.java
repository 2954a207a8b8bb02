package dev.settle.app.creation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.app.engine.backend.Backends;
import dev.settle.app.engine.backend.EngineOptions;
import dev.settle.app.process.App;
import dev.settle.app.process.Console;
import dev.settle.app.process.Environment;
import dev.settle.app.process.ExitStatus;
import dev.settle.app.process.Failure;
import dev.settle.app.process.Wiring;
import dev.settle.app.runs.Invocation;
import dev.settle.app.runs.Runs;
import dev.settle.core.file.Disk;
import dev.settle.core.file.LocalDisk;
import dev.settle.core.journal.RunFolder;
import dev.settle.core.model.ItemId;
import dev.settle.core.model.Plan;
import dev.settle.core.model.Plan.BackendName;
import dev.settle.core.model.PlanItem;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A run whose creation the disk refuses, at each change of a file: then there is no run. */
final class CreationTest {
    private static final Set<String> CHANGES =
            Set.of("create", "makeFolder", "delete", "move", "forceFolder", "write", "force", "truncate");

    private static final Plan PLAN = Plan.of("nightly", List.of(PlanItem.command(new ItemId("a"), "true")));

    /** For how long the disk refuses. */
    private enum Trouble {
        ONCE,
        FOR_GOOD
    }

    /** How a run is created. */
    private enum Way {
        TO_MANAGE,
        TO_LEAVE
    }

    @TempDir
    Path temp;

    /** A disk that refuses the change of a number. */
    private static final class RefusingAt {
        private final int at;
        private final Trouble trouble;
        private int changes;

        RefusingAt(int at, Trouble trouble) {
            this.at = at;
            this.trouble = trouble;
        }

        Disk disk() {
            return wrap(Disk.class, new LocalDisk());
        }

        boolean hasRefused() {
            return changes >= at;
        }

        private <T> T wrap(Class<T> type, T inner) {
            Object proxy =
                    Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, method, args) -> {
                        boolean opensToWrite =
                                type == Disk.class && method.getName().equals("write");
                        if (CHANGES.contains(method.getName()) && !opensToWrite) {
                            changes++;
                            if (trouble == Trouble.ONCE ? changes == at : changes >= at) {
                                throw new IOException("No space left on device");
                            }
                        }
                        try {
                            Object result = method.invoke(inner, args);
                            return result instanceof Disk.OpenFile file ? wrap(Disk.OpenFile.class, file) : result;
                        } catch (InvocationTargetException e) {
                            throw e.getCause() == null ? e : e.getCause();
                        }
                    });
            return type.cast(proxy);
        }
    }

    private static App app(Path folder, Disk disk) {
        PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream());
        return new App(
                "test",
                new Console(nowhere, nowhere),
                new Environment(
                        Map.of("SETTLE_HOME", folder.resolve("state").toString(), "PATH", "/usr/bin:/bin"),
                        folder,
                        folder,
                        "tester"),
                new Wiring(
                        Clock.systemUTC(),
                        () -> Duration.ofNanos(System.nanoTime()),
                        time -> Thread.sleep(time.toMillis()),
                        new Random(1),
                        disk),
                status -> {
                    throw new AssertionError("halted with " + status);
                });
    }

    private static RunFolder create(App app, Way way) throws InterruptedException {
        Invocation invocation = new Invocation(app);
        NewRuns newRuns = new NewRuns(
                invocation,
                new Backends(Optional.empty(), invocation.configuration(), app.environment()),
                EngineOptions.DEFAULT);
        if (way == Way.TO_LEAVE) {
            return newRuns.createToLeave(PLAN, BackendName.LOCAL).folder();
        }
        NewRuns.Owned owned = newRuns.createToManage(PLAN, BackendName.LOCAL);
        owned.lease().close();
        return owned.run().folder();
    }

    @ParameterizedTest
    @CsvSource({"ONCE,TO_MANAGE", "ONCE,TO_LEAVE", "FOR_GOOD,TO_MANAGE", "FOR_GOOD,TO_LEAVE"})
    void creationThatIsRefusedLeavesNoRunThatCouldStartLater(Trouble trouble, Way way) throws Exception {
        int refused = 0;
        boolean over = false;
        for (int at = 1; !over; at++) {
            Path folder = Files.createDirectory(temp.resolve("at-" + at));
            RefusingAt refusing = new RefusingAt(at, trouble);
            Runs runs = new Runs(app(folder, new LocalDisk()));
            try {
                RunFolder created = create(app(folder, refusing.disk()), way);
                // What exists can be read, whatever the disk refused on the way.
                assertThat(runs.look(created).ended()).isEmpty();
                over = !refusing.hasRefused() || trouble == Trouble.FOR_GOOD;
            } catch (Failure e) {
                refused++;
                assertThat(e.status()).isEqualTo(ExitStatus.STORAGE_FAILED);
                assertThat(e.lines().get(0)).contains("nothing was started", "No space left on device");
                assertThat(runs.list()).as("refused at change %d", at).isEmpty();
                assertThat(left(runs.home().runs(), trouble))
                        .as("refused at change %d", at)
                        .isEmpty();
            }
        }
        assertThat(refused).isGreaterThan(15);
    }

    /** A disk that refuses everything keeps what it has; that is no run, and is swept later. */
    private static List<Path> left(Path runs, Trouble trouble) throws IOException {
        if (trouble == Trouble.FOR_GOOD || !Files.exists(runs)) {
            return List.of();
        }
        try (Stream<Path> left = Files.list(runs)) {
            return left.toList();
        }
    }

    @Test
    void whatKilledCreatorsHaveLeftIsNoRunAndIsSwept() throws Exception {
        Runs runs = new Runs(app(temp, new LocalDisk()));
        runs.home().create();
        Path draft = Files.createDirectory(runs.home().runs().resolve(".new-k3v9q2m7"));
        Files.writeString(draft.resolve("run.json"), "{");
        Files.createDirectory(draft.resolve("items"));
        Path gone = Files.createDirectory(runs.home().runs().resolve(".gone-aaaaaaaa"));
        Files.writeString(gone.resolve("name"), "x");
        assertThat(runs.list()).isEmpty();
        runs.home().sweep(runs.disk(), Instant.now().minusSeconds(3600));
        assertThat(draft).as("its creator may be at work").exists();
        assertThat(gone).doesNotExist();
        runs.home().sweep(runs.disk(), Instant.now().plusSeconds(1));
        assertThat(draft).doesNotExist();
    }
}
