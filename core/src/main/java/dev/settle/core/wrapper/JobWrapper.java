package dev.settle.core.wrapper;

import dev.settle.core.environment.RawText;
import dev.settle.core.file.AtomicFile;
import dev.settle.core.json.Json;
import dev.settle.core.scheduler.SubmitRequest;
import dev.settle.core.text.ShellText;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The script that stands between a scheduler and an item's own command, on every backend: it runs the command and
 * writes down how it ended ({@link ExitRecord}).
 *
 * <h2>What a batch script does</h2>
 *
 * <p>Before {@code sbatch}, {@link #writeJobs} puts all tasks of a request into one jobs file, and the batch script is
 *
 * <pre>
 * #!/bin/sh
 * #SBATCH ...
 * set -- '/STATE/wrapper/HASH' '/RUN/jobs/TOKEN.jobs' 0
 * . '/STATE/wrapper/HASH/wrapper.sh'
 * </pre>
 *
 * <p>whose last lines {@link #shellLine} makes: the shell that Slurm started reads the wrapper itself, because the
 * environment that Slurm gave it is lost with it (a shell passes on no exported function and no {@code my.option}). A
 * single job names its index, 0, because it may have inherited {@code SLURM_ARRAY_TASK_ID} from where it was submitted; an
 * array's script names none, and the task is that variable, which Slurm sets itself; where the array has indices of the
 * user's, the script works out which of {@link SubmitRequest#tasks} that is, and names it as {@code @2}. With
 * {@link Mode#SLURM} the wrapper
 *
 * <ul>
 *   <li>writes to the stdout and stderr that Slurm opened, where slurmstepd writes too. Give {@code --output} and
 *       {@code --error}. Where they are not the task's own paths, as in an array with
 *       one pattern for all, the wrapper makes the task's paths symbolic links to them;
 *   <li>goes to the working directory itself and never runs elsewhere; {@code --chdir} should be a folder that surely
 *       exists;
 *   <li>sets the task's environment on top of the job's, which stays as it is to the byte; processes that the job left
 *       behind are found by its {@code SETTLE_RESULT}, which no other attempt has;
 *   <li>ends as the command ended, with its exit code or by its signal; with {@value #EXIT_CANNOT_START} when it could
 *       not be started, and then the record says why;
 *   <li>runs an attempt once: a second job of the same attempt ends with {@value #EXIT_CANNOT_START} at once. A requeue
 *       of the same job runs, and what its earlier run recorded is put aside as {@code RECORD.restartN};
 *   <li>passes on TERM, INT, HUP, QUIT, USR1 and USR2 that were sent to the batch script alone
 *       ({@code --signal=B:TERM@60}), and none that went to the whole job ({@code scancel}, the time limit). To tell them
 *       apart it keeps a second small process in the job.
 * </ul>
 *
 * <h2>Files</h2>
 *
 * <p>While the job runs {@code RECORD.start} holds its start record; the wrapper appends the end, forces it and renames
 * the file to {@code RECORD}. A new name without suffix in the folder of the records is therefore a job that ended. One
 * that runs short jobs for a driver on this machine forces their records later, once it has time for the disk.
 */
public final class JobWrapper {
    /** Between the name of a record and the number of the run whose record was put aside. */
    public static final String ASIDE = ".restart";

    /** The wrapper's exit status for a job that it could not start. */
    public static final int EXIT_CANNOT_START = 125;

    /** The suffix of a start record. */
    public static final String START_SUFFIX = ".start";

    /** From TERM to KILL when a job is cancelled or its timeout is over. */
    static final Duration GRACE = Duration.ofSeconds(5);

    private static final Pattern ENV_NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
    private static final int INDEX_LINE_BYTES = 32;

    private final Path folder;

    private JobWrapper(Path folder) {
        this.folder = folder;
    }

    /** Who starts the wrapper, and so who opens the output and who sends signals to whom. */
    public enum Mode {
        /**
         * We do: it opens the output itself, holds the time limit of the request besides the item's timeout, and TERM
         * to the wrapper cancels the whole tree.
         */
        LOCAL("local"),
        /** A batch script does. */
        SLURM("slurm");

        private final String word;

        Mode(String word) {
            this.word = word;
        }
    }

    /**
     * Puts the wrapper of this build into {@code STATE/wrapper/HASH}, unless it is there. Jobs that wait in a queue keep
     * the one they were submitted with.
     *
     * @param stateDir has to be visible on the nodes
     * @throws IOException when the files can be neither found nor written
     */
    public static JobWrapper install(Path stateDir) throws IOException {
        return new JobWrapper(WrapperFiles.install(stateDir));
    }

    /**
     * Writes the jobs file of a request and forces it to disk.
     *
     * @param file absolute; its folder exists
     * @throws IOException when it cannot be written
     * @throws IllegalArgumentException when a task cannot be written down, see {@link #fields}
     */
    public void writeJobs(SubmitRequest request, Mode mode, Path file) throws IOException {
        writeJobs(request, mode, file, GRACE);
    }

    void writeJobs(SubmitRequest request, Mode mode, Path file, Duration grace) throws IOException {
        List<byte[]> texts = new ArrayList<>();
        StringBuilder index =
                new StringBuilder(indexLine("settle-jobs 2 " + request.tasks().size()));
        long offset = 1 + (long) INDEX_LINE_BYTES * (request.tasks().size() + 1);
        for (int i = 0; i < request.tasks().size(); i++) {
            byte[] text = fields(request, i, mode, grace);
            texts.add(text);
            index.append(indexLine(digits(offset) + " " + digits(text.length)));
            offset += text.length;
        }
        ByteArrayOutputStream all = new ByteArrayOutputStream((int) offset);
        all.writeBytes(index.toString().getBytes(StandardCharsets.US_ASCII));
        texts.forEach(all::writeBytes);
        AtomicFile.write(file, all.toByteArray(), AtomicFile.Durability.CONTENT);
    }

    /** The lines of the batch script of a request that run its task of the request's jobs file, quoted for the shell. */
    public String shellLine(SubmitRequest request, Path jobsFile) {
        return request.isArray() ? lines(jobsFile, ofIndex(request), cases(request)) : lines(jobsFile, " 0", "");
    }

    /** The same for an array's task. */
    String lineOfTask(Path jobsFile) {
        return lines(jobsFile, "", "");
    }

    /** The task of an index where indices are evenly spread. */
    private static String ofIndex(SubmitRequest request) {
        List<Integer> indices = request.indices();
        int step = step(indices);
        return indices.isEmpty() || step == 0
                ? ""
                : " \"@$(((SLURM_ARRAY_TASK_ID - " + indices.get(0) + ") / " + step + "))\"";
    }

    /** The task of an index where they are not: all of them. */
    private static String cases(SubmitRequest request) {
        List<Integer> indices = request.indices();
        if (indices.isEmpty() || step(indices) > 0) {
            return "";
        }
        StringBuilder text = new StringBuilder("case $SLURM_ARRAY_TASK_ID in\n");
        for (int i = 0; i < indices.size(); i++) {
            text.append(indices.get(i))
                    .append(") set -- \"$1\" \"$2\" @")
                    .append(i)
                    .append(" ;;\n");
        }
        return text.append("*) exit ")
                .append(EXIT_CANNOT_START)
                .append(" ;;\nesac\n")
                .toString();
    }

    /** The distance between indices; 0 where it is not the same everywhere. */
    private static int step(List<Integer> indices) {
        int step = indices.size() < 2 ? 1 : indices.get(1) - indices.get(0);
        for (int i = 1; i < indices.size(); i++) {
            if (step <= 0 || indices.get(i) - indices.get(i - 1) != step) {
                return 0;
            }
        }
        return step;
    }

    private String lines(Path jobsFile, String index, String cases) {
        return "set -- " + ShellText.inQuotes(folder.toString()) + " " + ShellText.inQuotes(jobsFile.toString()) + index
                + "\n" + cases + ". "
                + ShellText.inQuotes(folder.resolve(WrapperFiles.SHELL).toString());
    }

    /** The command that runs the first task of a jobs file on a machine whose perl does not do. */
    public List<String> shellCommand(Path jobsFile) {
        String script = folder.resolve(WrapperFiles.SHELL).toString();
        return List.of("/bin/sh", script, folder.toString(), jobsFile.toString(), "0", "without-perl");
    }

    /** The wrapper for perl: takes the same, or {@code --serve}. */
    public Path perlScript() {
        return folder.resolve(WrapperFiles.PERL);
    }

    /**
     * One task as the wrapper reads it, in all of its forms: fields in a fixed order, each ended by a NUL, then the
     * variables of its environment as {@code NAME=VALUE}.
     *
     * @throws IllegalArgumentException when a text has a NUL, a variable's name is none or a path is not absolute
     */
    public static byte[] fields(SubmitRequest request, int index, Mode mode) {
        return fields(request, index, mode, GRACE);
    }

    private static byte[] fields(SubmitRequest request, int index, Mode mode, Duration grace) {
        SubmitRequest.Task task = request.tasks().get(index);
        Optional<Duration> limit = mode == Mode.LOCAL ? request.resources().timeLimit() : Optional.empty();
        List<String> fields = new ArrayList<>(List.of(
                who(request, index),
                absolute(task.record()),
                mode.word,
                request.token().value(),
                absolute(task.stdout()),
                absolute(task.stderr()),
                absolute(task.workingDir()),
                task.timeout().map(JobWrapper::seconds).orElse(""),
                limit.map(JobWrapper::seconds).orElse(""),
                seconds(task.grace().orElse(grace)),
                task.setup().orElse(""),
                task.script(),
                words(task.arguments())));
        // Slurm's own, which are those of the user's array.
        boolean slurms = mode == Mode.SLURM && !request.indices().isEmpty();
        task.env().forEach((name, value) -> {
            if (!ENV_NAME.matcher(name).matches()) {
                throw new IllegalArgumentException("not a name of a variable: " + name);
            }
            if (!slurms || !name.startsWith("SLURM_ARRAY_")) {
                fields.add(name + "=" + value);
            }
        });
        StringBuilder text = new StringBuilder(512 + task.script().length());
        fields.forEach(field -> text.append(field).append('\0'));
        byte[] bytes = RawText.encode(text.toString());
        int nuls = 0;
        for (byte each : bytes) {
            nuls += each == 0 ? 1 : 0;
        }
        if (nuls > fields.size()) {
            throw new IllegalArgumentException("item " + task.itemId() + " has a NUL character in it");
        }
        return bytes;
    }

    /** What the lines of its record begin with; the wrapper goes on where this object ends. */
    private static String who(SubmitRequest request, int index) {
        SubmitRequest.Task task = request.tasks().get(index);
        Map<String, Object> who = new LinkedHashMap<>();
        who.put("settle_record", StartRecord.VERSION);
        who.put("token", request.token().value());
        who.put("index", index);
        who.put("item", task.itemId());
        who.put("attempt", task.attempt());
        task.timeout().ifPresent(timeout -> who.put("timeout_s", timeout.toMillis() / 1000.0));
        String json = Json.write(who);
        return json.substring(0, json.length() - 1);
    }

    /** Where the start record of an attempt lies while it runs. */
    public static Path startRecord(Path record) {
        return record.resolveSibling(record.getFileName() + START_SUFFIX);
    }

    /** Created before TERM is sent to a wrapper that runs one job after another: it says which of them is meant. */
    public static Path cancelRequest(Path record) {
        return record.resolveSibling(record.getFileName() + ".cancel");
    }

    /** Words as a shell and the wrapper's perl read them: each in single quotes. */
    private static String words(List<String> words) {
        return words.stream().map(ShellText::inQuotes).collect(Collectors.joining(" "));
    }

    private static String absolute(Path path) {
        if (!path.isAbsolute()) {
            throw new IllegalArgumentException("not absolute: " + path);
        }
        return path.toString();
    }

    private static String seconds(Duration duration) {
        return BigDecimal.valueOf(duration.toMillis(), 3).stripTrailingZeros().toPlainString();
    }

    private static String digits(long number) {
        String text = Long.toString(number);
        return "0".repeat(15 - text.length()) + text;
    }

    private static String indexLine(String text) {
        return text + " ".repeat(INDEX_LINE_BYTES - 1 - text.length()) + "\n";
    }
}
