package dev.settle.app.remote;

import dev.settle.app.config.Configuration;
import dev.settle.app.config.HostSetting;
import dev.settle.app.config.Setting;
import dev.settle.app.process.App;
import dev.settle.app.process.CiRunner;
import dev.settle.app.process.ExitStatus;
import dev.settle.app.process.Failure;
import dev.settle.app.process.RemoteEnd;
import dev.settle.core.model.RunId;
import dev.settle.core.runfile.RunFiles;
import dev.settle.core.text.Durations;
import dev.settle.core.text.ShellText;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/** {@code settle --on HOST COMMAND ...}: the same command there; its streams and its exit status are ours. */
public final class RemoteCommand {
    /** Options that the client obeys and the host never sees. */
    public static final List<String> OF_CLIENT = List.of("--sync", "--fetch");

    /** Files that the command writes at its end, here: on the host they have these names. */
    private static final Map<String, String> REPORTS = Map.of("--html", "html", "--junit", "junit", "--csv", "csv");

    private static final String SUMMARY = "summary";
    private static final String SUMMARY_VARIABLE = "GITHUB_STEP_SUMMARY";

    private static final Set<String> FOLLOWING = Set.of("run", "watch", "wait", "resume");
    private static final Set<String> OF_FILES = Set.of("run", "submit", "validate");

    /** What the command that goes on keeps of the one that was given. */
    private static final List<String> FOLLOWED = List.of(
            "--json",
            "--events",
            "--plain",
            "--quiet",
            "-q",
            "--no-color",
            "--accept-unconfirmed",
            "--give-up-after",
            "--fetch");

    private final HostSetting host;
    private final String name;
    private final App app;
    private final CommandWords given;
    private final HostScript scripts;
    private final Ssh ssh;
    private Optional<RunId> id = Optional.empty();

    private RemoteCommand(HostSetting host, String name, CommandWords given, App app) {
        this.host = host;
        this.name = name;
        this.app = app;
        this.given = given;
        this.scripts = new HostScript(host, app.version());
        this.ssh = new Ssh(host, app);
    }

    /** Names the run that is created, and the folder of the command there. A short command needs neither. */
    private RunId id() {
        RunId chosen = id.orElseGet(() -> RunId.random(app.wiring().random()));
        id = Optional.of(chosen);
        return chosen;
    }

    /**
     * Runs a command on a host.
     *
     * @param args what follows the name of the command
     * @param takesValue whether its option of that name has a value
     */
    public static ExitStatus run(String on, String name, List<String> args, App app, Predicate<String> takesValue)
            throws InterruptedException {
        if (on.isBlank() || on.startsWith("-")) {
            throw Failure.usage("--on: '" + on + "' is no host; write settle --on HOST COMMAND");
        }
        HostSetting host = Configuration.read(app.environment()).host(on);
        if (name.equals("install")) {
            return new Installation(host, app).install(args);
        }
        if (name.equals("dashboard")) {
            throw Failure.usage(
                    "the dashboard is a page on the loopback of the machine that serves it",
                    "Start it there and forward its port: ssh -L PORT:127.0.0.1:PORT "
                            + ShellText.quote(host.destination()));
        }
        boolean files = OF_FILES.contains(name);
        CommandWords given = CommandWords.of(
                args,
                option -> OF_CLIENT.contains(option) || takesValue.test(option),
                word -> files && local(word, app).filter(RunFiles::isScript).isPresent());
        return new RemoteCommand(host, name, given, app).run();
    }

