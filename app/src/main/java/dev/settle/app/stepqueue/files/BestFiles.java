package dev.settle.app.stepqueue.files;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.settle.app.stepqueue.client.QueueJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;

/**
 * A candidate's files in a folder: {@code files/PATH} and a {@code manifest.json} that lists them, as the users of the
 * service know it.
 */
public final class BestFiles {
    /** The list of a bundle, as {@code manifest.json} has it. */
    record Manifest(
            String type,
            String createdAt,
            OptionalInt step,
            OptionalDouble metric,
            int fileCount,
            @JsonProperty(required = true) List<Listed> files) {}

    /**
     * One file of a bundle.
     *
     * @param artifactPath below {@code files}; absent when the candidate's path was refused
     */
    @JsonInclude(JsonInclude.Include.NON_ABSENT)
    record Listed(String path, Optional<String> artifactPath, OptionalInt bytes, Optional<String> refused) {}

    private BestFiles() {}

    /**
     * Writes a bundle, in place of one that is there.
     *
     * @param type {@code step_code_snapshot} or {@code best_code_snapshot}
     */
    public static void write(
            Path folder,
            String type,
            int step,
            OptionalDouble metric,
            Map<String, String> code,
            ScratchCopy directory,
            Instant at)
            throws IOException {
        ScratchCopy.remove(folder.resolve("files"));
        List<Listed> files = new ArrayList<>();
        for (Map.Entry<String, String> file : new TreeMap<>(code).entrySet()) {
            Path relative;
            try {
                relative = directory.relative(file.getKey());
            } catch (ScratchCopy.OutsideException e) {
                // It was refused when it was to be evaluated; here it is only named.
                files.add(new Listed(
                        file.getKey(),
                        Optional.empty(),
                        OptionalInt.empty(),
                        Optional.of(String.valueOf(e.getMessage()))));
                continue;
            }
            Path to = folder.resolve("files").resolve(relative);
            Files.createDirectories(to.resolveSibling(""));
            Files.writeString(to, file.getValue(), StandardCharsets.UTF_8);
            int bytes = file.getValue().getBytes(StandardCharsets.UTF_8).length;
            files.add(new Listed(
                    file.getKey(), Optional.of(relative.toString()), OptionalInt.of(bytes), Optional.empty()));
        }
        Manifest manifest = new Manifest(type, at.toString(), OptionalInt.of(step), metric, files.size(), files);
        SafeFile.write(folder.resolve("manifest.json"), QueueJson.write(manifest) + "\n");
    }

    /**
     * What applying came to.
     *
     * @param changed the files that changed meanwhile; then nothing was written
     */
    public record Applied(OptionalInt step, List<String> written, List<String> changed) {}

    /**
     * Copies the kept best step into the user's directory: all its files or, when one of them changed since the run
     * began, none.
     *
     * @return empty when no best step is kept
     */
    public static Optional<Applied> apply(StepFolders folders, Path workingDir, ScratchCopy directory)
            throws IOException {
        Path manifest = folders.best().resolve("manifest.json");
        if (!Files.exists(manifest)) {
            return Optional.empty();
        }
        Manifest kept = QueueJson.read(Files.readString(manifest), Manifest.class);
        Baseline baseline = new Baseline(folders.baseline(), directory, workingDir);
        Map<String, String> texts = new LinkedHashMap<>();
        List<String> changed = new ArrayList<>();
        for (Listed file : kept.files()) {
            Optional<String> name = file.artifactPath();
            if (name.isEmpty()) {
                changed.add(file.path());
                continue;
            }
            Path relative = Path.of(name.get());
            String text = Files.readString(folders.best().resolve("files").resolve(relative));
            if (isSame(workingDir.resolve(relative), text)) {
                continue;
            }
            if (baseline.isUnchanged(relative) && leadsInside(workingDir, relative)) {
                texts.put(name.get(), text);
            } else {
                changed.add(name.get());
            }
        }
        if (changed.isEmpty()) {
            for (Map.Entry<String, String> file : texts.entrySet()) {
                replace(workingDir.resolve(file.getKey()), file.getValue());
            }
        }
        return Optional.of(
                new Applied(kept.step(), changed.isEmpty() ? List.copyOf(texts.keySet()) : List.of(), changed));
    }

    private static boolean isSame(Path file, String text) throws IOException {
        return Files.isRegularFile(file)
                && Files.size(file) < (64 << 20)
                && Fingerprint.of(Files.readAllBytes(file))
                        .equals(Fingerprint.of(text.getBytes(StandardCharsets.UTF_8)));
    }

    /** A file behind a link out of the directory is not the directory's. */
    private static boolean leadsInside(Path workingDir, Path relative) throws IOException {
        Path at = workingDir.resolve(relative);
        if (Files.isSymbolicLink(at)) {
            return false;
        }
        Path parent = at.resolveSibling("");
        while (!Files.exists(parent, LinkOption.NOFOLLOW_LINKS)) {
            parent = parent.resolve("..").normalize();
        }
        return parent.toRealPath().startsWith(workingDir.toRealPath());
    }

    private static void replace(Path file, String text) throws IOException {
        Files.createDirectories(file.resolveSibling(""));
        Optional<Set<PosixFilePermission>> mode =
                Files.exists(file) ? Optional.of(Files.getPosixFilePermissions(file)) : Optional.empty();
        Path draft = file.resolveSibling("." + file.getFileName() + ".settle");
        // Others may write to the user's directory: what they put in the draft's place is neither followed nor kept.
        Files.deleteIfExists(draft);
        Files.writeString(draft, text, StandardCharsets.UTF_8, StandardOpenOption.CREATE_NEW);
        if (mode.isPresent()) {
            Files.setPosixFilePermissions(draft, mode.get());
        }
        Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
    }
}
