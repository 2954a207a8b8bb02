package dev.settle.app.remote;

import dev.settle.app.config.Configuration;
import dev.settle.app.config.OtherVariable;
import dev.settle.app.process.App;
import dev.settle.app.process.Failure;
import dev.settle.app.process.Threads;
import dev.settle.core.environment.RawText;
import dev.settle.core.runfile.RunFiles;
import dev.settle.core.runfile.tree.Node;
import dev.settle.core.runfile.tree.Problems;
import dev.settle.core.runfile.tree.TreeReader;
import dev.settle.core.text.ShellText;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Variables of this machine that a command on the host is to have: those of {@code --env NAME}, secrets, and the token of
 * a step queue. They go through a named pipe there, so that neither a file nor a list of processes ever has a value.
 */
final class SentVariables {
    /** So long the two ends of the pipe wait for each other. */
    private static final int WAIT_S = 60;

    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

    /** What Java reads of bytes that are no UTF-8. */
    private static final String NO_TEXT = "\uFFFD";

    private static final Set<String> CREATING = Set.of("run", "submit");
    private static final Set<String> OF_SECRETS = Set.of("run", "submit", "resume");
    private static final Set<String> OF_QUEUES = Set.of("resume", "credits");

    private final Ssh ssh;
    private final HostScript scripts;
    private final String session;
    private final Reconnection reconnection;
    private final Map<String, String> values;
    private int offered;

    SentVariables(Ssh ssh, HostScript scripts, String session, Reconnection reconnection, Map<String, String> values) {
        this.ssh = ssh;
        this.scripts = scripts;
        this.session = session;
        this.reconnection = reconnection;
        this.values = Map.copyOf(values);
    }

    /**
     * What a command needs of this machine's variables.
     *
     * @param file the run file here
     * @throws Failure 2 where a variable that the user names is not set here
     */
    static Map<String, String> of(String command, CommandWords given, Optional<Path> file, App app) {
        Set<String> wanted = new LinkedHashSet<>();
        if (OF_SECRETS.contains(command)) {
            wanted.addAll(Configuration.read(app.environment()).secrets());
        }
        if (CREATING.contains(command)) {
            file.filter(each -> !RunFiles.isScript(each)).ifPresent(each -> wanted.addAll(namedIn(each)));
        }
        if (OF_QUEUES.contains(command)) {
            wanted.add(OtherVariable.SETTLE_QUEUE_TOKEN.name());
            wanted.addAll(given.values("--token-env"));
        }
        Map<String, String> found = new LinkedHashMap<>();
        for (String name : wanted) {
            app.environment().variable(name).ifPresent(value -> found.put(name, value));
        }
        if (CREATING.contains(command)) {
            for (String name : given.values("--env")) {
                if (name.indexOf('=') < 0 && NAME.matcher(name).matches()) {
                    String value = app.environment().variables().get(name);
                    if (value == null) {
                        throw Failure.usage(
                                "--env: " + name + " is not set here",
                                "export it, or write --env " + name + "=VALUE; nothing was created");
                    }
                    found.put(name, value);
                }
            }
        }
        found.forEach((name, value) -> {
            if (value.contains(NO_TEXT)) {
                throw Failure.usage(
                        name + " has bytes that are not UTF-8, which cannot be passed on over ssh",
                        "set it on the host; nothing was created");
            }
        });
        found.keySet().removeIf(name -> !NAME.matcher(name).matches());
        return found;
    }

    /** The variables that a run file names: its secrets, and where its step queue finds the token. */
    private static Set<String> namedIn(Path file) {
        String text;
        try (InputStream in = Files.newInputStream(file)) {
            text = new String(in.readNBytes(RunFiles.FILE_BYTES_MAX), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw Failure.usage(file + " cannot be read: " + e.getMessage());
        }
        if (!text.contains("secrets") && !text.contains("queue")) {
            return Set.of();
        }
        // What is wrong with the file is reported there.
        Set<String> names = new LinkedHashSet<>();
        if (TreeReader.yaml(text, new Problems(file.toString())).orElse(null) instanceof Node.OfMap run) {
            value(run, "secrets").ifPresent(node -> names.addAll(texts(node)));
            value(run, "queue").ifPresent(queue -> names.addAll(tokenOf(queue)));
        }
        return names;
    }

    private static Collection<String> tokenOf(Node queue) {
        Optional<Node> token = queue instanceof Node.OfMap map ? value(map, "token_env") : Optional.empty();
        return token.map(SentVariables::texts).orElse(List.of(OtherVariable.SETTLE_QUEUE_TOKEN.name()));
    }

    private static Optional<Node> value(Node.OfMap map, String key) {
        return map.entries.stream()
                .filter(entry -> entry.key().equals(key))
                .map(Node.Entry::value)
                .findFirst();
    }

    private static List<String> texts(Node node) {
        if (node instanceof Node.OfList list) {
            return list.elements.stream().flatMap(each -> texts(each).stream()).toList();
        }
        return node instanceof Node.Scalar scalar ? List.of(scalar.text) : List.of();
    }

    /**
     * Offers the values at a pipe of the host, for one connection.
     *
     * @return the script that takes them there; empty where there are none
     */
    String offered() throws InterruptedException {
        if (values.isEmpty()) {
            return "";
        }
        String pipe = "\"$settle_session.variables-" + ++offered + "\"";
        String script = scripts.begin(session)
                + "settle_pipe=" + pipe + "\n"
                + "trap 'rm -f -- \"$settle_pipe\"' EXIT\ntrap 'exit 1' HUP TERM\n"
                + "(umask 077; mkdir -p -- \"${settle_session%/*}\" && mkfifo -- \"$settle_pipe\") || exit 74\n"
                + HostScript.hello()
                + "timeout " + WAIT_S + " sh -c 'cat >\"$1\"' sh \"$settle_pipe\"\n";
        while (true) {
            Ssh.Run run = ssh.start(Ssh.Streams.READ, script);
            if (greeted(run)) {
                Threads.daemon("settle-variables", () -> write(run)).start();
                return "settle_variables=$(timeout " + WAIT_S + " sh -c 'cat <\"$1\"' sh " + pipe + ") && "
                        + "eval \"$settle_variables\" || settle_end 69 "
                        + ShellText.inQuotes("the variables of this command did not arrive; run it again") + "\n"
                        + "unset settle_variables\n";
            }
            SshEnd end = run.end();
            if (end.kind() == SshEnd.Kind.COMMAND_ENDED) {
                throw Failure.storage(
                        "no pipe for the variables of this command could be made on the host",
                        "The reason stands above; nothing was started.");
            }
            reconnection.broke(end);
        }
    }

    private static boolean greeted(Ssh.Run run) {
        try {
            return new Frames(run.process().getInputStream()).greeted();
        } catch (IOException e) {
            // Its end says what happened.
            return false;
        }
    }

    private void write(Ssh.Run run) {
        try (OutputStream out = run.process().getOutputStream()) {
            out.write(RawText.encode(HostScript.export(values)));
        } catch (IOException e) {
            // The other end of the pipe says that nothing came.
            run.process().destroy();
        }
        try {
            run.end();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
