package dev.settle.app.config;

import dev.settle.app.process.Environment;
import dev.settle.app.process.Failure;
import dev.settle.core.model.Plan;
import dev.settle.core.model.Plan.BackendName;
import dev.settle.core.runfile.SettingsFile;
import dev.settle.core.runfile.tree.Problem;
import dev.settle.core.text.Durations;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What the site, the user and the environment say, each in its own layer.
 *
 * <p>Later layers win: site file, user file, run file, {@code SETTLE_*}, options. A variable is set for this invocation,
 * so it stands above the run file, as its option would. Floors hold whoever asks.
 */
public final class Configuration {
    /** The site's file. */
    public static final Path SITE = Path.of("/etc/settle/config.yaml");

    private static final String HOSTS = "hosts.";

    private final Layer files;
    private final Layer variables;
    private final Optional<Duration> intervalFloor;
    private final OptionalInt commandsCeiling;
    private final Set<String> secrets;
    private final Map<String, HostSetting> hosts;

    private Configuration(
            Layer files,
            Layer variables,
            Optional<Duration> intervalFloor,
            OptionalInt commandsCeiling,
            Set<String> secrets,
            Map<String, HostSetting> hosts) {
        this.secrets = secrets;
        this.hosts = Map.copyOf(hosts);
        this.files = files;
        this.variables = variables;
        this.intervalFloor = intervalFloor;
        this.commandsCeiling = commandsCeiling;
    }

    /**
     * Reads the configuration of this user on this host.
     *
     * @throws Failure with all problems of all files at once
     */
    public static Configuration read(Environment environment) {
        return read(SITE, environment);
    }

    static Configuration read(Path siteFile, Environment environment) {
        List<Problem> problems = new ArrayList<>();
        Map<String, HostSetting> hosts = new HashMap<>();
        Layer site = file(siteFile, hosts, problems);
        Layer user = file(userFile(environment), hosts, problems);
        Layer variables = variables(environment, problems);
        if (!problems.isEmpty()) {
            List<String> lines = new ArrayList<>(List.of("the configuration cannot be accepted:"));
            problems.forEach(problem -> lines.add("  " + problem));
            throw Failure.usage(lines.toArray(String[]::new));
        }
        Optional<Duration> floor = Stream.of(site, user, variables)
                .flatMap(layer -> layer.duration(Setting.INTERVAL_FLOOR).stream())
                .reduce((left, right) -> left.compareTo(right) >= 0 ? left : right);
        Set<String> secrets = new LinkedHashSet<>();
        Stream.of(site, user, variables)
                .flatMap(layer -> layer.text(Setting.SECRETS).stream())
                .forEach(names -> secrets.addAll(List.of(names.split("[ ,]+"))));
        return new Configuration(
                user.or(site),
                variables,
                floor,
                site.count(Setting.MAX_COMMANDS_PER_MINUTE),
                Set.copyOf(secrets),
                hosts);
    }

    /** The user's own file, whether it is there or not. */
    public static Path userFile(Environment environment) {
        return environment
                .variable("XDG_CONFIG_HOME")
                .filter(folder -> folder.startsWith("/"))
                .map(Path::of)
                .orElse(environment.home().resolve(".config"))
                .resolve("settle/config.yaml");
    }

    /** The host of that name; one that the files do not name is called the same by ssh. */
    public HostSetting host(String name) {
        return hosts.getOrDefault(name, HostSetting.named(name));
    }

    /** What the files say: the defaults under the run file. */
    public Layer files() {
        return files;
    }

    /** What {@code SETTLE_*} says: above the run file, under the options. */
    public Layer variables() {
        return variables;
    }

    /** No interval on Slurm may be shorter. */
    public Optional<Duration> intervalFloor() {
        return intervalFloor;
    }

    /** Variables that hold secrets: those of all layers together. */
    public Set<String> secrets() {
        return secrets;
    }

    /** The plan with the top-up address of the configuration where the run file has none. */
    public Plan withTopup(Plan plan) {
        if (plan.credits().topupUrl().isPresent()) {
            return plan;
        }
        return variables
                .text(Setting.TOPUP_URL)
                .or(() -> files.text(Setting.TOPUP_URL))
                .map(plan::withTopupUrl)
                .orElse(plan);
    }

