package dev.settle.core.runfile;

import dev.settle.core.model.ItemId;
import dev.settle.core.model.ItemSelection;
import dev.settle.core.model.MemoryNeed;
import dev.settle.core.model.Plan;
import dev.settle.core.model.PlanItem;
import dev.settle.core.model.RunChoices;
import dev.settle.core.runfile.keys.Params;
import dev.settle.core.runfile.keys.Values;
import dev.settle.core.runfile.tree.DocumentPath;
import dev.settle.core.runfile.tree.Node;
import dev.settle.core.runfile.tree.Problem;
import dev.settle.core.runfile.tree.Problems;
import dev.settle.core.runfile.tree.TreeReader;
import dev.settle.core.text.ShellText;
import dev.settle.core.text.Sizes;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Reads run files: YAML or JSON, in settle's own form, as a bare list of items, or as scripthut's task documents. */
public final class RunFiles {
    /** A larger file is refused; 100,000 items with long commands are a tenth of it. */
    public static final int FILE_BYTES_MAX = 64 << 20;

    /** Where options for sbatch are looked for in a file that is run as a command. */
    private static final int HEAD_BYTES = 64 << 10;

    private static final String NO_MEMORY = "the file is too large for the memory that settle has";
    private static final String MORE_MEMORY = "give it more: SETTLE_JAVA_OPTS=-Xmx1g";

    private RunFiles() {}

    /** Reads and expands a run file. Nothing is created; a file that cannot be read is a problem like any other. */
    public static ReadResult read(Path file, ReadContext around) {
        return read(file, List.of(), around);
    }

    /** @param arguments what stands after the file; only an sbatch script takes any */
    public static ReadResult read(Path file, List<String> arguments, ReadContext around) {
        Problems problems = new Problems(file.toString());
        try {
            return text(file, problems)
                    .map(text -> read(text, file.toString(), folderOf(file, around), arguments, around))
                    .orElseGet(() -> new ReadResult(Optional.empty(), problems.errors(), List.of()));
        } catch (OutOfMemoryError e) {
            // Nothing has been created yet, and all that filled the heap is garbage by now.
            return refused(file.toString(), NO_MEMORY, MORE_MEMORY);
        }
    }

    /**
     * Reads and expands the text of a run file.
     *
     * @param fileName what messages call it; its ending tells JSON from YAML
     */
    public static ReadResult read(String text, String fileName, ReadContext around) {
        return read(text, fileName, around.directory(), List.of(), around);
    }

    /** Whether a file is taken for a script, whatever stands in it; a pipe is not looked into. */
    public static boolean isScript(Path file) {
        String name = file.toString();
        if (isYaml(name) || isJson(name) || !Files.isRegularFile(file)) {
            return false;
        }
        try (InputStream in = Files.newInputStream(file)) {
            return new String(in.readNBytes(2), StandardCharsets.ISO_8859_1).equals("#!");
        } catch (IOException e) {
            // Who reads it hears why.
            return false;
        }
    }

