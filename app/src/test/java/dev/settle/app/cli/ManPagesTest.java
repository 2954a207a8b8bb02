package dev.settle.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.app.cli.help.CommandHelp;
import dev.settle.app.config.OtherVariable;
import dev.settle.app.config.Setting;
import dev.settle.testdata.Golden;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;

/**
 * The man pages of the distribution, rendered from the commands' own tables into {@code app/src/dist/man}, so that they
 * say what the help says. {@code -Dsettle.golden.update=true} writes them.
 */
final class ManPagesTest {
    private static final Path PAGES = Path.of("app", "src", "dist", "man", "man1");

    @TestFactory
    Stream<DynamicTest> eachCommandHasItsPage() {
        return Commands.names().stream()
                .map(name -> DynamicTest.dynamicTest(
                        name,
                        () -> Golden.checkFile(
                                PAGES.resolve("settle-" + name + ".1"),
                                page(name, Commands.find(name).orElseThrow().spec()))));
    }

    @Test
    void thePageOfSettleListsAllCommandsAndSettings() throws IOException {
        String page = overview();
        assertThat(Commands.names()).allSatisfy(name -> assertThat(page).contains("\n.BR settle\\-" + name + " (1)\n"));
        Golden.checkFile(PAGES.resolve("settle.1"), page);
    }

    private static String page(String name, CommandSpec spec) {
        StringBuilder out = new StringBuilder();
        String what = CommandHelp.sentence(spec);
        head(out, "settle-" + name, what.replaceFirst("\\.$", ""));
        out.append(".SH SYNOPSIS\n");
        for (String synopsis : CommandHelp.synopses(spec)) {
            out.append(".B ").append(escape(synopsis.strip())).append("\n.br\n");
        }
        out.append(".SH DESCRIPTION\n").append(escape(what)).append('\n');
        out.append(".SH OPTIONS\n");
        for (ArgSpec each : spec.positionalParameters()) {
            row(out, each.paramLabel(), String.join(" ", each.description()));
        }
        CommandHelp.options(spec).forEach((heading, options) -> {
            if (!heading.equals(CommandHelp.FIRST)) {
                out.append(".SS ").append(escape(heading)).append('\n');
            }
            options.forEach(option -> row(out, CommandHelp.label(option), String.join(" ", option.description())));
        });
        if (!spec.usageMessage().exitCodeList().isEmpty()) {
            out.append(".SH EXIT STATUS\n");
            spec.usageMessage().exitCodeList().forEach((code, meaning) -> row(out, code, meaning));
        }
        out.append(".SH EXAMPLES\n.nf\n");
        for (String example : spec.usageMessage().footer()) {
            out.append(escape(example)).append('\n');
        }
        out.append(".fi\n.SH SEE ALSO\n.BR settle (1)\n");
        return out.toString();
    }

    private static void row(StringBuilder out, String label, String description) {
        out.append(".TP\n.B ").append(escape(label)).append('\n');
        out.append(escape(description)).append('\n');
    }

    private static String overview() throws IOException {
        StringBuilder out = new StringBuilder();
        head(out, "settle", "run work items as jobs, and know how they ended");
        out.append(".SH SYNOPSIS\n.B settle\n.I COMMAND\n[OPTIONS]\n");
        out.append(".SH DESCRIPTION\n.nf\n");
        // A line that begins with a blank is shown as it is.
        help().lines().forEach(line -> out.append(escape(line)).append('\n'));
        out.append(".fi\n.SH ENVIRONMENT\n");
        for (Setting setting : Setting.values()) {
            row(out, setting.variable(), setting.meaning());
        }
        for (OtherVariable variable : OtherVariable.values()) {
            row(out, variable.name(), variable.meaning());
        }
        out.append(".SH FILES\n.TP\n.I /etc/settle/config.yaml\nThe site's settings; its floors hold.\n");
        out.append(".TP\n.I ~/.config/settle/config.yaml\nYour settings, with the keys ");
        out.append(escape(
                String.join(", ", Stream.of(Setting.values()).map(Setting::key).toList())));
        out.append(".\n.SH SEE ALSO\n");
        Commands.names().forEach(name -> out.append(".BR settle\\-" + name + " (1)\n"));
        return out.toString();
    }

    private static String help() throws IOException {
        try (InputStream in = Commands.class.getResourceAsStream("/dev/settle/app/help.txt")) {
            assertThat(in).isNotNull();
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static void head(StringBuilder out, String name, String what) {
        out.append(".\\\" Made from the commands' own tables by ManPagesTest; do not edit.\n");
        out.append(".TH ").append(name.toUpperCase(Locale.ROOT)).append(" 1 \"\" settle\n");
        out.append(".SH NAME\n")
                .append(escape(name))
                .append(" \\- ")
                .append(escape(what))
                .append('\n');
    }

    /** Text for roff: a line that begins with a dot or a quote would be a request, a bare minus a hyphen. */
    private static String escape(String text) {
        String escaped = text.replace("\\", "\\e").replace("-", "\\-");
        return escaped.startsWith(".") || escaped.startsWith("'") ? "\\&" + escaped : escaped;
    }
}
