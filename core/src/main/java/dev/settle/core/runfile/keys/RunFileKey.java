package dev.settle.core.runfile.keys;

import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Every key of a run file: the one table. The reader accepts a key because it stands here, and the reference of the run
 * file is this table rendered.
 */
public enum RunFileKey {
    NAME(Scope.RUN, "name", "text", "the file's name", "the run's name, and the suite's in reports", "nightly-evals"),
    BACKEND(
            Scope.RUN,
            "backend",
            "`slurm` or `local`",
            "`slurm` where its tools answer, else `local`",
            "where items run",
            "local"),
    PARAMS(
            Scope.RUN,
            "params",
            "map of names to values",
            "none",
            "values that `{name}` stands for in any text of the file, as in a matrix; `--set name=value` changes one",
            "{lr: 0.1, data: ~/data}"),
    MAX_CONCURRENT(
            Scope.RUN,
            "max_concurrent",
            "whole number from 1",
            "no cap on slurm, the cores on local",
            "how many items may be submitted and not ended at once",
            "100"),
    MAX_FAILURES(
            Scope.RUN,
            "max_failures",
            "whole number from 1",
            "never",
            "start no further items after this many failures",
            "5"),
    EXCLUSIVE(Scope.RUN, "exclusive", "true or false", "false", "one live run of this name at a time", "true"),
    DEFAULTS(
            Scope.RUN,
            "defaults",
            "map of item keys",
            "none",
            "values for items that do not set the key themselves; `env` is merged, all others are replaced",
            "{cpus: 1, memory: 2G}"),
    CREDITS(
            Scope.RUN,
            "credits",
            "map",
            "none",
            "what happens when the account runs out of credits",
            "{on_exhausted: wait}"),
    BUDGET(Scope.RUN, "budget", "map", "none", "a limit of your own on what the run may spend", "{cpu_hours: 200}"),
    NOTIFY(
            Scope.RUN,
            "notify",
            "shell text, or map",
            "none",
            "what is run once when the run has ended",
            "{command: ./tell.sh, on: [failed, interrupted]}"),
    SECRETS(
            Scope.RUN,
            "secrets",
            "list of names",
            "none",
            "variables of your shell that hold secrets: their values stand in no file, log or report of the run",
            "[API_KEY]"),
    SYNC(
            Scope.RUN,
            "sync",
            "folder",
            "none",
            "with `settle --on HOST`: a folder, from that of the file, that is brought to the host first; `working_dir` is"
                    + " relative to it",
            ""),
    ITEMS(
            Scope.RUN,
            "items",
            "list of items",
            "required, unless there is a `queue`",
            "what is run; `tasks` in scripthut's documents",
            "[{id: a, command: 'true'}]",
            "tasks"),
    QUEUE(Scope.RUN, "queue", "map", "none", "a metered step queue that feeds the run in place of `items`", ""),
    RUN_ENV(
            Scope.RUN,
            "env",
            "map, or list of rules",
            "none",
            "environment of every item, before the item's own",
            "{OMP_NUM_THREADS: \"4\"}"),
    ENV_GROUPS(
            Scope.RUN,
            "env_groups",
            "map of lists of rules",
            "none",
            "named rules that `include` inserts",
            "{gpu: [{init: module load cuda}]}"),
    TITLE(
            Scope.RUN,
            "title",
            "text",
            "none",
            "the run's name in scripthut's documents, unless `name` is there",
            "Grid over 2 params"),

    TOPUP_URL(
            Scope.CREDITS,
            "topup_url",
            "http(s) address",
            "none",
            "where to buy more; shown when a run stops out of credits",
            "https://example.org/topup"),
    ON_EXHAUSTED(
            Scope.CREDITS,
            "on_exhausted",
            "`interrupt` or `wait`",
            "`interrupt`",
            "interrupt the run, which can be resumed, or wait for more credit",
            "wait"),

    NOTIFY_COMMAND(
            Scope.NOTIFY,
            "command",
            "shell text",
            "required",
            "gets the run document on stdin, and `SETTLE_RUN_ID`, `SETTLE_RUN_NAME`, `SETTLE_STATE`,"
                    + " `SETTLE_EXIT_STATUS` and `SETTLE_HEADLINE` in its environment; it may take a minute",
            "mail -s \"$SETTLE_HEADLINE\" ada"),
    NOTIFY_ON(
            Scope.NOTIFY,
            "on",
            "list of `completed`, `failed`, `interrupted`, `cancelled`",
            "all of them",
            "the ends of the run that it is run after",
            "[failed, interrupted]"),

