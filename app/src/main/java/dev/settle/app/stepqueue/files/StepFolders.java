package dev.settle.app.stepqueue.files;

import java.nio.file.Path;

/** Where a run keeps what it has from its queue, below its own folder. */
public record StepFolders(Path runFolder) {
    /** The candidate as it was claimed. */
    public Path revision(int number) {
        return step(number).resolve("revision.json");
    }

    /** The result as it is submitted. */
    public Path result(int number) {
        return step(number).resolve("result.json");
    }

    /** The scratch copy that the step runs in. */
    public Path work(int number) {
        return step(number).resolve("work");
    }

    Path step(int number) {
        return runFolder.resolve("steps").resolve(Integer.toString(number));
    }

    /** The best step's files and their manifest. */
    public Path best() {
        return runFolder.resolve("best");
    }

    /** How the user's files were before the first step. */
    public Path baseline() {
        return runFolder.resolve("steps").resolve("baseline.json");
    }

    /** As journals name it. */
    public String relative(Path file) {
        return runFolder.relativize(file).toString();
    }
}
