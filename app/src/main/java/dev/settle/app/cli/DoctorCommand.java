package dev.settle.app.cli;

import dev.settle.app.doctor.Finding;
import dev.settle.app.doctor.LeftoverChecks;
import dev.settle.app.doctor.SlurmChecks;
import dev.settle.app.doctor.StateChecks;
import dev.settle.app.process.App;
import dev.settle.app.process.ExitStatus;
import dev.settle.app.runs.Invocation;
import dev.settle.app.runs.Runs;
import dev.settle.core.json.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code settle doctor}: looks whether a run could be trusted here, and says how to fix what could not. */
final class DoctorCommand implements Command {
    @Override
    public CommandSpec spec() {
        return Options.of(
                        "doctor",
                        "[OPTIONS]",
                        "Checks whether runs can be trusted here: state directory, Slurm, accounting, leftovers.")
                .under(Options.OUTPUT)
                .flag("--json", "Write a JSON document.")
                .under(Options.OWN)
                .examples("settle doctor")
                .exit(ExitStatus.COMPLETED, "runs can be trusted here")
                .exit(ExitStatus.ITEMS_FAILED, "a run could not be trusted here; each finding comes with its fix")
                .spec();
    }

    @Override
    public ExitStatus run(ParseResult args, App app) {
        Invocation invocation = new Invocation(app);
        Runs runs = invocation.runs();
        List<Finding> checks = new ArrayList<>();
        checks.add(Finding.ok("java", "Java " + Runtime.version()));
        checks.addAll(new StateChecks(app, runs).all());
        checks.addAll(new SlurmChecks(invocation).all());
        checks.addAll(new LeftoverChecks(app, runs).all());
        boolean trusted = checks.stream().noneMatch(check -> check.level() == Finding.Level.TROUBLE);
        if (Options.has(args, "--json")) {
            Map<String, Object> document = new LinkedHashMap<>();
            document.put("schema", "settle.doctor/1");
            document.put("trusted", trusted);
            document.put("checks", checks.stream().map(DoctorCommand::tree).toList());
            app.console().out(Json.write(document) + "\n");
        } else {
            StringBuilder text = new StringBuilder();
            checks.forEach(check -> line(check, text));
            text.append(trusted ? "Runs can be trusted here.\n" : "A run could not be trusted here.\n");
            app.console().out(text.toString());
        }
        return trusted ? ExitStatus.COMPLETED : ExitStatus.ITEMS_FAILED;
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
