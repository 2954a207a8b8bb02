package dev.settle.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.settle.core.json.Fields;
import dev.settle.core.json.Json;
import dev.settle.testdata.Launch;
import dev.settle.testdata.SshServer;
import dev.settle.testdata.TestData;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code settle --on} over a real sshd: what is done there, what is shown here, and what a broken connection leaves. */
@EnabledIf("dev.settle.testdata.SshServer#available")
final class RemoteIT {
    private static final String SETTLE =
            Path.of(System.getProperty("settle.dist"), "bin", "settle").toString();
    private static final Path INSTALLED = Path.of(".local/share/settle/current");

    private static SshServer server;
    private static Launched.Child installed;

    @TempDir
    static Path all;

    @TempDir
    Path folder;

    private Launched launched;

    @BeforeAll
    static void installIntoAnEmptyHome() throws Exception {
        server = SshServer.up();
        installed = client(all, all).settle("--on", "far", "install");
    }

    @AfterAll
    static void endServer() throws IOException {
        server.close();
    }

    private static Launched client(Path folder, Path config) {
        return new Launched(
                folder,
                folder.resolve("state"),
                Map.of("PATH", server.bin() + ":" + System.getenv("PATH"), "XDG_CONFIG_HOME", config.toString()));
    }

    @BeforeEach
    void setUp() {
        launched = client(folder, folder.resolve("config"));
    }

    @AfterEach
    void endAll() {
        launched.close();
    }

    private Launched.Child far(String... words) throws IOException, InterruptedException {
        return launched.settle(on("far", words));
    }

    private static String[] on(String host, String... words) {
        return Stream.concat(Stream.of("--on", host), Stream.of(words)).toArray(String[]::new);
    }

    private void host(String name, String settings) throws IOException {
        Path file = folder.resolve("config/settle/config.yaml");
        Files.createDirectories(file.getParent());
        Files.writeString(file, "hosts:\n  " + name + ": {ssh: far, " + settings + "}\n");
    }

    private static List<String> runs() throws IOException {
        Path runs = server.home().resolve(".local/state/settle/runs");
        if (!Files.exists(runs)) {
            return List.of();
        }
        try (Stream<Path> folders = Files.list(runs)) {
            return folders.map(each -> String.valueOf(each.getFileName()))
                    .filter(name -> !name.startsWith("."))
                    .toList();
        }
    }

    private static void assertOneRunMore(List<String> before) throws IOException {
        List<String> now = new ArrayList<>(runs());
        now.removeAll(before);
        assertThat(now).hasSize(1);
    }

    @Test
    void whatIsInstalledIsNotSentAgain() throws Exception {
        assertThat(installed.code()).as(installed.err()).isZero();
        assertThat(server.home().resolve(INSTALLED + "/runtime/bin/java")).isExecutable();
        Launched.Child again = far("install");
        assertThat(again.code()).isZero();
        assertThat(again.out()).contains("is installed on far");
        assertThat(again.err()).doesNotContain("sending");
    }

