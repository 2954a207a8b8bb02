package dev.settle.app.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.settle.app.mcp.McpMessages;
import dev.settle.app.stepqueue.client.QueueJson;
import dev.settle.app.stepqueue.client.ServiceBodies;
import dev.settle.app.stepqueue.files.StepResult;
import dev.settle.core.journal.EventCodec;
import dev.settle.core.journal.JournalScan;
import dev.settle.core.journal.PlanCodec;
import dev.settle.core.journal.Snapshot;
import dev.settle.core.journal.lease.LeaseBytes;
import dev.settle.core.model.Plan;
import dev.settle.core.run.RunState;
import dev.settle.core.runfile.ReadResult;
import dev.settle.core.runfile.Reads;
import dev.settle.core.runfile.RunFiles;
import dev.settle.core.scheduler.JobId;
import dev.settle.core.scheduler.JobObservation;
import dev.settle.core.scheduler.JobState.Phase;
import dev.settle.core.scheduler.SubmitAnswer;
import dev.settle.core.text.Durations;
import dev.settle.core.text.Sizes;
import dev.settle.core.text.Times;
import dev.settle.core.wrapper.ExitRecord;
import dev.settle.core.wrapper.StartRecord;
import dev.settle.slurm.SlurmWords;
import dev.settle.slurm.parse.JobIdList;
import dev.settle.slurm.parse.JobTable;
import dev.settle.slurm.parse.LimitUsageTable;
import dev.settle.slurm.parse.QueryTargets;
import dev.settle.slurm.parse.SacctParser;
import dev.settle.slurm.parse.SlurmTimes;
import dev.settle.slurm.parse.SqueueParser;
import dev.settle.testdata.TestData;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The parsers of what others write: whatever they are given, they end with a value or with the trouble that they declare, and
 * what is no success in words is none in the value.
 *
 * <p>{@link MutationsTest} plays seeded mutations of the seeds in every build; the profile {@code fuzz} lets Jazzer search.
 * What either finds is kept in {@code testdata/fuzzed}, in the folder of the target.
 */
