package dev.settle.app.creation;

import dev.settle.app.process.App;
import dev.settle.core.runfile.RunFiles;
import dev.settle.core.text.ShellText;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What is said to a user who runs an sbatch script as a command: its options for sbatch do not apply there. */
final class SbatchLines {
    private static final Set<String> SHELLS = Set.of("sh", "bash", "dash", "ksh", "zsh");

    private SbatchLines() {}

    /** Says so in one line, if the command is such a script. */
    static void warn(PlanRequest request, App app) {
        List<String> words = request.words();
        int at = script(request, app);
        if (at >= 0) {
            app.console()
                    .notice("settle: the #SBATCH lines of " + words.get(at) + " do not apply to a command; with them: "
                            + request.command() + " " + ShellText.join(words.subList(at, words.size())));
        }
    }

    /** Which word names an sbatch script that will run; -1 for none. */
    private static int script(PlanRequest request, App app) {
        List<String> words = request.words();
        String program = words.get(0);
        Path directory = Optional.ofNullable(request.itemOptions().get("chdir"))
                .flatMap(dir -> ScriptArguments.file(dir, app))
                .orElse(app.environment().directory());
        if (isSbatchScript(program.contains("/") ? Optional.of(program) : onPath(program, app), directory)) {
            return 0;
        }
        if (SHELLS.contains(program.substring(program.lastIndexOf('/') + 1))) {
            for (int i = 1; i < words.size(); i++) {
                if (!words.get(i).startsWith("-")) {
                    return isSbatchScript(Optional.of(words.get(i)), directory) ? i : -1;
                }
            }
        }
        return -1;
    }

    private static boolean isSbatchScript(Optional<String> name, Path directory) {
        return name.filter(word -> word.indexOf('\0') < 0)
                .map(word -> new File(word).isAbsolute() ? new File(word) : new File(directory.toFile(), word))
                .filter(File::isFile)
                .map(File::toPath)
                .filter(RunFiles::isSbatchScript)
                .isPresent();
    }

    private static Optional<String> onPath(String program, App app) {
        for (String folder : app.environment().searchPath().split(":")) {
            File file = new File(folder, program);
            if (!folder.isEmpty() && file.isFile() && Files.isExecutable(file.toPath())) {
                return Optional.of(file.getAbsolutePath());
            }
        }
        return Optional.empty();
    }
}