    /** Whether a file is a script with options for sbatch in its first {@value #HEAD_BYTES} bytes. */
    public static boolean isSbatchScript(Path file) {
        if (!isScript(file)) {
            return false;
        }
        try (InputStream in = Files.newInputStream(file)) {
            return SbatchScript.isOne(new String(in.readNBytes(HEAD_BYTES), StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            return false;
        }
    }

    private static ReadResult read(
            String text, String fileName, Path folder, List<String> arguments, ReadContext around) {
        Problems problems = new Problems(fileName);
        Optional<Plan> plan;
        if (isYaml(fileName) || isJson(fileName) || !text.startsWith("#!")) {
            if (!arguments.isEmpty()) {
                return refused(
                        fileName,
                        "a run file takes no arguments, and " + Values.quoted(arguments.get(0)) + " stands after it",
                        "write them into the commands of its items; an sbatch script takes arguments");
            }
            Scripts scripts = new Scripts(List.of(folder, around.directory()));
            FileReader reader = new FileReader(nameOf(fileName), problems, around, scripts);
            plan = tree(text, fileName, problems).map(reader::read);
        } else if (SbatchScript.isOne(text)) {
            Params.read(Optional.empty(), around.choices().params(), problems);
            Plan script = SbatchScript.read(Scripts.withUnixLineEnds(text), fileName, around, problems);
            plan = Optional.of(arguments.isEmpty() ? script : withArguments(script, arguments, fileName, problems));
        } else {
            return refused(
                    fileName,
                    "this is a script without #SBATCH lines",
                    "run it as a command: settle run -- " + ShellText.join(commandOf(fileName, arguments)));
        }
        plan.filter(read -> problems.none()).ifPresent(read -> refuseTooMany(read.items(), 0, problems));
        Optional<Plan> chosen =
                plan.filter(read -> problems.none()).map(read -> chosen(read, around.choices(), problems));
        return new ReadResult(problems.none() ? chosen : Optional.empty(), problems.errors(), problems.warnings());
    }

    /** Before anything is created or appended: later the process that manages the run would end in its middle. */
    private static void refuseTooMany(List<PlanItem> items, int present, Problems problems) {
        MemoryNeed.of(items, present, Runtime.getRuntime().maxMemory())
                .ifPresent(shortfall -> problems.add(0, 0, DocumentPath.ROOT, shortfall.message(), shortfall.hint()));
    }

    /** The part of a plan that the command line wants, under the name that it gives; the plan itself after a problem. */
    private static Plan chosen(Plan plan, RunChoices choices, Problems problems) {
        Plan named = choices.name().map(plan::withName).orElse(plan);
        if (choices.only().isEmpty()) {
            return named;
        }
        if (plan.queue().isPresent()) {
            problems.add(
                    0, 0, DocumentPath.ROOT, "--only: a step queue's run has no items to choose from", "leave it out");
            return named;
        }
        List<ItemId> ids = plan.items().stream().map(PlanItem::id).toList();
        ItemSelection selection = ItemSelection.of(ids, choices.only());
        for (String word : selection.unknown()) {
            String near = ItemSelection.hint(ids, word);
            problems.add(0, 0, DocumentPath.ROOT, "--only: there is no item " + Values.quoted(word), near);
        }
        return named.withOnly(selection.ids());
    }

    private static List<String> commandOf(String fileName, List<String> arguments) {
        List<String> words = new ArrayList<>();
        words.add(fileName);
        words.addAll(arguments);
        return words;
    }

    private static Plan withArguments(Plan plan, List<String> arguments, String fileName, Problems problems) {
        if (arguments.stream().anyMatch(argument -> argument.indexOf('\0') >= 0)) {
            problems.add(0, 0, DocumentPath.ROOT, "an argument of " + fileName + " has a NUL character", "");
        }
        return plan.withItems(
                plan.items().stream().map(item -> item.withArguments(arguments)).toList());
    }

    /**
     * Reads the document that an item of a run has generated. Its items have what the run's own file says in
     * {@code defaults} and {@code env}, and may depend on items that are there already.
     *
     * @param plan the run's accepted plan
     * @param existing all items of the run up to now, in their order
     */
    public static GeneratedItems readGenerated(Path file, Plan plan, Collection<ItemId> existing, ReadContext around) {
        Problems problems = new Problems(file.toString());
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            // Reading a pipe would make the run wait for whoever writes into it.
            problems.add(0, 0, DocumentPath.ROOT, "this is no ordinary file", "write the items into one");
            return new GeneratedItems(List.of(), problems.errors(), List.of());
        }
        try {
            return text(file, problems)
                    .map(text -> readGenerated(text, file.toString(), plan, existing, around))
                    .orElseGet(() -> new GeneratedItems(List.of(), problems.errors(), List.of()));
        } catch (OutOfMemoryError e) {
            return new GeneratedItems(
                    List.of(), refused(file.toString(), NO_MEMORY, MORE_MEMORY).problems(), List.of());
        }
    }

    /** As {@link #readGenerated(Path, Plan, Collection, ReadContext)}, of a text. */
    public static GeneratedItems readGenerated(
            String text, String fileName, Plan plan, Collection<ItemId> existing, ReadContext around) {
        Problems problems = new Problems(fileName);
        Path folder = folderOf(Path.of(fileName), around);
        Scripts scripts = new Scripts(List.of(folder, around.directory()));
        FileReader reader = new FileReader(plan.name(), problems, around, scripts);
        Optional<List<PlanItem>> items =
                tree(text, fileName, problems).map(root -> reader.readGenerated(root, plan, existing));
        items.filter(read -> problems.none()).ifPresent(read -> refuseTooMany(read, existing.size(), problems));
        return new GeneratedItems(
                problems.none() ? items.orElse(List.of()) : List.of(), problems.errors(), problems.warnings());
    }

    /** The text of a file; empty after a problem. */
    static Optional<String> text(Path file, Problems problems) {
        try {
            if (Files.isDirectory(file)) {
                problems.add(0, 0, DocumentPath.ROOT, "this is a folder", "name a run file");
            } else {
                byte[] bytes = bytes(file);
                if (bytes.length <= FILE_BYTES_MAX) {
                    return Optional.of(StandardCharsets.UTF_8
                            .newDecoder()
                            .decode(ByteBuffer.wrap(bytes))
                            .toString());
                }
                problems.add(0, 0, DocumentPath.ROOT, "the file is larger than " + Sizes.format(FILE_BYTES_MAX), "");
            }
        } catch (NoSuchFileException e) {
            problems.add(0, 0, DocumentPath.ROOT, "there is no such file", "");
        } catch (CharacterCodingException e) {
            problems.add(0, 0, DocumentPath.ROOT, "the file is not UTF-8 text", "");
        } catch (AccessDeniedException e) {
            problems.add(0, 0, DocumentPath.ROOT, "there is no permission to read the file", "");
        } catch (IOException e) {
            problems.add(0, 0, DocumentPath.ROOT, "the file cannot be read: " + e.getMessage(), "");
        }
        return Optional.empty();
    }

    /** What the file holds, a byte more than the bound at most: a pipe does not say how much it has. */
    private static byte[] bytes(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return in.readNBytes(FILE_BYTES_MAX + 1);
        }
    }

