package dev.settle.core.runfile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.core.journal.PlanCodec;
import dev.settle.core.model.Plan;
import dev.settle.core.view.PlanText;
import dev.settle.testdata.TestData;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Whatever a file holds, reading it ends in a plan that can be stored or in problems, never in an exception. */
final class MangledFilesTest {
    private static final int ROUNDS = 40;
    private static final String SIGNS = "{}[]:,-&*!|>'\"%@`#?~ \n\t\\$=<0\u00e9\u0007";

    @Test
    void mangledFilesAreReadOrRefused() throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.walk(TestData.path("examples"), 2)) {
            files = all.filter(Files::isRegularFile).sorted().toList();
        }
        for (Path file : files) {
            String text = Files.readString(file);
            for (int seed = 0; seed < ROUNDS; seed++) {
                check(mangled(text, new Random(seed)), file.getFileName().toString(), seed);
            }
        }
    }

    private static void check(String text, String name, int seed) {
        try {
            ReadResult reading = RunFiles.read(text, name, Reads.AROUND);
            if (reading.plan().isPresent()) {
                Plan plan = reading.plan().get();
                assertThat(PlanCodec.fromJson(PlanCodec.toJson(plan))).isEqualTo(plan);
                PlanText.tree(plan, new StringBuilder(), PlanText.Lines.BOXES);
            } else {
                assertThat(reading.problems()).isNotEmpty();
            }
            RunFiles.readGenerated(text, name, Plan.of("x", List.of()), List.of(), Reads.AROUND);
        } catch (IOException e) {
            throw new UncheckedIOException(name + " with seed " + seed, e);
        } catch (RuntimeException | Error e) {
            throw new AssertionError(name + " with seed " + seed + ":\n" + text, e);
        }
    }

    /** A few characters changed, lines taken out, doubled or swapped, or the end cut off. */
    private static String mangled(String text, Random random) {
        StringBuilder out = new StringBuilder(text);
        int changes = 1 + random.nextInt(4);
        for (int i = 0; i < changes && out.length() > 1; i++) {
            int at = random.nextInt(out.length());
            switch (random.nextInt(5)) {
                case 0 -> out.setCharAt(at, SIGNS.charAt(random.nextInt(SIGNS.length())));
                case 1 -> out.insert(at, SIGNS.charAt(random.nextInt(SIGNS.length())));
                case 2 -> out.delete(at, Math.min(out.length(), at + 1 + random.nextInt(20)));
                case 3 -> {
                    String[] lines = out.toString().split("\n");
                    String line = lines[random.nextInt(lines.length)];
                    out.insert(Math.max(0, out.lastIndexOf("\n", at)), "\n" + line);
                }
                default -> out.setLength(at);
            }
        }
        return new String(out.toString().getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    }
}
