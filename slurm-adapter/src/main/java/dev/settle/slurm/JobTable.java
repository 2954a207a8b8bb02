package dev.settle.slurm;

import dev.settle.core.port.JobId;
import dev.settle.core.port.Sighting;
import java.util.List;

/** A table whose rows begin with the id of a job: finds out whom a row speaks of; what it says is for its reader. */
final class JobTable implements Table.Reader {
    private final Asked asked;
    private final Columns columns;
    private final Reader reader;

    private JobTable(Asked asked, Columns columns, Reader reader) {
        this.asked = asked;
        this.columns = columns;
        this.reader = reader;
    }

    /** Where the columns stand that say whose a row is. */
    record Columns(int count, int id, int raw, int state) {}

    /** Takes what is said of jobs asked about. */
    interface Reader {
        /** A row of a job asked about; of a row for many tasks once for each of them that was. */
        void job(JobId job, Fields row);

        /**
         * A row of a step of the job whose row came before, or of nobody.
         *
         * @param id of the step: {@code 4711.batch}
         */
        void step(String id, Fields row);

        /** What follows is not of the job whose row came before. */
        void over();
    }

    /**
     * What a table said.
     *
     * @param garbled rows that could not be read
     */
    record Rows(List<Sighting> sightings, int garbled) {}

    /** Reads a table; returns how many rows cannot be read. */
    static int read(String text, Asked asked, Columns columns, Reader reader) {
        int garbled = Table.read(text, columns.count(), new JobTable(asked, columns, reader));
        reader.over();
        return garbled;
    }

    @Override
    public boolean read(Fields row) {
        String id = row.get(columns.id());
        if (id.isEmpty() || !Numbers.isDigit(id.charAt(0))) {
            return false;
        }
        if (id.indexOf('.') > 0) {
            reader.step(id, row);
            return true;
        }
        reader.over();
        if (row.isEmpty(columns.state())) {
            return false;
        }
        if (ArrayIds.isRange(id)) {
            return range(id, row);
        }
        JobId job = asked.match(id, row.get(columns.raw()));
        if (job != null) {
            reader.job(job, row);
        }
        return true;
    }

    private boolean range(String id, Fields row) {
        ArrayIds tasks = ArrayIds.parse(id.substring(id.indexOf('_') + 1));
        if (tasks == null) {
            return false;
        }
        asked.matchRange(ArrayIds.base(id), tasks, job -> reader.job(job, row));
        reader.over();
        return true;
    }
}