    @Test
    void streamsAndStatusAreAsIfTheCommandHadRunHere() throws Exception {
        Launched.Child run = far("run", "--", "sh", "-c", "echo to out; echo to err >&2; exit 3");
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.out()).isEqualTo("to out\n");
        assertThat(run.err()).contains("to err\n").contains("Run failed: 1 item failed (exit code 3).");
        Launched.Child listed = far("list", "-n", "1");
        assertThat(listed.code()).isZero();
        assertThat(listed.out()).contains("failed");
        assertThat(far("status", "nosuchrun").code()).isEqualTo(5);
        assertThat(far("run", "--nosuchoption", "x.yaml").code()).isEqualTo(2);
    }

    @Test
    void stdinReachesTheCommand() throws Exception {
        Files.writeString(folder.resolve("in"), "given\n");
        Launched.Child run = launched.startProcess(List.of(
                "sh",
                "-c",
                SETTLE + " --on far run -- cat <in; " + SETTLE + " --on far run --quiet - <<'END'\n"
                        + "items: [{id: a, command: 'true'}]\nEND\n"));
        assertThat(run.await()).as(run.err()).isZero();
        assertThat(run.out()).isEqualTo("given\n");
    }

    @Test
    void wordsVariablesAndPathsSurvive() throws Exception {
        List<String> hard = List.of(
                "a  b", "it's", "\"q\"", "$HOME `id`", "ä ü 漢", "back\\slash", "new\nline", "*", "!x", "", "-n", "~");
        Files.createDirectories(server.home().resolve("mein ö $dir"));
        host("there", "directory: \"~/mein ö $dir\"");
        List<String> words = new ArrayList<>(List.of(
                "run",
                "--env",
                "HARD=" + hard.get(3) + "'\"",
                "--",
                "sh",
                "-c",
                "printf '[%s]' \"$@\" \"$HARD\"; pwd",
                "x"));
        words.addAll(hard);
        Launched.Child run = launched.settle(on("there", words.toArray(String[]::new)));
        assertThat(run.out())
                .isEqualTo(hard.stream().map(word -> "[" + word + "]").collect(Collectors.joining()) + "[$HOME `id`'\"]"
                        + server.home() + "/mein ö $dir\n");
    }

    @Test
    void jobsFindNothingOfTheClientInTheirEnvironment() throws Exception {
        launched = new Launched(
                folder,
                folder.resolve("state"),
                Map.of("PATH", server.bin() + ":" + System.getenv("PATH"), "SETTLE_ON", "far", "NO_COLOR", "1"));
        Launched.Child run = launched.settle("run", "--", "env");
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out())
                .doesNotContain("SETTLE_REMOTE")
                .doesNotContain("SETTLE_ON")
                .doesNotContain("NO_COLOR");
    }

    @Test
    void runFileGoesThereWithWhatItNames() throws Exception {
        Files.writeString(folder.resolve("läuft ü.yaml"), """
                items:
                  - id: script
                    script: "mein skript ä.sh"
                  - id: command
                    command: ./cat.sh data/in.txt > result.txt
                """);
        Files.writeString(folder.resolve("mein skript ä.sh"), "#!/bin/sh\necho scripted\n");
        Path cat = Files.writeString(folder.resolve("cat.sh"), "#!/bin/sh\ncat \"$1\"\n");
        Files.setPosixFilePermissions(cat, PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.createDirectories(folder.resolve("data"));
        Files.writeString(folder.resolve("data/in.txt"), "inhalt\n");
        Launched.Child run =
                far("run", "läuft ü.yaml", "--json", "--html", "r.html", "--junit", "j.xml", "--fetch", "*.txt");
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.items()).containsOnlyKeys("script", "command");
        assertThat(folder.resolve("result.txt")).hasContent("inhalt");
        assertThat(folder.resolve("r.html")).content().contains("läuft ü");
        assertThat(folder.resolve("j.xml")).content().contains("<testsuite");
        assertThat(far("validate", "läuft ü.yaml").out()).contains("scripted");
    }

    @Test
    void resultsComeBackAtTheEndOfAnyWait() throws Exception {
        Path place = Files.createDirectories(server.home().resolve("wo es läuft"));
        host("there", "directory: \"~/wo es läuft\"");
        Path go = folder.resolve("go");
        String job = "echo $SETTLE_ATTEMPT >\"erg ä.txt\"; [ -e " + go + " ]";
        String id = launched.settle(on("there", "submit", "--", "sh", "-c", job))
                .out()
                .strip();
        Launched.Child waited = launched.settle(on("there", "wait", id, "--fetch", "erg*"));
        assertThat(waited.code()).as(waited.err()).isEqualTo(1);
        assertThat(folder.resolve("erg ä.txt")).hasContent("1");
        Files.delete(folder.resolve("erg ä.txt"));
        Launched.Child watched =
                launched.settle(on("there", "watch", id, "--json", "--html", "r.html", "--fetch", "erg*"));
        assertThat(watched.code()).as(watched.err()).isZero();
        assertThat(folder.resolve("r.html")).content().contains("Run failed");
        assertThat(folder.resolve("erg ä.txt")).hasContent("1");
        Files.createFile(go);
        Launched.Child resumed = launched.settle(on("there", "resume", id, "--fetch", "erg*", "--fetch", "nothing"));
        assertThat(resumed.code()).as(resumed.err()).isZero();
        assertThat(folder.resolve("erg ä.txt")).hasContent("2");
        assertThat(place.resolve("erg ä.txt")).exists();
        Launched.Child none = launched.settle(on("there", "wait", id, "--fetch", "nothing"));
        assertThat(none.code()).isEqualTo(74);
        assertThat(none.err()).contains("nothing on there matches --fetch nothing");
        assertThat(far("status", "--fetch", "x").code()).isEqualTo(2);
        Launched.Child here = launched.settle("wait", id, "--fetch", "x");
        assertThat(here.code()).isEqualTo(2);
        assertThat(here.err()).contains("--fetch goes with --on");
        assertThat(sessions()).isEmpty();
    }

    /** What commands keep on the host for their clients. */
    private static List<Path> sessions() throws IOException {
        Path all = server.home().resolve(".local/state/settle/remote");
        if (!Files.exists(all)) {
            return List.of();
        }
        try (Stream<Path> found = Files.list(all)) {
            return found.toList();
        }
    }

    @Test
    void valuesOfTheClientsVariablesGoThereAndAreSeenNowhere() throws Exception {
        String secret = "s3cret 'q\" $x `y` ä\nsecond line";
        launched = new Launched(
                folder,
                folder.resolve("state"),
                Map.of(
                        "PATH",
                        server.bin() + ":" + System.getenv("PATH"),
                        "API_KEY",
                        secret,
                        "PLAIN",
                        "plain value",
                        "SETTLE_QUEUE_TOKEN",
                        "t0ken-of-a-queue"));
        Files.writeString(folder.resolve("key.yaml"), """
                secrets: [API_KEY]
                items:
                  - id: key
                    command: printf %s "$API_KEY" | cksum >sum; for i in 1 2 3 4 5 6 7 8; do cat /proc/[0-9]*/cmdline | tr '\\0' ' '; sleep 0.2; done >seen 2>/dev/null; cat sum
                """);
        Launched.Child run = far("run", "key.yaml", "--fetch", "s[ue][me]*", "--json");
        assertThat(run.code()).as(run.err() + run.out()).isZero();
        assertThat(folder.resolve("seen")).content().contains("--on far run").doesNotContain("s3cret");
        Process sum = new ProcessBuilder("cksum").start();
        sum.getOutputStream().write(secret.getBytes(StandardCharsets.UTF_8));
        sum.getOutputStream().close();
        assertThat(folder.resolve("sum"))
                .hasContent(new String(sum.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip());
        for (String command : List.of("run", "submit")) {
            Launched.Child plain = far(command, "--env", "PLAIN", "--", "sh", "-c", "printf %s \"$PLAIN\"");
            assertThat(plain.code()).as(plain.err()).isZero();
            assertThat(
                            command.equals("run")
                                    ? plain.out()
                                    : far("logs", "--stdout").out())
                    .contains("plain value");
            far("wait");
        }
        Launched.Child unset = far("run", "--env", "NOT_SET_HERE", "--", "true");
        assertThat(unset.code()).isEqualTo(2);
        assertThat(unset.err()).contains("--env: NOT_SET_HERE is not set here");
        Path screen = folder.resolve("screen");
        Launched.Child terminal = launched.startProcess(Launch.command(
                "script",
                List.of(
                        "-qefc",
                        SETTLE + " --on far run --env PLAIN -- sh -c 'echo \"<$PLAIN>\"'",
                        screen.toString())));
        assertThat(terminal.await()).isZero();
        assertThat(screen).content().contains("<plain value>");
        try (Stream<Path> files = Files.walk(server.home())) {
            for (Path file : files.filter(Files::isRegularFile)
                    .filter(each -> !each.toString().contains("/.local/share/"))
                    .toList()) {
                assertThat(Files.readString(file, StandardCharsets.ISO_8859_1))
                        .as(file.toString())
                        .doesNotContain("s3cret")
                        .doesNotContain("t0ken");
            }
        }
    }

    @Test
    void commandsToCopyNameTheHost() throws Exception {
        Launched.Child run = far("run", "--", "false");
        String id = run.err().substring(4, 12);
        assertThat(run.err())
                .contains("settle --on far logs " + id + " false", "settle --on far explain " + id)
                .contains("settle --on far resume " + id)
                .doesNotContain(" settle logs");
        assertThat(far("status").out()).contains("settle --on far resume " + id);
        assertThat(far("cancel").err()).contains("settle --on far list");
        assertThat(far("agent").out()).contains("settle --on far ");
        assertThat(far("status", "--json").out()).contains("Rerun the failed items: settle resume " + id);
        String config = far("agent", "--mcp-config").out();
        assertThat(config).contains(SETTLE + " --on far mcp");
    }

    @Test
    void submitPrintsTheIdAndWaitHasTheStatus() throws Exception {
        Launched.Child submitted = far("submit", "--", "sh", "-c", "exit 7");
        assertThat(submitted.out()).matches("[a-z][a-z0-9]{7}\n");
        assertThat(far("wait", submitted.out().strip()).code()).isEqualTo(1);
        assertThat(far("watch", submitted.out().strip()).code()).isZero();
    }

    /** The job itself cuts the connection, so that it breaks at that very moment. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "CUT; sleep 1; exit 3",
                "sleep 0.5; CUT; sleep 1.5; CUT; sleep 1.5; CUT; sleep 1.5; exit 3",
                "(sleep 0.05; CUT) & exit 3"
            })
    void everyEventIsSeenOnceThoughTheConnectionBreaks(String job) throws Exception {
        List<String> before = runs();
        Launched.Child run = far("run", "--events", "--", "sh", "-c", job.replace("CUT", server.command("cut")));
        assertThat(run.code()).as(run.err()).isEqualTo(1);
        List<Integer> seqs = new ArrayList<>();
        for (String line : run.out().lines().toList()) {
            Fields event = Json.parseObject(line);
            seqs.add(((Number) event.asMap().get("seq")).intValue());
        }
        assertThat(seqs).isEqualTo(IntStream.rangeClosed(1, seqs.size()).boxed().toList());
        assertThat(run.out()).contains("\"event\":\"result\"");
        assertOneRunMore(before);
    }

    /** A settle on the host that cuts the connection at its first start, before or while it does what it is to do. */
    private void cutting(String when) throws IOException {
        Path cutting = server.home().resolve("cutting-" + when);
        Files.deleteIfExists(cutting.resolveSibling("cut-" + when));
        String once = "[ -e ~/cut-" + when + " ] || { touch ~/cut-" + when + "; " + server.command("cut") + "; }";
        String wait =
                "(while ! ls -d ~/.local/state/settle/runs/$SETTLE_REMOTE_RUN >/dev/null 2>&1; do sleep 0.01; done; "
                        + once + ") >/dev/null 2>&1 </dev/null &";
        String lines =
                switch (when) {
                    case "connecting" -> once;
                    case "starting" -> "[ \"$1\" = --version ] || " + once;
                    case "created" -> "[ \"$1\" = --version ] || " + wait;
                    default -> throw new IllegalArgumentException(when);
                };
        Files.writeString(cutting, "#!/bin/sh\n" + lines + "\nexec ~/" + INSTALLED + "/bin/settle \"$@\"\n");
        Files.setPosixFilePermissions(cutting, PosixFilePermissions.fromString("rwxr-xr-x"));
        host("cut", "path: \"~/cutting-" + when + "\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"connecting", "starting", "created"})
    void nothingIsCreatedTwiceWhereverTheConnectionBreaks(String when) throws Exception {
        cutting(when);
        List<String> before = runs();
        Launched.Child run = launched.settle(on("cut", "run", "--", "sh", "-c", "sleep 3; echo once; exit 3"));
        assertThat(run.code()).as(run.err()).isEqualTo(1);
        assertThat(run.out()).isEqualTo("once\n");
        assertThat(run.err()).containsOnlyOnce("sh: submitted").contains("connecting again");
        assertOneRunMore(before);

        cutting(when);
        before = runs();
        Launched.Child submit = launched.settle(on("cut", "submit", "--", "true"));
        assertThat(submit.code()).as(submit.err()).isZero();
        assertOneRunMore(before);
        assertThat(runs()).contains(submit.out().strip());
    }

    @Test
    void serverThatIsStoppedForAWhileEndsNoWait() throws Exception {
        Path go = folder.resolve("go");
        String id = far("submit", "--", "sh", "-c", "while [ ! -e " + go + " ]; do sleep 0.1; done; exit 3")
                .out()
                .strip();
        Launched.Child waiting = launched.start(on("far", "wait", id));
        Launched.Child impatient = launched.start(on("far", "watch", id, "--give-up-after", "2s"));
        Launched.await("the watch has begun", () -> impatient.out().contains("running"));
        server.act("stop");
        try {
            assertThat(impatient.await()).isEqualTo(69);
            assertThat(impatient.err())
                    .contains("ssh: ")
                    .contains("gave up after")
                    .contains("To go on: settle --on far watch " + id + " --give-up-after 2s");
            Files.createFile(go);
        } finally {
            server.act("start");
        }
        assertThat(waiting.await()).as(waiting.err()).isEqualTo(1);
        assertThat(waiting.err()).contains("connected to far again");
    }

    @ParameterizedTest
    @ValueSource(strings = {"INT", "TERM", "HUP", "KILL"})
    void runGoesOnWithoutItsClient(String signal) throws Exception {
        Path go = folder.resolve("go");
        Launched.Child run = launched.startProcess(Launch.command(
                SETTLE,
                List.of(on(
                        "far", "run", "--", "sh", "-c", "echo begun; while [ ! -e " + go + " ]; do sleep 0.1; done"))));
        Launched.await("the job runs", () -> run.out().contains("begun"));
        run.signal(signal);
        int code = run.await();
        String id = run.err().substring(4, 12);
        if (!signal.equals("KILL")) {
            assertThat(code)
                    .isEqualTo(Map.of("INT", 130, "TERM", 143, "HUP", 129).get(signal));
            assertThat(run.err()).contains("settle --on far watch " + id);
        }
        Files.createFile(go);
        assertThat(far("wait", id).code()).isZero();
    }

    @Test
    void ctrlCOnATerminalAsksAndDetaches() throws Exception {
        Path screen = folder.resolve("screen");
        Launched.Child terminal = launched.startProcess(Launch.command(
                "script",
                List.of("-qefc", SETTLE + " --on far run -- sh -c 'echo be\"\"gun; sleep 3'", screen.toString())));
        Launched.await(
                "the job runs",
                () -> Files.exists(screen) && Files.readString(screen).contains("begun"));
        terminal.process().getOutputStream().write(3);
        terminal.process().getOutputStream().flush();
        Launched.await("the question", () -> Files.readString(screen).contains("[d]etach"));
        terminal.process().getOutputStream().write('d');
        terminal.process().getOutputStream().flush();
        assertThat(terminal.await()).isEqualTo(130);
        String said = Files.readString(screen);
        assertThat(said).contains("settle --on far watch");
    }

    @Test
    void unreachableHostIsOneSentenceWithTheFix() throws Exception {
        host("closed", "ssh_options: \"-p 1\"");
        assertTrouble(
                "closed", 69, "closed cannot be reached; check its name", "  ssh: connect to host 127.0.0.1 port 1");
        assertTrouble("no-such-host.invalid", 69, "cannot be reached", "  ssh: Could not resolve hostname");
        host("nowhere", "directory: /no/such");
        assertTrouble("nowhere", 2, "there is no folder /no/such on nowhere", "hosts.nowhere.directory");
        host("elsewhere", "path: /no/settle");
        assertTrouble("elsewhere", 69, "there is no settle at /no/settle on elsewhere", "hosts.elsewhere.path");
        host("odd", "ssh_options: \"-o NoSuchOption=1\"");
        assertTrouble("odd", 69, "ssh does not accept its options", "  ssh: ");
    }

    private void assertTrouble(String host, int status, String... words) throws IOException, InterruptedException {
        for (String command : List.of("status", "run")) {
            Launched.Child child = command.equals("run")
                    ? launched.settle(on(host, "run", "--", "true"))
                    : launched.settle(on(host, command));
            assertThat(child.code()).as(child.err()).isEqualTo(status);
            assertThat(child.out()).isEmpty();
            assertThat(child.err()).contains(words);
        }
    }

    @Test
    void hostKeyThatHasChangedIsRefusedInSshsWords() throws Exception {
        String known = Files.readString(server.knownHosts());
        server.act("rekey");
        try {
            assertTrouble("far", 69, "the host key of far is not the one that is known here", "  ssh: ");
            Files.writeString(server.knownHosts(), "");
            assertTrouble("far", 69, "the host key of far is not known here");
        } finally {
            Files.writeString(server.knownHosts(), known);
            server.act("trust");
        }
    }

    @Test
    void otherVersionIsOneSentence() throws Exception {
        Path other = server.home().resolve("other");
        Files.writeString(other, "#!/bin/sh\necho settle 0.0.1\n");
        Files.setPosixFilePermissions(other, PosixFilePermissions.fromString("rwxr-xr-x"));
        host("old", "path: other");
        assertTrouble("old", 69, "old has settle 0.0.1 and this is ", "settle --on old install");
    }

    @Test
    void noiseOfLoginScriptsIsNoPartOfTheOutput() throws Exception {
        Path rc = server.home().resolve(".bashrc");
        Files.writeString(rc, "echo welcome\n");
        try {
            Launched.Child run = far("run", "--json", "--", "true");
            assertThat(Json.parseObject(run.out()).text("state")).isEqualTo("completed");
            assertThat(far("status", "--json").out()).startsWith("{");
        } finally {
            Files.delete(rc);
        }
    }

    @Test
    void folderIsKeptInStepAndResultsComeBack() throws Exception {
        Path project = Files.createDirectories(folder.resolve("mein projekt/src"));
        for (int i = 0; i < 1_000; i++) {
            Files.writeString(project.resolve("f" + i), "x");
        }
        Files.writeString(project.resolveSibling(".gitignore"), "/secret\n*.tmp\n");
        Files.writeString(project.resolveSibling("secret"), "x");
        Files.writeString(project.resolve("a.tmp"), "x");
        Files.writeString(folder.resolve("mein projekt/run.yaml"), """
                sync: .
                items:
                  - {id: count, command: "ls f* | wc -l > ../count.txt; ls -a .. . > ../names.txt", working_dir: src}
                """);
        Launched.Child run = far("run", "mein projekt/run.yaml", "--fetch", "*.txt");
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(folder.resolve("count.txt")).hasContent("1000");
        assertThat(folder.resolve("names.txt"))
                .content()
                .doesNotContain("secret")
                .doesNotContain("a.tmp");
        Launched.Child again = far("run", "--sync", "mein projekt", "--", "sh", "-c", "ls src | wc -l");
        assertThat(again.out()).isEqualTo("1000\n");
    }

    /** The workflows of the page on CI, with the place of the server in place of the cluster's. */
    @Test
    void workflowsOfThePageGateOnARunOfTheHost() throws Exception {
        Path home = Files.createDirectory(folder.resolve("home"));
        Path project = Files.createDirectory(folder.resolve("project"));
        Files.writeString(project.resolve("nightly.yaml"), """
                items: [{id: bad, command: "mkdir -p results; echo x > results/r; exit 3"}]
                """);
        Path bin = Files.createDirectory(folder.resolve("bin"));
        Path ssh = Files.writeString(
                bin.resolve("ssh"), "#!/bin/sh\nexec /usr/bin/ssh -F " + home + "/.ssh/config \"$@\"\n");
        Files.setPosixFilePermissions(ssh, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path summary = Files.createFile(folder.resolve("summary.md"));
        Map<String, String> github = Map.of(
                "GITHUB_ACTIONS", "true",
                "GITHUB_STEP_SUMMARY", summary.toString(),
                "GITHUB_RUN_ID", "77",
                "CLUSTER_KEY", Files.readString(server.key()),
                "CLUSTER_KNOWN_HOSTS", Files.readString(server.knownHosts()));
        Map<String, String> gitlab = Map.of(
                "GITLAB_CI",
                "true",
                "CI_JOB_ID",
                "78",
                "CLUSTER_KEY",
                server.key().toString(),
                "CLUSTER_KNOWN_HOSTS",
                server.knownHosts().toString());
        List<JsonNode> blocks = new ArrayList<>();
        Matcher found = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(TestData.path("..", "app", "docs", "ci.md")));
        while (found.find()) {
            blocks.add(new YAMLMapper().readTree(found.group(1)));
        }
        List<String> ofGitHub = new ArrayList<>();
        blocks.get(0).at("/jobs/cluster/steps").forEach(step -> {
            if (step.has("run") && !step.has("if")) {
                ofGitHub.add(step.path("run").textValue());
            }
        });
        List<String> ofGitLab = new ArrayList<>();
        blocks.get(1).at("/cluster/script").forEach(line -> ofGitLab.add(line.textValue()));
        assertGates(project, home, bin, github, ofGitHub);
        assertThat(summary).content().startsWith("### ").contains("Run failed");
        assertGates(project, home, bin, gitlab, ofGitLab);
    }

    private void assertGates(Path project, Path home, Path bin, Map<String, String> variables, List<String> script)
            throws Exception {
        String lines = String.join("\n", script)
                .replace("login.cluster.example'", "127.0.0.1' '  Port " + server.port() + "'")
                .replace(
                        "User ci'",
                        "User " + System.getProperty("user.name") + "' '  UserKnownHostsFile " + home
                                + "/.ssh/known_hosts'")
                .replace("IdentityFile ~", "IdentityFile " + home);
        Map<String, String> all = new HashMap<>(variables);
        all.put("HOME", home.toString());
        all.put("PATH", bin + ":" + Path.of(SETTLE).resolveSibling("") + ":" + System.getenv("PATH"));
        try (Launched runner = new Launched(folder, project, folder.resolve("state"), all)) {
            Launched.Child child = runner.startProcess(List.of("bash", "-e", "-c", lines));
            assertThat(child.await()).as(lines + child.err()).isEqualTo(1);
        }
        assertThat(project.resolve("settle.xml")).content().contains("<failure");
        assertThat(project.resolve("settle.html")).content().contains("Run failed");
        assertThat(project.resolve("results/r")).hasContent("x");
        Files.delete(project.resolve("settle.xml"));
        Files.delete(project.resolve("results/r"));
    }
}
