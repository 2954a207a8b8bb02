package dev.settle.core.runfile.keys;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;

/** The reference of the run file: the table of keys by which the reader accepts them, as Markdown. */
public final class RunFileReference {
    /** The last part of {@code app/docs/run-file.md}. */
    static final String HEADING = "## The keys of a run file";

    private RunFileReference() {}

    /**
     * The keys of one map of the file.
     *
     * @param note what is to be known about all of them; may be empty
     */
    public record Section(String title, String note, List<Row> rows) {
        public Section {
            rows = List.copyOf(rows);
        }
    }

    /**
     * A key. All texts but the example may have marks of Markdown.
     *
     * @param key its name
     * @param also what is said beside the name: whether {@code defaults} may hold it, and its alias
     * @param value what its value must be
     * @param otherwise what holds without it
     * @param example a value; empty where none is short enough
     */
    public record Row(String key, String also, String value, String otherwise, String meaning, String example) {}

    /** The table of keys, in the order of the reference. */
    public static List<Section> sections() {
        List<Section> sections = new ArrayList<>();
        for (RunFileKey.Scope scope : RunFileKey.Scope.values()) {
            List<Row> rows = new ArrayList<>();
            for (RunFileKey key : new LinkedHashSet<>(RunFileKey.words(scope).values())) {
                String also = (key.inDefaults == RunFileKey.Default.YES ? " *" : "")
                        + (key.alias.isEmpty() ? "" : " (or `" + key.alias + "`)");
                rows.add(new Row(key.word, also, key.type, key.otherwise, key.meaning, key.example));
            }
            sections.add(new Section(scope.title, scope.note, rows));
        }
        return sections;
    }

    /** The whole reference as Markdown. */
    public static String markdown() {
        StringBuilder text = new StringBuilder();
        text.append(HEADING).append("\n\n");
        text.append("This part is generated from the table by which settle accepts keys.\n");
        for (Section section : sections()) {
            text.append("\n### ").append(section.title).append("\n\n");
            if (!section.note.isEmpty()) {
                text.append(section.note).append("\n\n");
            }
            text.append("| key | value | default | meaning | example |\n|---|---|---|---|---|\n");
            section.rows.forEach(row -> row(text, row));
        }
        return text.append('\n').append(FURTHER).toString();
    }

    private static void row(StringBuilder text, Row row) {
        text.append("| `").append(row.key).append('`').append(row.also);
        cell(text, row.value);
        cell(text, row.otherwise);
        cell(text, row.meaning);
        cell(text, row.example.isEmpty() ? "" : "`" + row.key + ": " + row.example + "`");
        text.append(" |\n");
    }

    private static void cell(StringBuilder text, String content) {
        text.append(" | ").append(content.replace("|", "\\|"));
    }

    private static final String FURTHER = """
            ### Values

            - A duration is written `90s`, `10m`, `1h30m`, `2d`, or as Slurm writes it: `10:00` (minutes), `1:30:00`,
              `1-02:03:04`. In `time_limit` a bare number is minutes, as for `sbatch --time`.
            - A size is written `512M`, `2G`, `1.5T` (powers of 1024); a bare number is MiB, as for `sbatch --mem`.
            - A path is taken literally, without variables or wildcards; only a leading `~/` is your home directory.
            - Anchors, aliases and merge keys (`<<`) of YAML work. A key without a value counts as absent.

            ### Ids of a matrix

            `{id: train, matrix: {lr: [0.1, 0.01], seed: [1, 2]}}` makes `train[lr=0.1,seed=1]` and three more items; the last
            name varies fastest. Characters that an id cannot hold become `_`, and a checksum is added where values would
            then look alike, or are long. An id that contains the names is used as it is: `id: train-{seed}`. In the texts of
            an item only names that the matrix declares are replaced; `{}`, `{a,b}` and `${seed}` are left to the shell.

            `exclude` removes the combinations that have all of its values. `include` then adds its further values to every
            combination whose matrix values it does not change, and makes a combination of its own where there is none.

            In `deps` and on the command line, `*`, `?`, `[abc]` and `[!abc]` match. Brackets that contain a `=` are the values
            of a matrix, so `train[lr=*,seed=1]` means what it looks like.

            ### scripthut documents

            A file with `tasks` in place of `items`, or a bare list whose items all have a `name`, is read as scripthut reads
            it. Items run in bash with `pipefail`, `env` is a list of rules, and these variables are set: `SCRIPTHUT_BACKEND`,
            `SCRIPTHUT_WORKFLOW`, `SCRIPTHUT_RUN_ID`, `SCRIPTHUT_CREATED_AT`, `SCRIPTHUT_OUTPUT_DIR`,
            `SCRIPTHUT_TASK_SUMMARY` and `SCRIPTHUT_RUN_SUMMARY`. There are these differences: a variable that no rule sets is
            left to the job's shell, and `append` adds to what the job's environment holds; partition, memory, cpus and time
            limit have only the site's defaults; `inputs`, `outputs`, `cache` and `cache_scope` have no effect, since results
            are not cached; `image`, `data` and the fields for AWS are refused.

            ### Generated items

            A document that an item generates is a run file with `items` (or `tasks`, or a bare list), `defaults`, `env` and
            `env_groups`. Without `defaults` of its own it uses the run's; the run's `env` comes before its own. Its items may
            depend on every item of the run.

            ### sbatch scripts

            `settle run job.sh` accepts a script that begins with `#!` and has `#SBATCH` lines. Options that have a key above
            are read into it; the others are passed to `sbatch` as they are. `--array=0-9%2` makes the items `NAME_0` to
            `NAME_9`, at most two at once, as an array with these indices. Where `--output` has patterns that only the job
            knows, such as `%j`, a link of that name leads to the output in the run's folder.
            """;
}
