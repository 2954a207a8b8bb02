package dev.settle.app.reader;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.app.process.ExitStatus;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Which exit status of several is the worst, as exit-status.md lists it. */
final class RunsReaderTest {
    @Test
    void theWorstIsFoundInWhateverOrderTheRunsEnd() {
        List<ExitStatus> fromTheBest = List.of(
                ExitStatus.COMPLETED,
                ExitStatus.UNCONFIRMED,
                ExitStatus.ITEMS_FAILED,
                ExitStatus.INTERRUPTED,
                ExitStatus.TIMED_OUT,
                ExitStatus.SCHEDULER_UNREACHABLE,
                ExitStatus.NOT_FOUND,
                ExitStatus.USAGE,
                ExitStatus.STORAGE_FAILED,
                ExitStatus.DEFECT,
                ExitStatus.SIGNAL_HUP,
                ExitStatus.SIGNAL_INT,
                ExitStatus.SIGNAL_TERM);
        assertThat(EnumSet.copyOf(fromTheBest)).isEqualTo(EnumSet.allOf(ExitStatus.class));
        for (int worst = 0; worst < fromTheBest.size(); worst++) {
            List<ExitStatus> statuses = new ArrayList<>(fromTheBest.subList(0, worst + 1));
            Collections.shuffle(statuses, new Random(worst));
            assertThat(RunsReader.worst(statuses)).isEqualTo(fromTheBest.get(worst));
        }
    }
}