    /** Slurm commands a minute; the site's number cannot be raised. */
    public OptionalInt maxCommandsPerMinute() {
        OptionalInt said = variables.count(Setting.MAX_COMMANDS_PER_MINUTE);
        OptionalInt own = said.isPresent() ? said : files.count(Setting.MAX_COMMANDS_PER_MINUTE);
        return own.isPresent() && commandsCeiling.isPresent()
                ? OptionalInt.of(Math.min(own.getAsInt(), commandsCeiling.getAsInt()))
                : own;
    }

    private static Layer file(Path path, Map<String, HostSetting> hosts, List<Problem> problems) {
        if (!Files.exists(path)) {
            return Layer.NOTHING;
        }
        SettingsFile file = SettingsFile.read(path);
        problems.addAll(file.problems());
        Map<Setting, String> said = new EnumMap<>(Setting.class);
        for (SettingsFile.Entry entry : file.entries()) {
            Optional<Setting> setting = Setting.ofKey(entry.key());
            if (entry.key().startsWith(HOSTS)) {
                host(entry, hosts, problems);
            } else if (setting.isEmpty()) {
                problems.add(new Problem(
                        entry.place(),
                        entry.key(),
                        "there is no such setting",
                        SettingsFile.didYouMean(entry.key(), Setting.keys())
                                .or(() -> Optional.of("settings are " + String.join(", ", Setting.keys())))));
            } else {
                accept(setting.get(), entry.text(), entry.place(), entry.key(), said, problems);
            }
        }
        return new Layer(said);
    }

    /** {@code hosts.NAME.KEY}; names of hosts may have dots. */
    private static void host(SettingsFile.Entry entry, Map<String, HostSetting> hosts, List<Problem> problems) {
        int dot = entry.key().lastIndexOf('.');
        String key = entry.key().substring(dot + 1);
        if (dot < HOSTS.length() || !HostSetting.KEYS.contains(key)) {
            problems.add(new Problem(
                    entry.place(),
                    entry.key(),
                    "a host has no such setting",
                    SettingsFile.didYouMean(key, HostSetting.KEYS)
                            .or(() -> Optional.of("write hosts: {NAME: {KEY: VALUE}}; keys are "
                                    + String.join(", ", HostSetting.KEYS)))));
            return;
        }
        String name = entry.key().substring(HOSTS.length(), dot);
        hosts.put(name, hosts.getOrDefault(name, HostSetting.named(name)).with(key, entry.text()));
    }

    private static Layer variables(Environment environment, List<Problem> problems) {
        Map<Setting, String> said = new EnumMap<>(Setting.class);
        for (Setting setting : Setting.values()) {
            environment
                    .variable(setting.variable())
                    .ifPresent(text -> accept(setting, text, setting.variable(), "", said, problems));
        }
        return new Layer(said);
    }

    private static void accept(
            Setting setting,
            String text,
            String place,
            String path,
            Map<Setting, String> said,
            List<Problem> problems) {
        Optional<String> hint = setting.refuses(text);
        if (hint.isPresent()) {
            problems.add(new Problem(place, path, "\"" + text + "\" is not understood", hint));
        } else {
            said.put(setting, text);
        }
    }

    /** The settings of one place, or of several laid over each other; all values are known to be well-formed. */
    public static final class Layer {
        static final Layer NOTHING = new Layer(Map.of());

        private final Map<Setting, String> said;

        private Layer(Map<Setting, String> said) {
            this.said = Map.copyOf(said);
        }

        public Optional<Duration> duration(Setting setting) {
            return text(setting).flatMap(Durations::parse);
        }

        public OptionalInt count(Setting setting) {
            return text(setting)
                    .map(text -> OptionalInt.of(Integer.parseInt(text)))
                    .orElse(OptionalInt.empty());
        }

        public Optional<BackendName> backend() {
            return text(Setting.BACKEND).flatMap(BackendName::ofWord);
        }

        public Optional<String> text(Setting setting) {
            return Optional.ofNullable(said.get(setting));
        }

        private Layer or(Layer other) {
            Map<Setting, String> both = new EnumMap<>(Setting.class);
            both.putAll(other.said);
            both.putAll(said);
            return new Layer(both);
        }
    }
}
