package dev.settle.core.model;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a command line says in place of a run file.
 *
 * @param name of the run
 * @param params values of the file's parameters
 * @param only the items that are wanted, by id or pattern; with them comes what they depend on
 */
public record RunChoices(Optional<String> name, Map<String, String> params, List<String> only) {
    public static final RunChoices NONE = new RunChoices(Optional.empty(), Map.of(), List.of());

    public RunChoices {
        params = Collections.unmodifiableMap(new LinkedHashMap<>(params));
        only = List.copyOf(only);
    }

    /** The parameters as {@code name=value}. */
    public List<String> settings() {
        List<String> settings = new ArrayList<>();
        params.forEach((name, value) -> settings.add(name + "=" + value));
        return settings;
    }

    /**
     * Reads {@code name=value} texts; the last one of a name counts.
     *
     * @throws IllegalArgumentException for a text without a name and a {@code =}
     */
    public static Map<String, String> params(List<String> settings) {
        Map<String, String> params = new LinkedHashMap<>();
        for (String setting : settings) {
            int at = setting.indexOf('=');
            if (at < 1) {
                throw new IllegalArgumentException(setting);
            }
            params.put(setting.substring(0, at), setting.substring(at + 1));
        }
        return params;
    }
}
