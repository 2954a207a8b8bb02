package dev.settle.core.scheduler;

import java.time.Instant;
import java.util.List;
import java.util.Set;

/**
 * The answer to a question about jobs.
 *
 * <p>Only {@link Answered} says anything of a job, by itself or in a part of {@link ByCluster}. That a job asked about is missing from its observations is itself
 * said: this source does not know it (any more).
 */
public sealed interface QueryAnswer {
    Kind kind();

    Source source();

    Instant at();

    /** Which of the four it is. */
    enum Kind {
        ANSWERED,
        NO_ANSWER,
        NOT_KEPT,
        BY_CLUSTER
    }

    /**
     * The source answered.
     *
     * @param about the jobs asked about of which it knows or does not; a foreign array is asked about by its base id
     * @param observations what it knows, several for one job where it keeps several runs of it
     * @param unclear the jobs asked about of which it says nothing: a part of the answer could not be read
     */
    record Answered(Source source, Instant at, Set<JobId> about, List<JobObservation> observations, Set<JobId> unclear)
            implements QueryAnswer {
        public Answered {
            about = Set.copyOf(about);
            observations = List.copyOf(observations);
            unclear = Set.copyOf(unclear);
        }

        /** An answer that could be read to its end. */
        public Answered(Source source, Instant at, Set<JobId> about, List<JobObservation> observations) {
            this(source, at, about, observations, Set.of());
        }

        @Override
        public Kind kind() {
            return Kind.ANSWERED;
        }
    }

    /**
     * The tool failed, hung, was cut short or said nonsense: nothing is known of anything.
     *
     * @param about the jobs asked about, where others were asked about elsewhere; empty for all
     */
    record NoAnswer(Source source, Instant at, String text, Set<JobId> about) implements QueryAnswer {
        public NoAnswer {
            about = Set.copyOf(about);
        }

        public NoAnswer(Source source, Instant at, String text) {
            this(source, at, text, Set.of());
        }

        @Override
        public Kind kind() {
            return Kind.NO_ANSWER;
        }
    }

    /** The source does not exist here: the cluster keeps no accounting. */
    record NotKept(Source source, Instant at, String text) implements QueryAnswer {
        @Override
        public Kind kind() {
            return Kind.NOT_KEPT;
        }
    }

    /**
     * The jobs are on several clusters, and each was asked about its own: one that is silent says nothing of the others.
     *
     * @param parts {@link Answered} or {@link NoAnswer}, about the jobs of one cluster each
     */
    record ByCluster(Source source, List<QueryAnswer> parts) implements QueryAnswer {
        public ByCluster {
            parts = List.copyOf(parts);
            if (parts.isEmpty()) {
                throw new IllegalArgumentException("an answer of no cluster");
            }
        }

        @Override
        public Instant at() {
            Instant earliest = parts.get(0).at();
            for (QueryAnswer part : parts) {
                earliest = part.at().isBefore(earliest) ? part.at() : earliest;
            }
            return earliest;
        }

        @Override
        public Kind kind() {
            return Kind.BY_CLUSTER;
        }
    }
}
