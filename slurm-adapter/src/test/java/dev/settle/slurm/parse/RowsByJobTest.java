package dev.settle.slurm.parse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.core.scheduler.JobId;
import dev.settle.core.scheduler.JobObservation;
import dev.settle.slurm.Recording;
import dev.settle.slurm.tools.PlainTable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class RowsByJobTest {
    private static final String TABLE = """
            4711_0|4720|RUNNING|
            4712|4712|RUNNING|
            4711_[2-9]|4711|PENDING|
            4711_1|4721|RUNNING|
            4713+0|4713|RUNNING|
            4713+1|4714|RUNNING|
            """;

    private static String of(String text, String... ids) {
        return RowsByJob.of(text, 3).of(List.of(ids));
    }

    @Test
    void arrayHasItsTasksInTheOrderOfTheTable() {
        assertThat(of(TABLE, "4711"))
                .isEqualTo("4711_0|4720|RUNNING|\n4711_[2-9]|4711|PENDING|\n4711_1|4721|RUNNING|\n");
    }

    @Test
    void jobIsFoundBySlurmsOwnNumberOfIt() {
        assertThat(of(TABLE, "4714")).isEqualTo("4713+1|4714|RUNNING|\n");
        assertThat(of(TABLE, "4721", "4712")).isEqualTo("4712|4712|RUNNING|\n4711_1|4721|RUNNING|\n");
    }

    @Test
    void stepsComeWithTheirJob() {
        String table = "7|7|RUNNING\n8_1|9|FAILED\n8_1.batch|9.batch|FAILED\n8_1.0|9.0|FAILED\n";
        assertThat(of(table, "8")).isEqualTo(table.substring(table.indexOf('8')));
        assertThat(of(table, "9")).isEqualTo(table.substring(table.indexOf('8')));
    }

    @Test
    void lineWhoseJobCannotBeToldIsEverybodys() {
        for (String line :
                List.of("slurm_load_jobs error\n", "|5|RUNNING\n", "47\n", "4711_0|47", "99999999999999|1|R\n")) {
            assertThat(of("1|1|RUNNING\n" + line, "2")).isEqualTo(line);
        }
    }

    @Test
    void jobThatIsNotThereHasNothing() {
        assertThat(of(TABLE, "4", "47110", "5000")).isEmpty();
    }

    @Test
    void idThatIsNoNumberIsToldEverything() {
        assertThat(of(TABLE, "4711_0")).isEqualTo(TABLE);
    }

    @Test
    void recordedAnswersSayTheSameOfAJobWhoseLinesAreTakenOut() throws IOException {
        int compared = 0;
        for (Path folder : Recording.folders()) {
            for (Recording recording : Recording.in(folder)) {
                String tool = recording.tool();
                String table = plain(recording);
                RowsByJob rows =
                        RowsByJob.of(table, (tool.equals("squeue") ? SqueueParser.WHOSE : SacctParser.WHOSE).count());
                for (String id : ids(table)) {
                    QueryTargets asked = new QueryTargets(Set.of(new JobId(id)));
                    List<JobObservation> ofAll = parse(tool, table, asked);
                    assertThat(parse(tool, rows.of(List.of(id)), asked)).isEqualTo(ofAll);
                    compared += ofAll.size();
                }
            }
        }
        assertThat(compared).isGreaterThan(100);
    }

    private static List<JobObservation> parse(String tool, String table, QueryTargets asked) {
        return tool.equals("squeue")
                ? SqueueParser.parse(table, asked, Instant.EPOCH).observations()
                : SacctParser.parse(table, asked, Instant.EPOCH).observations();
    }

    private static Set<String> ids(String table) {
        Set<String> ids = new HashSet<>();
        table.lines().filter(line -> line.contains("|")).forEach(line -> {
            for (String id : List.of(line.split("\\|", -1)).subList(0, 2)) {
                if (JobId.isLegal(ArrayIds.base(id))) {
                    ids.add(ArrayIds.base(id));
                }
            }
        });
        return ids;
    }

    private static String plain(Recording recording) {
        ColumnMark mark = ColumnMark.random(new Random(7));
        boolean queue = recording.tool().equals("squeue");
        List<String> argv = new ArrayList<>(List.of(recording.tool()));
        argv.addAll(queue ? List.of(SqueueParser.format(mark)) : SacctParser.options(mark));
        return PlainTable.of(recording.answer(argv), mark, queue ? SqueueParser.COLUMNS : SacctParser.COLUMNS)
                .stdout();
    }
}