public enum FuzzTarget {
    SQUEUE {
        @Override
        List<byte[]> samples() {
            return texts(
                    row("41_0", "41", "RUNNING", "None", "0", T, T, T, "1:00:00", "0:05", "n1", "2")
                            + row("41_1", "42", "COMPLETED", "None", "0", T, T, T, "1:00:00", "0:05", "n1", "2"),
                    row(
                                    "41_[2-7%2]",
                                    "41",
                                    "PENDING",
                                    "JobArrayTaskLimit",
                                    "0",
                                    T,
                                    "N/A",
                                    "N/A",
                                    "UNLIMITED",
                                    "0:00",
                                    "",
                                    "1")
                            + row(
                                    "43",
                                    "43",
                                    "FAILED",
                                    "NonZeroExitCode",
                                    "256",
                                    T,
                                    T,
                                    T,
                                    "1-00:00:00",
                                    "0:05",
                                    "n[1-2]",
                                    "2"));
        }

        @Override
        public void check(byte[] input) {
            checkRows(text(input), SqueueParser.parse(text(input), new QueryTargets(JOBS), AT));
        }
    },
    SACCT {
        @Override
        List<byte[]> samples() {
            return texts(
                    row(
                                    "41_0",
                                    "44",
                                    "COMPLETED",
                                    "0:0",
                                    "0:0",
                                    T,
                                    T,
                                    T,
                                    "5",
                                    "2",
                                    "00:01.234",
                                    "",
                                    "n1",
                                    "60",
                                    "normal",
                                    "None")
                            + row(
                                    "41_0.batch",
                                    "44.batch",
                                    "COMPLETED",
                                    "0:0",
                                    "",
                                    T,
                                    T,
                                    T,
                                    "5",
                                    "2",
                                    "00:01",
                                    "123K",
                                    "n1",
                                    "",
                                    "",
                                    ""),
                    row(
                                    "43",
                                    "43",
                                    "CANCELLED by 1000",
                                    "0:15",
                                    "0:0",
                                    T,
                                    T,
                                    T,
                                    "5",
                                    "2",
                                    "1-00:00:01",
                                    "4.5M",
                                    "n1",
                                    "60",
                                    "normal",
                                    "None")
                            + row(
                                    "41_[2-7]",
                                    "41",
                                    "PENDING",
                                    "0:0",
                                    "0:0",
                                    T,
                                    "Unknown",
                                    "Unknown",
                                    "0",
                                    "0",
                                    "00:00:00",
                                    "",
                                    "",
                                    "60",
                                    "",
                                    ""));
        }

        @Override
        public void check(byte[] input) {
            checkRows(text(input), SacctParser.parse(text(input), new QueryTargets(JOBS), AT));
        }
    },
    SCONTROL {
        @Override
        List<byte[]> samples() {
            return recorded("scontrol");
        }

        @Override
        public void check(byte[] input) {
            SlurmWords.jobRecord(text(input));
            LimitUsageTable.associations(text(input), Optional.of("main"));
        }
    },
    SSHARE {
        @Override
        List<byte[]> samples() {
            return recorded("sshare");
        }

        @Override
        public void check(byte[] input) {
            LimitUsageTable.shares(text(input), Optional.of("games"));
        }
    },
    SBATCH {
        @Override
        List<byte[]> samples() {
            List<byte[]> samples = new ArrayList<>(texts("4711\n", "4711;lab\n", "sbatch: note\n4711\n"));
            samples.addAll(recorded("sbatch"));
            return samples;
        }

        @Override
        public void check(byte[] input) {
            String said = text(input);
            SubmitAnswer accepted = SlurmWords.submission(0, said, "");
            if (accepted.kind() == SubmitAnswer.Kind.ACCEPTED) {
                assertThat(said).containsPattern("[0-9]");
            }
            // Exit code 1 is never a job that is there.
            assertThat(SlurmWords.submission(1, said, said).kind()).isNotEqualTo(SubmitAnswer.Kind.ACCEPTED);
        }
    },
    ARRAY_RANGES {
        @Override
        List<byte[]> samples() {
            return texts("41_[2-7%2]", "41_[1,3,5-9:2%4],42", "4711+1;lab", "29_3 29_4");
        }

        @Override
        public void check(byte[] input) {
            JobIdList.parse(List.of(text(input)))
                    .ifPresent(jobs -> assertThat(jobs).hasSizeLessThanOrEqualTo(JobIdList.JOBS_MAX));
        }
    },
    TIMES {
        @Override
        List<byte[]> samples() {
            return texts(
                    "2026-08-01T10:00:00",
                    "1-02:03:04",
                    "30m",
                    "2h",
                    "4096M",
                    "2026-08-01T10:00:00Z",
                    "UNLIMITED",
                    "1.5d");
        }

        @Override
        public void check(byte[] input) {
            String word = text(input);
            SlurmTimes.parseInstant(word);
            Durations.parse(word)
                    .ifPresent(length -> assertThat(length.isNegative()).isFalse());
            Durations.parseTimeLimit(word)
                    .ifPresent(length -> assertThat(length.isNegative()).isFalse());
            Sizes.parse(word).ifPresent(size -> assertThat(size).isNotNegative());
            try {
                Times.parse(word);
            } catch (DateTimeException e) {
                // What it declares.
            }
        }
    },
    RUN_FILE {
        @Override
        List<byte[]> samples() {
            return files(TestData.path("examples"), "");
        }

        @Override
        public void check(byte[] input) throws IOException {
            for (String name : List.of("file.yaml", "file.json", "file.sh")) {
                ReadResult reading = RunFiles.read(text(input), name, Reads.AROUND);
                if (reading.plan().isPresent()) {
                    Plan plan = reading.plan().get();
                    assertThat(PlanCodec.fromJson(PlanCodec.toJson(plan))).isEqualTo(plan);
                } else {
                    assertThat(reading.problems()).isNotEmpty();
                }
            }
        }
    },
    JOURNAL {
        @Override
        List<byte[]> samples() {
            return Stream.of("v1", "v2")
                    .map(version -> TestData.read("journals", version, "journal.log")
                            .lines()
                            .limit(LINES_MAX)
                            .collect(Collectors.joining("\n", "", "\n")))
                    .map(FuzzTarget::bytes)
                    .toList();
        }

        @Override
        public void check(byte[] input) {
            try {
                List<Object> entries = new ArrayList<>();
                JournalScan scan = new JournalScan(0, 0, (json, offset, end) -> entries.add(EventCodec.decode(json)));
                scan.feed(input, input.length);
                assertThat(scan.finish().end()).isBetween(0L, (long) input.length);
                assertThat(entries).hasSizeLessThanOrEqualTo(input.length);
            } catch (IOException e) {
                // A damaged journal, or one of a newer settle.
            }
        }
    },
    JOURNAL_LINE {
        @Override
        List<byte[]> samples() {
            // Without the checksum, which no mutation survives.
            return JOURNAL.samples().stream()
                    .flatMap(journal -> text(journal).lines())
                    .map(line -> bytes(line.substring(line.indexOf(' ') + 1)))
                    .toList();
        }

        @Override
        public void check(byte[] input) {
            try {
                EventCodec.decode(text(input));
            } catch (IOException e) {
                // A word of a newer settle, or no entry.
            }
        }
    },
    SNAPSHOT {
        @Override
        List<byte[]> samples() {
            return List.of(new Snapshot(new RunState(Plan.of("fuzz", List.of())), List.of(), 0, 0).encode("fuzz"));
        }

        @Override
        public void check(byte[] input) {
            Snapshot.decode(input, "fuzz");
        }
    },
    LEASE {
        @Override
        List<byte[]> samples() {
            return List.of(LeaseBytes.sample());
        }

        @Override
        public void check(byte[] input) {
            LeaseBytes.isLease(input);
        }
    },
    PLAN {
        @Override
        List<byte[]> samples() {
            return RUN_FILE.samples().stream()
                    .map(file ->
                            RunFiles.read(text(file), "file.yaml", Reads.AROUND).plan())
                    .flatMap(Optional::stream)
                    .map(plan -> bytes(PlanCodec.toJson(plan)))
                    .toList();
        }

        @Override
        public void check(byte[] input) {
            try {
                PlanCodec.fromJson(text(input));
            } catch (IOException e) {
                // What it declares.
            }
        }
    },
    RECORD {
        @Override
        List<byte[]> samples() {
            return texts(START + "\n" + END + "\n", END + "\n");
        }

        @Override
        public void check(byte[] input) {
            try {
                StartRecord.parse(text(input));
            } catch (IOException e) {
                // What it declares.
            }
            try {
                ExitRecord record = ExitRecord.parse(text(input));
                if (record.exitCode().isPresent()) {
                    assertThat(text(input)).contains("code");
                }
            } catch (IOException e) {
                // What it declares.
            }
        }
    },
    STEP_QUEUE {
        @Override
        List<byte[]> samples() {
            return texts(
                    "{\"run_id\":\"r-1\",\"status\":\"running\"}",
                    "{\"id\":\"r-1\",\"status\":\"completed\",\"best_result\":{\"solution_id\":\"s\",\"metric_value\":1.5,\"code\":{\"a.py\":\"x\"}}}",
                    "{\"tasks\":[{\"id\":\"t-1\",\"type\":\"execute\"}],\"run\":{\"status\":\"running\"}}",
                    "{\"detail\":{\"message\":\"out of credits\",\"error_code\":\"insufficient_credits\"}}");
        }

        @Override
        public void check(byte[] input) {
            for (Class<?> body : List.of(
                    ServiceBodies.Started.class,
                    ServiceBodies.RunLook.class,
                    ServiceBodies.Tasks.class,
                    ServiceBodies.Taken.class,
                    ServiceBodies.AutoTopup.class)) {
                try {
                    QueueJson.read(text(input), body);
                } catch (IOException e) {
                    // An answer that the engine asks for again.
                }
            }
            try {
                StepResult.fromJson(text(input));
            } catch (IOException e) {
                // What it declares.
            }
        }
    },
    MCP {
        @Override
        List<byte[]> samples() {
            return texts(
                    "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"initialize\",\"params\":{\"protocolVersion\":\"2025-06-18\"}}\n"
                            + "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}\n",
                    "{\"jsonrpc\":\"2.0\",\"id\":\"a\",\"method\":\"tools/call\",\"params\":{\"name\":\"wait\",\"arguments\":{\"runs\":[\"x\"]}}}\n",
                    "{\"jsonrpc\":\"2.0\",\"id\":2,\"error\":{\"code\":-32601,\"message\":\"no\"}}\n");
        }

        @Override
        public void check(byte[] input) throws IOException {
            assertThat(McpMessages.count(input, MESSAGE_MAX)).isLessThanOrEqualTo(input.length);
        }
    };

