package dev.settle.app.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.app.process.App;
import dev.settle.app.process.Console;
import dev.settle.app.runs.LeaseService;
import dev.settle.app.runs.Runs;
import dev.settle.core.journal.RunFolder;
import dev.settle.core.json.Fields;
import dev.settle.core.json.Json;
import dev.settle.core.model.ItemId;
import dev.settle.core.run.RunEvent;
import dev.settle.core.run.Stop;
import dev.settle.core.run.StopReason;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What rm and prune delete, and what they never delete. */
@Timeout(120)
final class RemovalTest {
    @TempDir
    Path folder;

    private InProcess settle;

    @BeforeEach
    void here() {
        settle = new InProcess(folder, "/usr/bin:/bin");
    }

    private RunFolder ended(StopReason reason, Duration ago) throws Exception {
        List<RunEvent> events = new ArrayList<>(StalledRun.submitted("one", 4711));
        events.add(StalledRun.settled("one"));
        events.add(new RunEvent.Ended(Stop.of(reason, "tested", Instant.now().minus(ago))));
        RunFolder run = StalledRun.leave(settle, StalledRun.Driver.ASKED_TO_GO, events, ago).folder;
        // The newest run is told by its name's file.
        Files.setLastModifiedTime(run.name(), FileTime.from(Instant.now().minus(ago)));
        return run;
    }

    private RunFolder ended() throws Exception {
        return ended(StopReason.ITEMS_FAILED, Duration.ofMinutes(1));
    }