    CPU_HOURS(
            Scope.BUDGET,
            "cpu_hours",
            "number above 0",
            "none",
            "elapsed hours times allocated cpus, over all items; when it is reached, the run is interrupted",
            "200"),

    ID(
            Scope.ITEM,
            "id",
            "text",
            "required",
            "unique in the run: letters, digits and `. _ = , [ ] + - : @`, not beginning with `-` or `.`, at most 200",
            "train"),
    COMMAND(
            Scope.ITEM,
            "command",
            "shell text",
            "required, unless there is a `script`",
            "what runs; its exit code decides",
            "python train.py --lr 0.1"),
    SCRIPT(
            Scope.ITEM,
            "script",
            "a file, or text of several lines",
            "none",
            "what runs in place of `command`. A file is read when the run is created, beside the run file or in the"
                    + " current directory; text that begins with `#!` runs under that interpreter",
            "jobs/train.sh"),
    ITEM_NAME(Scope.ITEM, "name", "text", "the id", "what people call it", "Train the model"),
    DEPS(
            Scope.ITEM,
            "deps",
            "list of ids",
            "none",
            "what must complete first. `*`, `?` and `[...]` match any item of the run; the id of an item with a matrix"
                    + " means all of its items",
            "[prepare, \"train*\"]",
            "dependencies"),
    MATRIX(
            Scope.ITEM,
            "matrix",
            "map of lists",
            "none",
            "one item for each combination; `{name}` in any text of the item is replaced, `${name}` is not. `include`"
                    + " and `exclude` as in GitHub Actions",
            "{lr: [0.1, 0.01], seed: [1, 2]}"),
    WORKING_DIR(
            Scope.ITEM,
            "working_dir",
            "folder",
            "where the run was created",
            "where it runs; `~` is your home. A folder that is missing fails the item, it never runs elsewhere",
            "~/project",
            "",
            Default.YES),
    ENV(
            Scope.ITEM,
            "env",
            "map, or list of rules",
            "none",
            "set in the item's environment",
            "{OMP_NUM_THREADS: \"4\"}",
            "",
            Default.YES),
    SETUP(
            Scope.ITEM,
            "setup",
            "shell text",
            "none",
            "runs first, in the same shell",
            "module load python/3.12",
            "",
            Default.YES),
    CPUS(Scope.ITEM, "cpus", "whole number from 1", "the site's", "cores", "4", "", Default.YES),
    MEMORY(
            Scope.ITEM,
            "memory",
            "size",
            "the site's",
            "memory of the whole job: `512M`, `2G`; a bare number is MiB",
            "2G",
            "",
            Default.YES),
    GPUS(Scope.ITEM, "gpus", "whole number", "none", "number of GPUs", "1", "", Default.YES),
    GRES(Scope.ITEM, "gres", "text", "none", "generic resources as Slurm writes them", "gpu:v100:2", "", Default.YES),
    TIME_LIMIT(
            Scope.ITEM,
            "time_limit",
            "duration",
            "the partition's",
            "the scheduler's limit: `90s`, `1h30m`, `2d`, `1-02:03:04`; a bare number is minutes",
            "1h30m",
            "",
            Default.YES),
    PARTITION(Scope.ITEM, "partition", "text", "the site's", "the partition", "gpu", "", Default.YES),
    ACCOUNT(Scope.ITEM, "account", "text", "yours", "the account that is charged", "chem", "", Default.YES),
    QOS(Scope.ITEM, "qos", "text", "the site's", "the quality of service", "normal", "", Default.YES),
    CONSTRAINT(Scope.ITEM, "constraint", "text", "none", "features that nodes must have", "haswell", "", Default.YES),
    EXTRA(
            Scope.ITEM,
            "extra",
            "list of sbatch options",
            "none",
            "passed to `sbatch` as they are; `--clusters` sends the job to another cluster, where settle then follows it",
            "[--nodes=2, --exclusive]",
            "",
            Default.YES),
    TIMEOUT(
            Scope.ITEM,
            "timeout",
            "duration",
            "none",
            "settle's own limit on the running time; the whole process tree is ended",
            "2h",
            "",
            Default.YES),
    RETRIES(
            Scope.ITEM,
            "retries",
            "whole number, or map",
            "0",
            "how often a failed item is tried again",
            "{max: 2, on: [node_failure, preempted]}",
            "",
            Default.YES),
    GENERATES_SOURCE(
            Scope.ITEM,
            "generates_source",
            "file",
            "none",
            "a run file that the item writes; its items are read, checked and appended before this item counts as"
                    + " completed. Relative to `working_dir`",
            "next.json"),
    OUTPUT(
            Scope.ITEM,
            "output",
            "file",
            "in the run's folder",
            "where stdout goes; `%j`, `%x` and the other patterns of sbatch's file names have the same meaning here",
            "logs/train.out",
            "output_file",
            Default.YES),
    ERROR(
            Scope.ITEM,
            "error",
            "file",
            "in the run's folder",
            "where stderr goes",
            "logs/train.err",
            "error_file",
            Default.YES),
    EXPECT(
            Scope.ITEM,
            "expect",
            "exit codes, a comparison, both in a list, or a map",
            "0",
            "what counts as good: exit codes, and a comparison on a metric that the item wrote to `SETTLE_RESULT`",
            "[0, \"accuracy >= 0.8\"]",
            "",
            Default.YES),

