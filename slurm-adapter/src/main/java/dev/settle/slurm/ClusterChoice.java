package dev.settle.slurm;

import dev.settle.core.model.Resources;
import dev.settle.core.scheduler.JobId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The clusters that a submission names, of which sbatch chooses one: by an option, else by the environment that its jobs
 * begin with.
 *
 * @param text as sbatch takes it: {@code all}, a name, or several with commas
 */
public record ClusterChoice(String text) {
    /** Every cluster that accounting knows. */
    private static final String ALL = "all";

    private static final List<String> OPTIONS = List.of("--clusters=", "--cluster=", "-M");

    /** sbatch lets the last one win. */
    private static final List<String> VARIABLES = List.of("SBATCH_CLUSTERS", "SLURM_CLUSTERS");

    /** What is chosen for jobs with these resources; empty for the default cluster. */
    public static Optional<ClusterChoice> of(Resources resources, Map<String, String> variables) {
        Optional<String> text = Optional.empty();
        for (String variable : VARIABLES) {
            String value = variables.getOrDefault(variable, "");
            text = value.isBlank() ? text : Optional.of(value);
        }
        for (String option : resources.extra()) {
            for (String name : OPTIONS) {
                if (option.startsWith(name)) {
                    text = Optional.of(option.substring(name.length()));
                }
            }
        }
        return text.map(String::strip).filter(names -> !names.isEmpty()).map(ClusterChoice::new);
    }

    /** Whether any cluster will do. */
    public boolean isAll() {
        return text.equalsIgnoreCase(ALL);
    }

    /** The names; none for {@code all}. */
    public List<String> names() {
        List<String> names = new ArrayList<>();
        for (String name : isAll() ? new String[0] : text.split(",", -1)) {
            if (!name.isBlank()) {
                names.add(name.strip().toLowerCase(Locale.ROOT));
            }
        }
        return names;
    }

    /** Whether all of the names can be names of clusters. */
    public boolean isLegal() {
        return isAll() || (!names().isEmpty() && names().stream().allMatch(JobId::isClusterName));
    }
}
