package dev.settle.app.stepqueue.files;

import dev.settle.core.json.Fields;
import dev.settle.core.json.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
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
import org.jspecify.annotations.Nullable;

/**
 * A candidate's files in a folder: {@code files/PATH} and a {@code manifest.json} that lists them, as the users of the
 * service know it.
 */
public final class BestFiles {
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
        List<Map<String, @Nullable Object>> files = new ArrayList<>();
        for (Map.Entry<String, String> file : new TreeMap<>(code).entrySet()) {
            Path relative;
            try {
                relative = directory.relative(file.getKey());
            } catch (ScratchCopy.OutsideException e) {
                // It was refused when it was to be evaluated; here it is only named.
                files.add(Map.of("path", file.getKey(), "refused", String.valueOf(e.getMessage())));
                continue;
            }
            Path to = folder.resolve("files").resolve(relative);
            Files.createDirectories(to.resolveSibling(""));
            Files.writeString(to, file.getValue(), StandardCharsets.UTF_8);
            Map<String, @Nullable Object> entry = new LinkedHashMap<>();
            entry.put("path", file.getKey());
            entry.put("artifact_path", relative.toString());
            entry.put("bytes", file.getValue().getBytes(StandardCharsets.UTF_8).length);
            files.add(entry);
        }
        Map<String, @Nullable Object> manifest = new LinkedHashMap<>();
        manifest.put("type", type);
        manifest.put("created_at", at);
        manifest.put("step", step);
        manifest.put("metric", metric);
        manifest.put("file_count", files.size());
        manifest.put("files", files);
        SafeFile.write(folder.resolve("manifest.json"), Json.write(manifest) + "\n");
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
    public static Optional<Applied> apply(StepFolders folders, Path workingDir, ScratchCopy directory) throws IOException {
        Path manifest = folders.best().resolve("manifest.json");
        if (!Files.exists(manifest)) {
            return Optional.empty();
        }
        Fields kept = Json.parseObject(SafeFile.read(manifest));
        Baseline baseline = new Baseline(folders.baseline(), directory, workingDir);
        Map<String, String> texts = new LinkedHashMap<>();
        List<String> changed = new ArrayList<>();
        for (Fields file : kept.objects("files")) {
            Optional<String> name = file.optText("artifact_path");
            if (name.isEmpty()) {
                changed.add(file.text("path"));
                continue;
            }
            Path relative = Path.of(name.get());
            String text = SafeFile.read(folders.best().resolve("files").resolve(relative));
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
                new Applied(kept.optInt("step"), changed.isEmpty() ? List.copyOf(texts.keySet()) : List.of(), changed));
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
        Files.writeString(draft, text, StandardCharsets.UTF_8);
        if (mode.isPresent()) {
            Files.setPosixFilePermissions(draft, mode.get());
        }
        Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
    }
}
