package dev.settle.slurm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.core.scheduler.SubmitAnswer;
import dev.settle.slurm.tools.ProcessToolRunner;
import dev.settle.slurm.tools.ToolRunner;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A tool that is not there: nothing was submitted, and nothing will be. */
final class MissingToolTest {
    @Test
    void submissionByAToolThatIsNotThereIsRefusedAndNotUnclear() {
        ToolRunner.Result result = new ProcessToolRunner(Map.of("PATH", "/usr/bin:/bin"))
                .run(List.of("sbatch-that-is-not-there"), Duration.ofSeconds(10));
        assertThat(result.kind()).isEqualTo(ToolRunner.Kind.NOT_STARTED);
        assertThat(RefusalTable.of(result))
                .isInstanceOfSatisfying(SubmitAnswer.Refused.class, refused -> assertThat(refused.refusal())
                        .isEqualTo(SubmitAnswer.Refusal.NO_SCHEDULER));
    }
}