    RETRY_MAX(Scope.RETRIES, "max", "whole number", "required", "further attempts after the first", "2"),
    RETRY_ON(
            Scope.RETRIES,
            "on",
            "list of item reasons",
            "every failure but a cancellation",
            "the reasons after which it is tried again",
            "[node_failure, preempted]"),
    RETRY_DELAY(Scope.RETRIES, "delay", "duration", "0s", "the pause before the next attempt", "30s"),
    RETRY_MEMORY(
            Scope.RETRIES,
            "memory",
            "factor",
            "x1",
            "each further attempt asks for this many times the memory of the one before; the item needs `memory`",
            "x2"),
    RETRY_TIME_LIMIT(Scope.RETRIES, "time_limit", "factor", "x1", "the same for `time_limit`", "x1.5"),

    EXPECT_EXIT_CODES(
            Scope.EXPECT,
            "exit_codes",
            "list of whole numbers",
            "0",
            "the exit codes that are good",
            "[0, 3]",
            "exit_code"),
    EXPECT_METRIC(
            Scope.EXPECT,
            "metric",
            "comparison",
            "none",
            "`<`, `<=`, `>`, `>=`, `==` or `!=` between the name of a metric and a number; a metric that was not reported"
                    + " is not good",
            "accuracy >= 0.8"),

    RULE_SET(Scope.RULE, "set", "map", "none", "variables to write; `${name}` is what was set before", "{A: \"1\"}"),
    RULE_APPEND(
            Scope.RULE, "append", "map", "none", "joined with `:` to what the variable holds", "{PATH: /opt/cuda/bin}"),
    RULE_INIT(Scope.RULE, "init", "shell text", "none", "runs before the variables are set", "module load cuda"),
    RULE_IF(
            Scope.RULE,
            "if",
            "map",
            "always",
            "the rule applies where each variable has this value, or one of a list of values",
            "{SCRIPTHUT_BACKEND: slurm}"),
    RULE_INCLUDE(Scope.RULE, "include", "list of names", "none", "groups of `env_groups` to insert here", "[gpu]"),

