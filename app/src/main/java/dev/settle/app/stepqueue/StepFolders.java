package dev.settle.app.stepqueue;

import java.nio.file.Path;

/** Where a run keeps what it has from its queue, below its own folder. */
record StepFolders(Path runFolder) {
    /** The candidate as it was claimed. */
    Path revision(int number) {
        return step(number).resolve("revision.json");
    }

    /** The result as it is submitted. */
    Path result(int number) {
        return step(number).resolve("result.json");
    }

    /** The scratch copy that the step runs in. */
    Path work(int number) {
        return step(number).resolve("work");
    }

    Path step(int number) {
        return runFolder.resolve("steps").resolve(Integer.toString(number));
    }

    /** The best step's files and their manifest. */
    Path best() {
        return runFolder.resolve("best");
    }

    /** How the user's files were before the first step. */
    Path baseline() {
        return runFolder.resolve("steps").resolve("baseline.json");
    }

    /** As journals name it. */
    String relative(Path file) {
        return runFolder.relativize(file).toString();
    }
}
