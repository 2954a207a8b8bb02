package dev.settle.app.engine.records;

import dev.settle.app.runs.Requests;
import dev.settle.core.journal.RunFolder;
import dev.settle.core.kernel.Input;
import dev.settle.core.kernel.state.ItemFiles;
import dev.settle.core.model.ItemId;
import dev.settle.core.scheduler.JobId;
import dev.settle.core.wrapper.ExitRecord;
import dev.settle.core.wrapper.StartRecord;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** Reads the records of a run's jobs, with what an ended job left in its files beside them. */
public final class Records {
    private final Requests requests;
    private final Clock clock;
    private final Consumer<String> notices;
    private final BiConsumer<JobId, JobId> numbers;

    /** @param numbers is told the scheduler's own number of each task of an array */
    public Records(Requests requests, Clock clock, Consumer<String> notices, BiConsumer<JobId, JobId> numbers) {
        this.requests = requests;
        this.clock = clock;
        this.notices = notices;
        this.numbers = numbers;
    }

    /**
     * The start record of a name; empty when it is not there yet.
     *
     * @throws IOException when it cannot be read or is no record
     */
    Optional<Input.StartSeen> start(String name) throws IOException {
        return StartRecord.read(file(name)).map(start -> {
            JobId job = known(start);
            return new Input.StartSeen(
                    new ItemId(start.item()), start.token(), start.restart(), start.observation(job, clock.instant()));
        });
    }

    /**
     * The exit record of a name; empty when it is not there yet.
     *
     * @throws IOException when it cannot be read or is no record
     */
    Optional<Input.RecordSeen> end(String name) throws IOException {
        return ExitRecord.read(file(name)).map(record -> ended(name, record));
    }

    /** Both records of a name; what cannot be read is not there. The folder is listed first: that renews what is cached. */
    public Input.RecordsRead both(ItemId item, String name) {
        requests.folder().records().toFile().list();
        try {
            return new Input.RecordsRead(item, start(name), end(name));
        } catch (IOException e) {
            notices.accept("record " + name + " cannot be read: " + e.getMessage());
            return new Input.RecordsRead(item, Optional.empty(), Optional.empty());
        }
    }

    private Path file(String name) {
        return requests.folder().records().resolve(name);
    }

    private JobId known(StartRecord start) {
        JobId job = start.slurmJob().orElseGet(() -> new JobId(Long.toString(start.pid())));
        start.slurmNumber()
                .ifPresent(number ->
                        numbers.accept(start.slurmCluster().map(job::on).orElse(job), number));
        return job;
    }

    private Input.RecordSeen ended(String name, ExitRecord record) {
        ItemId item = new ItemId(record.start().item());
        int attempt = Integer.parseInt(name.substring(name.lastIndexOf('.') + 1));
        RunFolder run = requests.folder();
        Requests.Output output =
                requests.outputOf(name, new Requests.Output(run.stdout(item, attempt), run.stderr(item, attempt)));
        List<Path> written = new ArrayList<>();
        record.start().slurmJob().ifPresent(job -> {
            // Only Slurm writes lines of its own beside a job's.
            written.addAll(List.of(output.stderr(), output.stdout()));
            written.addAll(requests.outputOfTask(record.start().token(), job));
        });
        ItemFiles files = ItemFileReader.read(run.result(item, attempt), run.stop(item, attempt), written);
        files.warning().ifPresent(warning -> notices.accept(record.start().item() + ": " + warning));
        JobId job = known(record.start());
        return new Input.RecordSeen(
                item,
                record.start().token(),
                record.start().restart(),
                record.observation(job, clock.instant()),
                files);
    }
}
