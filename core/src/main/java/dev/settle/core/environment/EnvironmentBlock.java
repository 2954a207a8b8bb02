package dev.settle.core.environment;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * An environment to the byte, in its order. Names may be any that a process can be given ({@code BASH_FUNC_module%%},
 * {@code my.option}) and values need not be UTF-8; here both are kept as they came. Names are asked for as text of
 * ISO 8859-1, which is the same for all that anybody asks for.
 */
public final class EnvironmentBlock {
    private static final byte END = 0;

    /** {@code NAME=VALUE} each. */
    private final List<byte[]> entries;

    private EnvironmentBlock(List<byte[]> entries) {
        this.entries = List.copyOf(entries);
    }

    /** Those that {@code /proc/PID/environ} or a file of that form has; of two with one name the first, as getenv(3). */
    public static EnvironmentBlock parse(byte[] text) {
        List<byte[]> entries = new ArrayList<>();
        Set<String> names = new HashSet<>();
        int from = 0;
        for (int i = 0; i <= text.length; i++) {
            if (i == text.length || text[i] == END) {
                byte[] entry = Arrays.copyOfRange(text, from, i);
                if (equals(entry) > 0 && names.add(name(entry))) {
                    entries.add(entry);
                }
                from = i + 1;
            }
        }
        return new EnvironmentBlock(entries);
    }

    /** Variables that are text. */
    public static EnvironmentBlock of(Map<String, String> variables) {
        List<byte[]> entries = new ArrayList<>();
        variables.forEach((name, value) -> entries.add(RawText.encode(name + "=" + value)));
        return new EnvironmentBlock(entries);
    }

    /** All of them, each ended by a NUL. */
    public byte[] bytes() {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] entry : entries) {
            all.writeBytes(entry);
            all.write(END);
        }
        return all.toByteArray();
    }

    /** What settle itself reads of them; bytes that are no UTF-8 are replacement characters here. */
    public Map<String, String> texts() {
        Map<String, String> texts = new HashMap<>();
        for (byte[] entry : entries) {
            int equals = equals(entry);
            texts.put(
                    new String(entry, 0, equals, StandardCharsets.UTF_8),
                    new String(entry, equals + 1, entry.length - equals - 1, StandardCharsets.UTF_8));
        }
        return texts;
    }

    public boolean has(String name) {
        return entries.stream().anyMatch(entry -> name(entry).equals(name));
    }

    /** These without those of some names. */
    public EnvironmentBlock without(Predicate<String> names) {
        return new EnvironmentBlock(
                entries.stream().filter(entry -> !names.test(name(entry))).toList());
    }

    /** These, with those of some names as another environment has them, or without where it has none. */
    public EnvironmentBlock with(Collection<String> names, EnvironmentBlock other) {
        List<byte[]> all = new ArrayList<>(without(names::contains).entries);
        other.entries.stream().filter(entry -> names.contains(name(entry))).forEach(all::add);
        return new EnvironmentBlock(all);
    }

    /** These, with one more or another value of one. */
    public EnvironmentBlock with(String name, String value) {
        return with(Set.of(name), of(Map.of(name, value)));
    }

    /** The first value of a name, to the byte; empty where there is none. */
    public Optional<byte[]> value(String name) {
        return entries.stream()
                .filter(entry -> name(entry).equals(name))
                .findFirst()
                .map(entry -> Arrays.copyOfRange(entry, equals(entry) + 1, entry.length));
    }

    /** What shells export that nobody set, and what {@link #ofShell} has. */
    private static final List<String> SET_BY_SHELLS = List.of("PATH", "PWD", "OLDPWD", "SHLVL", "_");

    /**
     * The environment of a shell that is to run {@link #shellScript} with secrets: everything else in it would be handed
     * on.
     */
    public static Map<String, String> ofShell() {
        return Map.of("PATH", "/usr/local/bin:/usr/bin:/bin");
    }

    /**
     * A script for {@code /bin/sh} that becomes a command with this environment and no other. A shell passes on no variable
     * whose name is none to it, so all of them are literal arguments of env(1).
     *
     * @param before commands that run first, each on a line of its own
     * @param through programs that start the rest, such as {@code nice -n 5}
     */
    public byte[] shellScript(List<String> before, List<String> through, List<String> argv) {
        return shellScript(before, through, argv, Set.of());
    }

    /**
     * The same, for a shell that begins with {@link #ofShell}. Others can read arguments while env(1) has them, so
     * secrets are exported by the shell, which reads them from this script.
     *
     * @param secrets names of shell variables
     */
    public byte[] shellScript(List<String> before, List<String> through, List<String> argv, Set<String> secrets) {
        ByteArrayOutputStream script = new ByteArrayOutputStream();
        before.forEach(line -> script.writeBytes(RawText.encode(line + "\n")));
        entries.stream().filter(entry -> secrets.contains(name(entry))).forEach(entry -> {
            script.writeBytes(RawText.encode("export"));
            quoted(entry, script);
            script.write('\n');
        });
        script.writeBytes(RawText.encode("exec"));
        through.forEach(word -> quoted(RawText.encode(word), script));
        script.writeBytes(RawText.encode(secrets.isEmpty() ? " env -i --" : " env"));
        if (!secrets.isEmpty()) {
            SET_BY_SHELLS.stream()
                    .filter(name -> !secrets.contains(name))
                    .forEach(name -> script.writeBytes(RawText.encode(" -u " + name)));
            script.writeBytes(RawText.encode(" --"));
        }
        entries.stream().filter(entry -> !secrets.contains(name(entry))).forEach(entry -> quoted(entry, script));
        argv.forEach(word -> quoted(RawText.encode(word), script));
        script.writeBytes(RawText.encode(" </dev/null\n"));
        return script.toByteArray();
    }

    private static void quoted(byte[] word, ByteArrayOutputStream script) {
        script.write(' ');
        script.write('\'');
        for (byte each : word) {
            if (each == '\'') {
                script.writeBytes(RawText.encode("'\\''"));
            } else {
                script.write(each);
            }
        }
        script.write('\'');
    }

    private static int equals(byte[] entry) {
        for (int i = 0; i < entry.length; i++) {
            if (entry[i] == '=') {
                return i;
            }
        }
        return -1;
    }

    private static String name(byte[] entry) {
        return new String(entry, 0, equals(entry), StandardCharsets.ISO_8859_1);
    }
}