    private static final int MESSAGE_MAX = 1 << 16;
    /** Of a journal. */
    private static final int LINES_MAX = 40;

    private static final int SAMPLE_BYTES_MAX = 8 << 10;
    private static final String T = "2026-08-01T10:00:00";
    private static final Instant AT = Instant.parse("2026-08-01T10:01:00Z");
    private static final Set<JobId> JOBS =
            Set.of(new JobId("41_0"), new JobId("41_1"), new JobId("41_2"), new JobId("43"));
    private static final String START =
            "{\"kind\":\"start\",\"run\":\"ffzabtyp\",\"item\":\"a\",\"attempt\":1,\"started_at\":\"2026-08-01T10:00:00Z\",\"host\":\"n1\",\"pid\":5}";
    private static final String END =
            "{\"kind\":\"end\",\"run\":\"ffzabtyp\",\"item\":\"a\",\"attempt\":1,\"started_at\":\"2026-08-01T10:00:00Z\",\"host\":\"n1\",\"pid\":5,"
                    + "\"ended_at\":\"2026-08-01T10:00:05Z\",\"exit_code\":1,\"terminated\":false}";

    abstract List<byte[]> samples();

    /** Reads the input; an exception that the parser does not declare is a find. */
    public abstract void check(byte[] input) throws IOException;