    private static Path folderOf(Path file, ReadContext around) {
        return around.directory().resolve(file).resolveSibling("").normalize();
    }

    private static Optional<Node> tree(String text, String fileName, Problems problems) {
        String bare = text.startsWith("\uFEFF") ? text.substring(1) : text;
        if (isJson(fileName)) {
            return TreeReader.json(bare, problems);
        }
        String start = bare.stripLeading();
        if (!isYaml(fileName) && (start.startsWith("{") || start.startsWith("["))) {
            // No ending tells: JSON if it is JSON, else YAML, which has braces and brackets too.
            Optional<Node> json = TreeReader.json(bare, new Problems(fileName));
            if (json.isPresent()) {
                return TreeReader.json(bare, problems);
            }
        }
        return TreeReader.yaml(bare, problems);
    }

    private static boolean isJson(String fileName) {
        return fileName.toLowerCase(Locale.ROOT).endsWith(".json");
    }

    private static boolean isYaml(String fileName) {
        String lower = fileName.toLowerCase(Locale.ROOT);
        return lower.endsWith(".yaml") || lower.endsWith(".yml");
    }

    /** The file's name without folder and ending. */
    static String nameOf(String fileName) {
        String name = fileName.substring(fileName.lastIndexOf('/') + 1);
        int dot = name.lastIndexOf('.');
        return dot > 0 ? name.substring(0, dot) : name.isEmpty() ? "run" : name;
    }

    private static ReadResult refused(String file, String message, String hint) {
        Problem problem = new Problem(file, "", message, hint.isEmpty() ? Optional.empty() : Optional.of(hint));
        return new ReadResult(Optional.empty(), List.of(problem), List.of());
    }
}
