package dev.settle.app.doctor;

import dev.settle.app.process.App;
import dev.settle.app.runs.Invocation;
import dev.settle.app.runs.Runs;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** All findings of the doctor, and how they are shown. */
public record Examination(List<Finding> checks) {
    /** The name and version of the document. */
    public static final String SCHEMA = "settle.doctor/1";

    public Examination {
        checks = List.copyOf(checks);
    }

    /** Looks at everything. */
    public static Examination of(Invocation invocation) {
        App app = invocation.app();
        Runs runs = invocation.runs();
        List<Finding> checks = new ArrayList<>();
        checks.add(Finding.ok("java", "Java " + Runtime.version()));
        checks.addAll(new StateChecks(app, runs).all());
        checks.addAll(new SlurmChecks(invocation).all());
        if (runs.doubt().isEmpty()) {
            checks.addAll(new LeftoverChecks(app, runs).all());
        }
        return new Examination(checks);
    }

    /** Whether runs can be trusted here. */
    public boolean isTrusted() {
        return checks.stream().noneMatch(check -> check.level() == Finding.Level.TROUBLE);
    }

    /** For people: a line for each finding, with its fix below. */
    public String text() {
        StringBuilder text = new StringBuilder();
        checks.forEach(check -> line(check, text));
        text.append(isTrusted() ? "Runs can be trusted here.\n" : "A run could not be trusted here.\n");
        return text.toString();
    }

    /** The document of {@code settle doctor --json}. */
    public Map<String, Object> document() {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("schema", SCHEMA);
        document.put("trusted", isTrusted());
        document.put("checks", checks.stream().map(Examination::tree).toList());
        return document;
    }

    private static void line(Finding check, StringBuilder text) {
        text.append(String.format("%-8s %s: %s%n", check.level().word(), check.name(), check.text()));
        check.fix().ifPresent(fix -> text.append("         fix: ").append(fix).append('\n'));
    }

    private static Map<String, @Nullable Object> tree(Finding check) {
        Map<String, @Nullable Object> tree = new LinkedHashMap<>();
        tree.put("name", check.name());
        tree.put("level", check.level().word());
        tree.put("text", check.text());
        tree.put("mend", check.fix());
        return tree;
    }
}