    QUEUE_URL(
            Scope.QUEUE, "url", "http(s) address", "required", "the service's base address", "https://example.org/v1"),
    QUEUE_RUN(Scope.QUEUE, "run", "text", "a new run", "the run of the service to attach to", "r-17"),
    QUEUE_TOKEN_ENV(
            Scope.QUEUE, "token_env", "name", "none", "the environment variable that holds the token", "QUEUE_TOKEN"),
    QUEUE_STEPS(Scope.QUEUE, "steps", "whole number from 1", "the service's", "how many steps to ask for", "50"),
    QUEUE_WORKING_DIR(
            Scope.QUEUE,
            "working_dir",
            "folder",
            "where the run was created",
            "steps run in scratch copies of this folder",
            "."),
    QUEUE_FILES(
            Scope.QUEUE,
            "files",
            "list of files",
            "none",
            "sent as the source code, relative to `working_dir`",
            "[model.py]"),
    QUEUE_COMMAND(
            Scope.QUEUE,
            "command",
            "shell text",
            "required without `run`, else that run's",
            "what evaluates a candidate",
            "python eval.py"),
    QUEUE_TIMEOUT(Scope.QUEUE, "timeout", "duration", "none", "limit of one evaluation", "10m"),
    QUEUE_METRIC(
            Scope.QUEUE,
            "metric",
            "text",
            "required without `run`, else that run's",
            "the metric's name in the command's output",
            "accuracy"),
    QUEUE_MAXIMIZE(
            Scope.QUEUE,
            "maximize",
            "true or false",
            "that of `run`, else true",
            "whether a larger metric is better",
            "false"),
    QUEUE_TOPUP_URL(
            Scope.QUEUE,
            "topup_url",
            "http(s) address",
            "none",
            "where to buy more credits",
            "https://example.org/topup"),
    QUEUE_POLL(Scope.QUEUE, "poll", "duration", "2s", "how often to ask for the next step", "10s"),
    QUEUE_AUTO_RESUME(
            Scope.QUEUE,
            "auto_resume",
            "true or false",
            "false",
            "set a run that ended on the service back to running when attaching to it",
            "true");

    /** What kind of map a key stands in. */
    public enum Scope {
        RUN("The run", "The top of the file. A bare list of items is a run file too."),
        CREDITS("`credits`", ""),
        BUDGET("`budget`", ""),
        NOTIFY("`notify` as a map", "Shorter: `notify: ./tell.sh`."),
        ITEM("Items", "Keys that `defaults` may hold are marked with a *."),
        RETRIES("`retries` as a map", "Shorter: `retries: 2`."),
        EXPECT("`expect` as a map", "Shorter: `expect: [0, 3]`, `expect: accuracy >= 0.8`, or both in one list."),
        RULE(
                "Rules of `env`",
                "`env` is a map of variables, or a list of rules as in scripthut's task documents, read from the top."),
        QUEUE("`queue`", "");

        final String title;
        final String note;

        Scope(String title, String note) {
            this.title = title;
            this.note = note;
        }
    }

    /** Whether {@code defaults} may hold an item's key. */
    public enum Default {
        YES,
        NO
    }

    private static final Map<Scope, Map<String, RunFileKey>> BY_WORD = new EnumMap<>(Scope.class);

    static {
        for (RunFileKey key : values()) {
            Map<String, RunFileKey> ofScope = BY_WORD.computeIfAbsent(key.scope, scope -> new LinkedHashMap<>());
            ofScope.put(key.word, key);
            if (!key.alias.isEmpty()) {
                ofScope.put(key.alias, key);
            }
        }
    }

    final Scope scope;
    public final String word;
    final String type;
    final String otherwise;
    final String meaning;
    public final String example;
    public final String alias;
    public final Default inDefaults;

    RunFileKey(Scope scope, String word, String type, String otherwise, String meaning, String example) {
        this(scope, word, type, otherwise, meaning, example, "");
    }

    RunFileKey(Scope scope, String word, String type, String otherwise, String meaning, String example, String alias) {
        this(scope, word, type, otherwise, meaning, example, alias, Default.NO);
    }

    RunFileKey(
            Scope scope,
            String word,
            String type,
            String otherwise,
            String meaning,
            String example,
            String alias,
            Default inDefaults) {
        this.scope = scope;
        this.word = word;
        this.type = type;
        this.otherwise = otherwise;
        this.meaning = meaning;
        this.example = example;
        this.alias = alias;
        this.inDefaults = inDefaults;
    }

    /** The key of this name or alias. */
    static @Nullable RunFileKey find(Scope scope, String word) {
        return words(scope).get(word);
    }

    /** The names and aliases of a scope's keys, in the order of the table. */
    public static Map<String, RunFileKey> words(Scope scope) {
        return Collections.unmodifiableMap(BY_WORD.getOrDefault(scope, Map.of()));
    }
}
