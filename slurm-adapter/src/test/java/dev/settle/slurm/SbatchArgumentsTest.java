package dev.settle.slurm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.core.model.Resources;
import dev.settle.core.scheduler.SubmitRequest;
import dev.settle.core.scheduler.SubmitToken;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an sbatch is asked for. */
final class SbatchArgumentsTest {
    @TempDir
    private Path folder;

    private List<String> arguments(String output, Path... directories) {
        List<SubmitRequest.Task> tasks = new ArrayList<>();
        for (Path directory : directories) {
            tasks.add(new SubmitRequest.Task(
                    "item" + tasks.size(),
                    1,
                    "true",
                    Optional.empty(),
                    directory,
                    Map.of(),
                    Path.of(output),
                    Path.of(output),
                    folder.resolve("record" + tasks.size()),
                    Optional.empty()));
        }
        SubmitToken token = new SubmitToken("stabcdefghijkl");
        return SbatchArguments.of(
                new SubmitRequest(token, "train", Resources.NONE, tasks, 0),
                folder.resolve("stabcdefghijkl.sh"),
                folder);
    }

    @Test
    void jobIsSubmittedInItsOwnDirectoryWhereThatExists() {
        assertThat(arguments("/o", folder)).contains("--chdir=" + folder);
        assertThat(arguments("/o", folder.resolve("missing"))).contains("--chdir=/");
    }

    @Test
    void tasksThatRunInDifferentDirectoriesAreSubmittedInNoneOfThem() throws Exception {
        Path other = Files.createDirectory(folder.resolve("other"));
        assertThat(arguments("/o", folder, folder)).contains("--chdir=" + folder);
        assertThat(arguments("/o", folder, other)).contains("--chdir=/");
    }

    @Test
    void jobBearsItsOwnNameAndTheTokenIsItsComment() {
        assertThat(arguments("/o", folder)).contains("--job-name=train", "--comment=stabcdefghijkl");
        assertThat(arguments("/o", folder).get(arguments("/o", folder).size() - 1))
                .endsWith("/stabcdefghijkl.sh");
    }

    private List<String> array(int throttle, Integer... indices) {
        List<SubmitRequest.Task> tasks = new ArrayList<>();
        for (int index : indices) {
            tasks.add(new SubmitRequest.Task(
                    "item" + index,
                    1,
                    "true",
                    Optional.empty(),
                    folder,
                    Map.of(),
                    folder.resolve("o" + index),
                    folder.resolve("o" + index),
                    folder.resolve("record" + index),
                    Optional.empty()));
        }
        return SbatchArguments.of(
                new SubmitRequest(
                        new SubmitToken("stabcdefghijkl"),
                        "train",
                        Optional.of("job.sh"),
                        Resources.NONE,
                        tasks,
                        List.of(indices),
                        throttle),
                folder.resolve("stabcdefghijkl/job.sh"),
                folder);
    }

    @Test
    void anArrayOfTheUserKeepsItsIndices() {
        assertThat(array(2, 1, 2, 3, 7)).contains("--array=1-3,7%2");
        assertThat(array(0, 1, 3)).contains("--array=1,3", "--output=" + folder.resolve("stabcdefghijkl.%a.out"));
        assertThat(array(0, 5)).contains("--array=5", "--output=" + folder.resolve("o5"));
        assertThat(arguments("/o", folder)).noneMatch(each -> each.startsWith("--array"));
        assertThat(arguments("/o", folder, folder)).contains("--array=0-1");
    }

    @Test
    void commentOfTheUserIsLeftAlone() {
        SubmitRequest.Task task = new SubmitRequest.Task(
                "item",
                1,
                "true",
                Optional.empty(),
                folder,
                Map.of(),
                folder.resolve("o"),
                folder.resolve("o"),
                folder.resolve("r"),
                Optional.empty());
        Resources resources = new Resources(
                OptionalInt.empty(),
                OptionalLong.empty(),
                OptionalInt.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                List.of("--comment=mine"));
        assertThat(SbatchArguments.of(
                        new SubmitRequest(new SubmitToken("stabcdefghijkl"), "train", resources, List.of(task), 0),
                        folder.resolve("stabcdefghijkl.sh"),
                        folder))
                .filteredOn(each -> each.startsWith("--comment"))
                .containsExactly("--comment=mine");
    }

    @Test
    void howOutputIsOpenedIsTheUsersToSay() {
        assertThat(arguments("/o", folder)).noneMatch(each -> each.startsWith("--open-mode"));
    }

    @Test
    void nothingIsReplacedInAPath() {
        assertThat(arguments("/a%j/100%", folder)).contains("--output=/a%%j/100%%");
        assertThat(arguments("/DOM\\user/a%j", folder)).contains("--output=/DOM\\\\user/a%j");
    }

    private static final String EVIL = "x --wrap=evil 'a\"\u001B[31m$(x)`y`;%j,\r\n#SBATCH --uid=0";

    private List<String> argumentsOf(String name, Resources resources, Path path) {
        SubmitRequest.Task task = new SubmitRequest.Task(
                EVIL, 1, EVIL, Optional.of(EVIL), path, Map.of("A", EVIL), path, path, path, Optional.empty());
        return SbatchArguments.of(
                new SubmitRequest(new SubmitToken("stabcdefghijkl"), name, resources, List.of(task), 0),
                folder.resolve("stabcdefghijkl.sh"),
                folder);
    }

    private static Resources resources(Optional<String> text) {
        return new Resources(
                OptionalInt.empty(),
                OptionalLong.empty(),
                OptionalInt.empty(),
                text,
                Optional.empty(),
                text,
                text,
                text,
                text,
                List.of());
    }

    @Test
    void noTextOfARequestBecomesAnOptionOfItsOwn() {
        List<String> plain = argumentsOf("name", resources(Optional.of("p")), folder.resolve("o"));
        List<String> evil = argumentsOf(EVIL, resources(Optional.of(EVIL)), folder.resolve(EVIL));
        assertThat(evil.stream().map(each -> each.split("=", 2)[0]))
                .as("the same options in the same order")
                .containsExactlyElementsOf(
                        plain.stream().map(each -> each.split("=", 2)[0]).toList());
        for (String option : List.of("--gres", "--partition", "--account", "--qos", "--constraint")) {
            assertThat(evil).contains(option + "=" + EVIL);
        }
        assertThat(evil.stream().filter(each -> each.startsWith("--job-name=")))
                .as("one line of Slurm's answers")
                .noneMatch(each -> each.matches("(?s).*\\p{Cntrl}.*"));
        assertThat(evil).contains("--output=" + folder.resolve(EVIL.replace("%", "%%")));
    }
}
