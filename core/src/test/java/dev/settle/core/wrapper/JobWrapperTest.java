package dev.settle.core.wrapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.settle.core.model.Resources;
import dev.settle.core.scheduler.SubmitRequest;
import dev.settle.core.scheduler.SubmitToken;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class JobWrapperTest {
    @TempDir
    Path dir;

    @Test
    void installedTwiceItLiesThereOnce() throws Exception {
        JobWrapper first = JobWrapper.install(dir);
        assertThat(JobWrapper.install(dir).perlScript()).isEqualTo(first.perlScript());
        assertThat(first.perlScript()).isRegularFile();
        assertThat(first.perlScript().resolveSibling("wrapper.sh")).isRegularFile();
        assertThat(childrenOf(dir.resolve("wrapper"))).hasSize(1);
    }

    @Test
    void manyMayInstallItAtOnce() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<Future<JobWrapper>> installed = new ArrayList<>();
            for (int i = 0; i < 32; i++) {
                installed.add(threads.submit(() -> JobWrapper.install(dir)));
            }
            for (Future<JobWrapper> each : installed) {
                assertThat(each.get().perlScript()).isRegularFile();
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(childrenOf(dir.resolve("wrapper"))).hasSize(1);
    }

    @Test
    void batchScriptReadsTheWrapperIntoItsOwnShellWhateverThePathsAre() throws Exception {
        JobWrapper wrapper = JobWrapper.install(dir.resolve("it's"));
        String folder = wrapper.perlScript().getParent().toString().replace("'", "'\\''");
        assertThat(wrapper.lineOfTask(Path.of("/run/a b.jobs")))
                .isEqualTo("set -- '" + folder + "' '/run/a b.jobs'\n. '" + folder + "/wrapper.sh'");
    }

    private String arrayScript(Integer... indices) throws Exception {
        SubmitRequest request = request(java.util.stream.Stream.of(indices)
                .map(i -> task("t" + i, "true"))
                .toArray(SubmitRequest.Task[]::new));
        return JobWrapper.install(dir)
                .shellLine(
                        new SubmitRequest(
                                request.token(),
                                request.name(),
                                Optional.empty(),
                                request.resources(),
                                request.tasks(),
                                List.of(indices),
                                0),
                        Path.of("/run/x.jobs"));
    }

    @Test
    void batchScriptOfAnArrayFindsTheTaskOfEachOfTheUsersIndices() throws Exception {
        assertThat(arrayScript(7)).contains("'/run/x.jobs' \"@$(((SLURM_ARRAY_TASK_ID - 7) / 1))\"\n. ");
        assertThat(arrayScript(1, 3, 5)).contains("'/run/x.jobs' \"@$(((SLURM_ARRAY_TASK_ID - 1) / 2))\"\n. ");
        assertThat(arrayScript(2, 3, 9))
                .contains("'/run/x.jobs'\ncase $SLURM_ARRAY_TASK_ID in\n2) set -- \"$1\" \"$2\" @0 ;;\n")
                .contains("9) set -- \"$1\" \"$2\" @2 ;;\n*) exit 125 ;;\nesac\n. ");
    }

    @Test
    void jobOfTheUsersArrayHasSlurmsVariables() {
        SubmitRequest plain = request(task("a", "true", Map.of("SLURM_ARRAY_TASK_ID", "5", "A", "b")));
        SubmitRequest array = new SubmitRequest(
                plain.token(), plain.name(), Optional.empty(), plain.resources(), plain.tasks(), List.of(5), 0);
        assertThat(new String(JobWrapper.fields(array, 0, JobWrapper.Mode.SLURM), StandardCharsets.UTF_8))
                .contains("\0A=b\0")
                .doesNotContain("SLURM_ARRAY_TASK_ID");
        assertThat(new String(JobWrapper.fields(array, 0, JobWrapper.Mode.LOCAL), StandardCharsets.UTF_8))
                .contains("\0SLURM_ARRAY_TASK_ID=5\0");
    }

    @Test
    void indexOfAJobsFileNamesThePlaceOfEveryTask() throws Exception {
        SubmitRequest request = request(task("a", "echo \u00e9"), task("b", "true"));
        Path file = dir.resolve("x.jobs");
        JobWrapper.install(dir).writeJobs(request, JobWrapper.Mode.SLURM, file);
        byte[] all = Files.readAllBytes(file);
        String head = new String(all, 0, 96, StandardCharsets.US_ASCII);
        assertThat(head).startsWith("settle-jobs 2 2 ").matches("(?s)(.{31}\n){3}");
        for (int i = 0; i < 2; i++) {
            String[] place = head.substring(32 * (i + 1), 32 * (i + 2) - 1).split(" ");
            String text =
                    new String(all, Integer.parseInt(place[0]) - 1, Integer.parseInt(place[1]), StandardCharsets.UTF_8);
            assertThat(text)
                    .isEqualTo(
                            new String(JobWrapper.fields(request, i, JobWrapper.Mode.SLURM), StandardCharsets.UTF_8));
        }
    }

    @Test
    void whatCannotBeWrittenDownIsRefused() {
        assertThatThrownBy(() -> JobWrapper.fields(request(task("a", "x\0y")), 0, JobWrapper.Mode.LOCAL))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("NUL");
        assertThatThrownBy(
                        () -> JobWrapper.fields(request(task("a", "x", Map.of("A-B", "1"))), 0, JobWrapper.Mode.LOCAL))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("A-B");
    }

    private static List<Path> childrenOf(Path folder) throws Exception {
        try (Stream<Path> children = Files.list(folder)) {
            return children.toList();
        }
    }

    private static SubmitRequest request(SubmitRequest.Task... tasks) {
        return new SubmitRequest(new SubmitToken("st0123456789ab"), "test", Resources.NONE, List.of(tasks), 0);
    }

    private static SubmitRequest.Task task(String id, String script) {
        return task(id, script, Map.of());
    }

    private static SubmitRequest.Task task(String id, String script, Map<String, String> env) {
        return new SubmitRequest.Task(
                id,
                1,
                script,
                Optional.empty(),
                Path.of("/work"),
                env,
                Path.of("/run/out"),
                Path.of("/run/err"),
                Path.of("/run/records/" + id),
                Optional.empty());
    }
}