    private static Optional<Path> local(String word, App app) {
        try {
            return Optional.of(app.environment().directory().resolve(word).normalize())
                    .filter(Files::isRegularFile);
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }

    private ExitStatus run() throws InterruptedException {
        boolean plan = given.has("--dry-run") || name.equals("validate");
        boolean follows = FOLLOWING.contains(name) && !plan;
        if (given.has("--fetch") && !follows) {
            throw Failure.usage("--fetch goes with run, watch, wait and resume, which wait for the end");
        }
        if (given.has("--sync") && !OF_FILES.contains(name)) {
            throw Failure.usage("--sync goes with run, submit and validate, not with " + name);
        }
        Interruptions interruptions = new Interruptions(
                app,
                given.has("--cancel-on-exit") ? Interruptions.Reply.CANCEL : Interruptions.Reply.LEAVE,
                this::lastWords);
        Reconnection reconnection = new Reconnection(app, host, giveUpAfter(), interruptions, goOn());
        boolean terminal = app.console().isConversation() && app.console().isErrorSeen();
        if (follows) {
            interruptions.listen();
        }
        Map<String, String> variables = SentVariables.of(
                name,
                given,
                given.first().filter(word -> OF_FILES.contains(name)).flatMap(word -> local(word, app)),
                app);
        Upload upload = new Upload(host, app, ssh, scripts, this::id, reconnection);
        Upload.Sent sent = OF_FILES.contains(name) ? upload.send(given, plan) : Upload.Sent.nothing(given);
        Beginning begin = new Beginning(
                sent,
                variables.isEmpty()
                        ? Optional.empty()
                        : Optional.of(new SentVariables(ssh, scripts, id().value(), reconnection, variables)));
        if (follows && !terminal && name.equals("run") && given.first().isEmpty()) {
            upload.sendInput();
        }
        Map<String, String> reports = reports();
        List<String> words = words(sent.words(), reports);
        int status;
        if (follows && terminal) {
            status = onTerminal(interruptions, reconnection, begin, words);
        } else if (follows) {
            status = streamed(interruptions, reconnection, begin, words);
        } else if (name.equals("submit")) {
            status = submitted(reconnection, begin, words);
        } else {
            status = direct(terminal, begin, words);
        }
        boolean left = interruptions.signal().isPresent();
        if (!left && (keepsSession() || given.has("--fetch"))) {
            Download download = new Download(host, app, ssh, scripts, id());
            status = name.equals("run")
                    ? download.fetched(status, given.values("--fetch"), sent.folder())
                    : download.fetched(status, given.values("--fetch"));
            status = download.reports(status, reports, keepsSession());
        }
        return ended(status);
    }

    /** What the status of the host's process is here. */
    private ExitStatus ended(int status) {
        Optional<ExitStatus> known = ExitStatus.of(status);
        if (known.isEmpty()) {
            // A job's own code, or that of a launcher that could not start.
            app.halt().accept(status);
        }
        return known.orElse(ExitStatus.DEFECT);
    }

    private Optional<Duration> giveUpAfter() {
        return given.value("--give-up-after").flatMap(Durations::parse);
    }

    /** The command that goes on where this one leaves. */
    private String goOn() {
        List<String> words = new ArrayList<>(List.of("settle", "--on", host.name()));
        switch (name) {
            case "run" -> {
                words.addAll(List.of("watch", id().value(), "--exit-status"));
                words.addAll(given.only(FOLLOWED).list());
            }
            case "resume" -> {
                words.add("watch");
                given.first().ifPresent(words::add);
                words.add("--exit-status");
                words.addAll(given.only(FOLLOWED).list());
            }
            default -> {
                words.add(name);
                words.addAll(given.list());
            }
        }
        return ShellText.join(words);
    }

    private void lastWords() {
        app.console().notice("settle: left " + host.name() + "; what was started there goes on. To follow: " + goOn());
    }

    /** The reports that this command writes, by the names of their files on the host. */
    private Map<String, String> reports() {
        Map<String, String> reports = new LinkedHashMap<>();
        REPORTS.forEach((option, file) -> given.value(option)
                .filter(target -> !target.equals("-"))
                .ifPresent(target -> reports.put(file, target)));
        if (app.console().runner() == CiRunner.GITHUB && FOLLOWING.contains(name)) {
            app.environment().variable(SUMMARY_VARIABLE).ifPresent(file -> reports.put(SUMMARY, file));
        }
        return reports;
    }

    /** The words for the host's settle, each quoted for its shell. */
    private List<String> words(CommandWords sent, Map<String, String> reports) {
        List<String> replaced = new ArrayList<>(OF_CLIENT);
        List<String> words = new ArrayList<>(List.of("\"$settle_path\"", ShellText.inQuotes(name)));
        REPORTS.forEach((option, file) -> {
            if (reports.containsKey(file)) {
                replaced.add(option);
                words.addAll(List.of(option, HostScript.SESSION + "/" + file));
            }
        });
        sent.without(replaced).list().forEach(word -> words.add(ShellText.inQuotes(word)));
        return words;
    }

    /** What a command keeps on the host for the client: reports, and where a run started whose results are to be brought. */
    private boolean keepsSession() {
        return !reports().isEmpty() || (given.has("--fetch") && !name.equals("run"));
    }

    /**
     * What stands before a command.
     *
     * @param sent what is there for it
     * @param variables what of this machine's it gets with each connection
     */
    private record Beginning(Upload.Sent sent, Optional<SentVariables> variables) {}

    private String begin(Beginning with) throws InterruptedException {
        Map<String, String> variables = new LinkedHashMap<>();
        app.environment().variable("NO_COLOR").ifPresent(value -> variables.put("NO_COLOR", value));
        for (Setting setting : Setting.values()) {
            app.environment().variable(setting.variable()).ifPresent(value -> variables.put(setting.variable(), value));
        }
        String makeSession = "";
        switch (app.console().runner()) {
            case GITHUB -> variables.put("GITHUB_ACTIONS", "true");
            case GITLAB -> variables.put("GITLAB_CI", "true");
            case NONE -> {}
        }
        String names = String.join(" ", variables.keySet());
        String summary = "";
        if (reports().containsKey(SUMMARY)) {
            names += " " + SUMMARY_VARIABLE;
            summary =
                    SUMMARY_VARIABLE + "=" + HostScript.SESSION + "/" + SUMMARY + "\nexport " + SUMMARY_VARIABLE + "\n";
        }
        if (keepsSession()) {
            makeSession = "(umask 077; mkdir -p " + HostScript.SESSION + ")\n";
        }
        variables.put(RemoteEnd.HOST, host.name());
        variables.put(RemoteEnd.VARIABLES, names);
        if (name.equals("run") || name.equals("submit")) {
            variables.put(RemoteEnd.RUN, id().value());
        }
        String places = "";
        if (given.has("--fetch") && !name.equals("run")) {
            places = RemoteEnd.PLACES + "=" + HostScript.SESSION + "/" + Download.PLACES + "\nexport "
                    + RemoteEnd.PLACES + "\n";
        }
        boolean session = keepsSession()
                || FOLLOWING.contains(name)
                || OF_FILES.contains(name)
                || with.variables().isPresent();
        String values = with.variables().isPresent() ? with.variables().get().offered() : "";
        return scripts.begin(session ? id().value() : "none")
                + scripts.enter()
                + scripts.find()
                + makeSession
                + values
                + HostScript.export(variables)
                + summary
                + places
                + with.sent().enter();
    }

    private int streamed(Interruptions interruptions, Reconnection reconnection, Beginning with, List<String> words)
            throws InterruptedException {
        String relay = ShellText.inQuotes(resource("session.pl"));
        List<String> again = again(Optional.empty());
        return new Streamed(
                        app,
                        ssh,
                        reconnection,
                        interruptions,
                        place -> begin(with)
                                + "command -v perl >/dev/null || settle_end 69 "
                                + ShellText.inQuotes(
                                        "there is no perl on " + host.name() + ", which settle needs; install it there")
                                + "\n"
                                + "exec env PERL_BADLANG=0 perl -e " + relay + " " + HostScript.SESSION + " "
                                + place.out() + " "
                                + place.err() + " '"
                                + place.signal().map(Enum::name).orElse("") + "' " + words.size() + " "
                                + String.join(" ", words)
                                + (again.isEmpty() ? "" : " \"$settle_path\" " + HostScript.quoted(again)),
                        keepsSession() ? Streamed.Kept.FOR_LATER : Streamed.Kept.NOTHING)
                .follow();
    }

    /** What goes on with a command that began and was lost; nothing where the command itself does. */
    private List<String> again(Optional<Duration> timeout) {
        List<String> words = new ArrayList<>();
        if (name.equals("resume")) {
            words.add("watch");
            given.first().ifPresent(words::add);
            words.add("--exit-status");
            words.addAll(given.only(FOLLOWED).without(OF_CLIENT).list());
        } else if (timeout.isPresent()) {
            words.add(name);
            words.addAll(List.of("--timeout", timeout.get().toSeconds() + "s"));
            words.addAll(given.without(OF_CLIENT).without(List.of("--timeout")).list());
        }
        return words;
    }

    private int onTerminal(Interruptions interruptions, Reconnection reconnection, Beginning with, List<String> words)
            throws InterruptedException {
        Duration began = app.wiring().moment().monotonic();
        Optional<Duration> timeout = given.value("--timeout").flatMap(Durations::parse);
        return new OnTerminal(
                        app,
                        ssh,
                        reconnection,
                        interruptions,
                        number -> {
                            String first = "exec " + String.join(" ", words) + "\n";
                            Optional<Duration> left = timeout.map(whole -> whole.minus(
                                    app.wiring().moment().monotonic().minus(began)));
                            List<String> again = again(left.map(
                                    each -> each.compareTo(Duration.ofSeconds(1)) < 0 ? Duration.ofSeconds(1) : each));
                            if ((number == 0 && !name.equals("resume")) || again.isEmpty()) {
                                return begin(with) + first;
                            }
                            String second = "exec \"$settle_path\" " + HostScript.quoted(again) + "\n";
                            return name.equals("resume")
                                    ? begin(with) + "(umask 077; mkdir -p \"${settle_session%/*}\")\n"
                                            + "mkdir -p " + HostScript.SESSION + "\n"
                                            + "mkdir " + HostScript.SESSION + "/started-1 2>/dev/null || " + second
                                            + first
                                    : begin(with) + second;
                        },
                        end -> end.kind() == SshEnd.Kind.COMMAND_ENDED
                                || (given.has("--job-exit-status") && end.mayBeOfJob()),
                        this::lastWords)
                .follow();
    }

    /** Creates a run and prints its id; where the answer is lost, the same run is asked for again. */
    private int submitted(Reconnection reconnection, Beginning with, List<String> words) throws InterruptedException {
        while (true) {
            String script = begin(with) + HostScript.hello() + "exec " + String.join(" ", words) + " </dev/null\n";
            Ssh.Run run = ssh.start(Ssh.Streams.READ, script);
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            boolean greeted = false;
            try {
                Frames frames = new Frames(run.process().getInputStream());
                greeted = frames.greeted();
                if (greeted) {
                    reconnection.connected();
                    frames.passOn(new Direct(out));
                }
            } catch (IOException e) {
                // As a connection that broke.
                greeted = false;
            }
            SshEnd end = run.end();
            if (end.kind() == SshEnd.Kind.COMMAND_ENDED && (greeted || end.status() != 0)) {
                app.console().bytes(out.toByteArray(), out.size());
                return end.status();
            }
            reconnection.broke(end);
        }
    }

    /** Keeps what the host writes until it is whole. */
    private record Direct(ByteArrayOutputStream kept) implements Frames.Sink {
        @Override
        public void out(byte[] bytes, int length) {
            kept.write(bytes, 0, length);
        }

        @Override
        public void err(byte[] bytes, int length) {
            kept.write(bytes, 0, length);
        }
    }

    /** Passes on what the host writes, as it comes. */
    private final class Passed implements Frames.Sink {
        @Override
        public void out(byte[] bytes, int length) {
            app.console().bytes(bytes, length);
        }

        @Override
        public void err(byte[] bytes, int length) {
            app.console().errorBytes(bytes, length);
        }
    }

    /** Runs a command that is over at once, or that is not made again when its connection breaks. */
    private int direct(boolean terminal, Beginning with, List<String> words) throws InterruptedException {
        boolean reads = name.equals("mcp");
        String exec = String.join(" ", words);
        boolean temporary = with.sent().folder().startsWith(HostScript.SESSION);
        if (!temporary) {
            exec = "exec " + exec;
        }
        String after = temporary
                ? "\nsettle_status=$?; cd; rm -rf -- " + HostScript.SESSION + "; exit $settle_status\n"
                : "\n";
        SshEnd end;
        if (terminal && !reads) {
            end = ssh.start(Ssh.Streams.TERMINAL, begin(with) + exec + after).end();
        } else {
            String script = begin(with) + HostScript.hello() + exec + (reads ? "" : " </dev/null") + after;
            Ssh.Run run = ssh.start(reads ? Ssh.Streams.PASSED : Ssh.Streams.READ, script);
            try {
                Frames frames = new Frames(run.process().getInputStream());
                if (frames.greeted()) {
                    frames.passOn(new Passed());
                }
            } catch (IOException e) {
                // Its end says what happened.
                run.process().destroy();
            }
            end = run.end();
        }
        if (end.kind() != SshEnd.Kind.COMMAND_ENDED) {
            throw new Trouble(host).failure(end);
        }
        return end.status();
    }

    static String resource(String name) {
        try (InputStream in = RemoteCommand.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("resource " + name + " is missing");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException("resource " + name + " cannot be read", e);
        }
    }
}