    /** What mutations start from: samples, and what was found before. */
    public final List<byte[]> seeds() {
        List<byte[]> seeds = new ArrayList<>(samples());
        seeds.addAll(finds());
        return seeds;
    }

    final List<byte[]> finds() {
        return files(TestData.path("fuzzed", name().toLowerCase(Locale.ROOT)), "");
    }

    private static void checkRows(String said, JobTable.Rows rows) {
        for (JobObservation seen : rows.observations()) {
            // A task of an array that was asked about as a whole is one of those asked about.
            assertThat(JOBS).containsAnyOf(seen.jobId(), new JobId(seen.jobId().base()));
            if (seen.state().phase() == Phase.COMPLETED) {
                assertThat(said.toUpperCase(Locale.ROOT)).containsAnyOf("COMPLETED", "CD");
            }
        }
    }

    private static String row(String... cells) {
        return String.join("|", cells) + "\n";
    }

    private static String text(byte[] input) {
        return new String(input, StandardCharsets.UTF_8);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static List<byte[]> texts(String... texts) {
        return Stream.of(texts).map(FuzzTarget::bytes).toList();
    }

    /** What a tool answered on its stdout, or on its stderr, in recordings. */
    private static List<byte[]> recorded(String tool) {
        return files(TestData.path("slurm", "traces", "22.05.8"), ".txt").stream()
                .map(FuzzTarget::text)
                .filter(file -> file.lines().findFirst().orElse("").contains(tool + " "))
                .map(file -> bytes(file.substring(file.indexOf("--- stdout\n") + 11)))
                .distinct()
                .toList();
    }

    private static List<byte[]> files(Path folder, String end) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        List<byte[]> contents = new ArrayList<>();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted().toList()) {
                if (Files.isRegularFile(file)
                        && file.toString().endsWith(end)
                        && Files.size(file) <= SAMPLE_BYTES_MAX) {
                    contents.add(Files.readAllBytes(file));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return contents;
    }
}
