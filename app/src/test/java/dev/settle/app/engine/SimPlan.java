package dev.settle.app.engine;

import dev.settle.core.journal.RunFolder;
import dev.settle.core.kernel.StateDump;
import dev.settle.core.kernel.state.Policy;
import dev.settle.core.model.ItemId;
import dev.settle.core.model.ItemReason;
import dev.settle.core.model.Plan;
import dev.settle.core.model.Plan.BackendName;
import dev.settle.core.model.Plan.OnExhausted;
import dev.settle.core.model.PlanItem;
import dev.settle.core.model.Resources;
import dev.settle.core.model.Retries;
import dev.settle.core.model.RunId;
import dev.settle.core.run.Attempt;
import dev.settle.core.run.Item;
import dev.settle.core.run.RunEvent;
import dev.settle.core.run.RunState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;

/** What a timeline's run is asked to do. */
record SimPlan(Plan plan, Policy policy, boolean watched) {
    private static final int ITEMS_MAX = 6;

    static SimPlan of(Random random, SimCluster cluster) {
        boolean watched = random.nextInt(8) == 0;
        List<PlanItem> items = new ArrayList<>();
        int count = 1 + random.nextInt(ITEMS_MAX);
        if (watched) {
            cluster.submit("their.sh", "", count).forEach(job -> items.add(PlanItem.watched(job.id())));
        } else {
            for (int i = 0; i < count; i++) {
                items.add(item(i, random));
            }
        }
        return new SimPlan(Plan.of("sim", items), policy(random), watched);
    }

    private static PlanItem item(int number, Random random) {
        PlanItem bare = PlanItem.command(new ItemId("i" + number), "true");
        List<ItemId> deps =
                number > 0 && random.nextInt(4) == 0 ? List.of(new ItemId("i" + random.nextInt(number))) : List.of();
        Retries retries = random.nextInt(5) == 0
                ? new Retries(
                        1,
                        Set.of(ItemReason.NODE_FAILURE, ItemReason.EXIT_CODE),
                        Duration.ofSeconds(random.nextInt(20)))
                : Retries.NONE;
        return new PlanItem(
                bare.id(),
                bare.name(),
                bare.script(),
                deps,
                bare.workingDir(),
                bare.env(),
                bare.setup(),
                resources(random),
                bare.timeout(),
                retries,
                random.nextInt(8) == 0 ? Optional.of("next.json") : Optional.empty(),
                bare.output(),
                bare.error(),
                bare.expect(),
                bare.jobId());
    }

    /** The items that one generates: one that depends on it, and one that does not. */
    static List<PlanItem> generatedBy(ItemId by) {
        PlanItem free = PlanItem.command(new ItemId(by + ".a"), "true");
        PlanItem bare = PlanItem.command(new ItemId(by + ".b"), "true");
        PlanItem dependent = new PlanItem(
                bare.id(),
                bare.name(),
                bare.script(),
                List.of(by),
                bare.workingDir(),
                bare.env(),
                bare.setup(),
                bare.resources(),
                bare.timeout(),
                bare.retries(),
                bare.generatesSource(),
                bare.output(),
                bare.error(),
                bare.expect(),
                bare.jobId());
        return List.of(free, dependent);
    }

    private static Resources resources(Random random) {
        Resources none = Resources.NONE;
        return new Resources(
                random.nextInt(3) == 0 ? OptionalInt.of(1) : OptionalInt.empty(),
                none.memoryBytes(),
                none.gpus(),
                none.gres(),
                none.timeLimit(),
                none.partition(),
                none.account(),
                none.qos(),
                none.constraint(),
                none.extra());
    }

    private static Policy policy(Random random) {
        Duration interval = Duration.ofSeconds(new int[] {30, 30, 5, 1}[random.nextInt(4)]);
        return new Policy(
                BackendName.SLURM,
                interval,
                interval.multipliedBy(4),
                Duration.ofSeconds(random.nextInt(4) == 0 ? 60 : 600),
                Duration.ofSeconds(random.nextInt(4) == 0 ? 120 : 300),
                Optional.empty(),
                random.nextInt(3) == 0 ? 2 : 1_000,
                random.nextInt(4) == 0 ? 1 : 1_000,
                OnExhausted.INTERRUPT,
                Policy.Confirmation.REQUIRED,
                "ada",
                "1000");
    }

    RunEvent.Opened opened(RunFolder folder) {
        return new RunEvent.Opened(
                new RunId("k3v9q2m7"), "sim", "0.1.0", folder.path().toString(), "ada", "slurm", watched);
    }

    /** Everything that a folded run holds. */
    static String dump(RunState state) {
        for (Item item : state.items()) {
            // What a snapshot holds of an item is read when it is first asked for.
            item.attempt().observations();
            item.earlier().forEach(Attempt::observations);
        }
        // Nothing counted is as good as none counted.
        return StateDump.of(state).replaceAll("(?m)^ +[A-Z_]+: 0\n", "");
    }
}
