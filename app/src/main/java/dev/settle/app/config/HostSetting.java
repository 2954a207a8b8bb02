package dev.settle.app.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A host that {@code settle --on} reaches.
 *
 * @param name what the user calls it
 * @param destination what ssh calls it
 * @param sshOptions further words for ssh
 * @param directory where commands run there: absolute, or below the home; empty for the home
 * @param path the settle to start there: absolute, or below the home; absent for the one that {@code install} put there,
 *     else the one on PATH
 */
public record HostSetting(
        String name, String destination, List<String> sshOptions, String directory, Optional<String> path) {
    /** The keys of a host in a configuration file. */
    static final List<String> KEYS = List.of("ssh", "ssh_options", "directory", "path");

    public HostSetting {
        sshOptions = List.copyOf(sshOptions);
    }

    /** A host of which the configuration says nothing. */
    public static HostSetting named(String name) {
        return new HostSetting(name, name, List.of(), "", Optional.empty());
    }

    /** The same with one more key of the configuration. */
    HostSetting with(String key, String value) {
        return switch (key) {
            case "ssh" -> new HostSetting(name, value, sshOptions, directory, path);
            case "ssh_options" -> new HostSetting(name, destination, words(value), directory, path);
            case "directory" -> new HostSetting(name, destination, sshOptions, belowHome(value), path);
            case "path" -> new HostSetting(name, destination, sshOptions, directory, Optional.of(belowHome(value)));
            default -> throw new IllegalArgumentException(key);
        };
    }

    /** What begins with {@code ~/} is below the home, as what is not absolute. */
    private static String belowHome(String path) {
        return path.equals("~") ? "" : path.startsWith("~/") ? path.substring(2) : path;
    }

    /** The words of a line, split at blanks; quotes keep blanks together. */
    static List<String> words(String line) {
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        boolean begun = false;
        char quote = 0;
        for (int i = 0; i < line.length(); i++) {
            char character = line.charAt(i);
            if (quote != 0 && character == quote) {
                quote = 0;
            } else if (quote == 0 && (character == '\'' || character == '"')) {
                quote = character;
                begun = true;
            } else if (quote == 0 && Character.isWhitespace(character)) {
                if (begun) {
                    words.add(word.toString());
                    word.setLength(0);
                    begun = false;
                }
            } else {
                word.append(character);
                begun = true;
            }
        }
        if (begun) {
            words.add(word.toString());
        }
        return words;
    }
}
