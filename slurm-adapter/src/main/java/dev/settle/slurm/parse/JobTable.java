package dev.settle.slurm.parse;

import dev.settle.core.scheduler.JobId;
import dev.settle.core.scheduler.JobObservation;
import java.util.List;

/** A table whose rows begin with the id of a job: finds out whom a row speaks of; what it says is for its reader. */
public final class JobTable implements Table.Reader {
    private final QueryTargets asked;
    private final Columns columns;
    private final Reader reader;

    private JobTable(QueryTargets asked, Columns columns, Reader reader) {
        this.asked = asked;
        this.columns = columns;
        this.reader = reader;
    }

    /**
     * Where the columns stand that say whose a row is, and those whose form is known: a row whose columns are not where
     * they should be is not read.
     */
    public record Columns(int count, int id, int raw, int state, List<Integer> times) {}

    /** Takes what is said of jobs asked about. */
    interface Reader {
        /** A row of a job asked about; of a row for many tasks once for each of them that was. */
        void job(JobId job, RowFields row);

        /**
         * A row of a step.
         *
         * @param id of the step: {@code 4711.batch}
         */
        void step(String id, RowFields row);
    }

    /**
     * What a table said.
     *
     * @param garbled rows that could not be read
     */
    public record Rows(List<JobObservation> observations, int garbled) {}

    /** Reads a table; returns how many rows cannot be read. */
    static int read(String text, QueryTargets asked, Columns columns, Reader reader) {
        return Table.read(text, columns.count(), new JobTable(asked, columns, reader));
    }

    @Override
    public boolean read(RowFields row) {
        String id = row.get(columns.id());
        if (!isInForm(id, row)) {
            return false;
        }
        if (id.indexOf('.') > 0) {
            reader.step(id, row);
            return true;
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

    private boolean isInForm(String id, RowFields row) {
        if (id.isEmpty() || !Numbers.isDigit(id.charAt(0)) || !row.beginsWithLetter(columns.state())) {
            return false;
        }
        boolean plain = id.indexOf('_') < 0 && id.indexOf('+') < 0;
        if (plain ? !row.says(columns.raw(), id) : !row.beginsWithDigit(columns.raw())) {
            return false;
        }
        if (id.indexOf('.') > 0 && row.get(columns.raw()).indexOf('.') < 0) {
            return false;
        }
        for (int column : columns.times()) {
            if (row.beginsWithDigit(column) && !row.isTime(column)) {
                return false;
            }
        }
        return true;
    }

    private boolean range(String id, RowFields row) {
        ArrayIds tasks = ArrayIds.parse(id.substring(id.indexOf('_') + 1));
        if (tasks == null) {
            return false;
        }
        asked.matchRange(ArrayIds.base(id), tasks, job -> reader.job(job, row));
        return true;
    }
}