    private App app() {
        PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream());
        return settle.app(new Console(nowhere, nowhere), Duration.ZERO);
    }

    private List<String> left() throws Exception {
        try (Stream<Path> runs = Files.list(settle.state().resolve("runs"))) {
            return runs.map(run -> run.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void runsThatEndedAreGoneAndWhatWasFreedIsReported() throws Exception {
        RunFolder one = ended();
        RunFolder other = ended();
        RunFolder stays = ended();
        Files.writeString(one.path().resolve("big"), "x".repeat(5_000_000));
        InProcess.Ended rm = settle.settle(
                "rm", one.id().value(), other.id().value(), one.id().value());
        assertThat(rm.code()).as(rm.err()).isZero();
        assertThat(rm.out())
                .contains("removed " + one.id() + " (stalled): 4.8 MiB", "removed " + other.id())
                .endsWith("2 runs removed, 4.9 MiB freed\n");
        assertThat(left()).containsExactly(stays.id().value());
    }

    @Test
    void documentSaysTheSame() throws Exception {
        RunFolder run = ended();
        InProcess.Ended rm = settle.settle("rm", run.id().value(), "--json");
        Fields document = Json.parseObject(rm.out());
        assertThat(document.text("schema")).isEqualTo("settle.removed/1");
        assertThat(document.flag("dry_run")).isFalse();
        assertThat(document.objects("runs").get(0).text("id"))
                .isEqualTo(run.id().value());
        assertThat(document.longer("bytes")).isPositive();
    }

    @Test
    void stalledRunStaysAndWhatToDoIsSaid() throws Exception {
        RunFolder stalled = StalledRun.leave(settle, StalledRun.Driver.GONE, List.of()).folder;
        RunFolder ended = ended();
        InProcess.Ended rm =
                settle.settle("rm", stalled.id().value(), ended.id().value());
        assertThat(rm.code()).isEqualTo(5);
        assertThat(rm.err())
                .contains(
                        "run " + stalled.id() + " is stalled", "settle watch " + stalled.id(), "settle recover --end");
        assertThat(left()).containsExactly(stalled.id().value());
    }

    @Test
    void runThatIsManagedStays() throws Exception {
        RunFolder run = ended();
        App app = app();
        LeaseService leases = new LeaseService(app, new Runs(app));
        try (LeaseService.Owned held = leases.take(run).orElseThrow()) {
            InProcess.Ended rm = settle.settle("rm", run.id().value());
            assertThat(rm.code()).isEqualTo(5);
            assertThat(rm.err())
                    .contains(
                            "run " + run.id() + " is in use: process "
                                    + app.wiring().pid(),
                            "settle cancel " + run.id());
            assertThat(held.lease().isHeld()).isTrue();
        }
        assertThat(left()).containsExactly(run.id().value());
    }

    @Test
    void runWithLivingJobsStays() throws Exception {
        List<RunEvent> events = new ArrayList<>(StalledRun.submitted("one", 4711));
        events.add(new RunEvent.Ended(Stop.of(StopReason.DRIVER_STOPPED, "tested", Instant.now())));
        RunFolder run = StalledRun.leave(settle, StalledRun.Driver.ASKED_TO_GO, events).folder;
        InProcess.Ended rm = settle.settle("rm", run.id().value());
        assertThat(rm.code()).isEqualTo(5);
        assertThat(rm.err()).contains("1 job of it is still alive", "settle resume " + run.id());
        assertThat(left()).containsExactly(run.id().value());
    }

    @Test
    void damagedRunGoesByItsFullIdAlone() throws Exception {
        RunFolder run = ended();
        Files.writeString(run.journal(), "no journal at all\n".repeat(20));
        String id = run.id().value();
        InProcess.Ended byPart = settle.settle("rm", id.substring(0, 5));
        assertThat(byPart.code()).isEqualTo(74);
        assertThat(byPart.err()).contains("not known whether it ended", "settle rm " + id);
        assertThat(settle.settle("rm", "stalled").code()).isEqualTo(74);
        assertThat(left()).containsExactly(id);
        assertThat(settle.settle("rm", id).code()).isZero();
        assertThat(left()).isEmpty();
    }

    @Test
    void unknownAndEmptyNamesAreNoRuns() throws Exception {
        RunFolder run = ended();
        assertThat(settle.settle("rm").code()).isEqualTo(2);
        assertThat(settle.settle("rm", run.id().value(), "").code()).isEqualTo(2);
        assertThat(left()).containsExactly(run.id().value());
        InProcess.Ended rm = settle.settle("rm", "nosuchrun", run.id().value());
        assertThat(rm.code()).isEqualTo(5);
        assertThat(rm.err()).contains("no run is called 'nosuchrun'");
        assertThat(rm.out()).contains("1 run removed");
    }

    @Test
    void outputsThatTheUserNamedStay() throws Exception {
        RunFolder run = ended();
        Path output = run.stdout(new ItemId("one"), 1);
        Files.createDirectories(output.getParent());
        Files.writeString(output, "results\n");
        Path named = folder.resolve("logs/slurm-4711.out");
        Files.createDirectory(named.getParent());
        Files.createSymbolicLink(named, output);
        Files.writeString(output.resolveSibling(output.getFileName() + ".link"), named.toString());
        // A name that has become something else is somebody else's.
        Path taken = Files.writeString(folder.resolve("taken.out"), "mine\n");
        Path error = Files.writeString(run.stderr(new ItemId("one"), 1), "trouble\n");
        Files.writeString(error.resolveSibling(error.getFileName() + ".link"), taken.toString());
        assertThat(settle.settle("rm", run.id().value()).code()).isZero();
        assertThat(named).isRegularFile().hasContent("results\n");
        assertThat(Files.isSymbolicLink(named)).isFalse();
        assertThat(taken).hasContent("mine\n");
        assertThat(left()).isEmpty();
    }

    @Test
    void oldRunsArePrunedByStateAndAgeAndTheNewestAreKept() throws Exception {
        RunFolder old = ended(StopReason.ITEMS_FAILED, Duration.ofDays(40));
        RunFolder older = ended(StopReason.ITEMS_FAILED, Duration.ofDays(50));
        RunFolder cancelled = ended(StopReason.CANCELLED_BY_USER, Duration.ofDays(60));
        RunFolder young = ended(StopReason.ITEMS_FAILED, Duration.ofDays(1));
        RunFolder stalled = StalledRun.leave(settle, StalledRun.Driver.GONE, List.of(), Duration.ofDays(90)).folder;
        InProcess.Ended dry = settle.settle("prune", "--older-than", "30d", "--dry-run");
        assertThat(dry.out())
                .startsWith("would remove " + cancelled.id())
                .contains("would remove " + older.id(), "would remove " + old.id(), "3 runs would be removed, ");
        assertThat(left()).hasSize(5);
        assertThat(settle.settle("prune", "--older-than", "30d", "--state", "failed,interrupted", "--keep", "2")
                        .out())
                .contains("removed " + older.id(), "1 run removed, ");
        assertThat(settle.settle("prune", "--older-than", "30d").code()).isZero();
        assertThat(left())
                .containsExactlyInAnyOrder(young.id().value(), stalled.id().value());
        assertThat(settle.settle("prune", "--older-than", "30d").out()).isEqualTo("no run was removed\n");
    }

    @Test
    void damagedRunsAreLeftByPruneAndNamed() throws Exception {
        RunFolder run = ended(StopReason.ITEMS_FAILED, Duration.ofDays(40));
        Files.writeString(run.journal(), "no journal at all\n".repeat(20));
        InProcess.Ended prune = settle.settle("prune", "--older-than", "30d");
        assertThat(prune.code()).isZero();
        assertThat(prune.err()).contains("it was left, settle rm " + run.id() + " removes it");
        assertThat(left()).containsExactly(run.id().value());
    }

    @Test
    void pruneRefusesWhatItDoesNotKnow() throws Exception {
        ended();
        assertThat(settle.settle("prune").err()).contains("settle prune --older-than 30d");
        InProcess.Ended state = settle.settle("prune", "--older-than", "1s", "--state", "faild");
        assertThat(state.code()).isEqualTo(2);
        assertThat(state.err()).contains("did you mean failed?");
        assertThat(settle.settle("prune", "--older-than", "1s", "--state", "running")
                        .code())
                .isEqualTo(2);
        assertThat(left()).hasSize(1);
    }
}
