package dev.settle.core.port;

import java.time.Instant;
import java.util.List;
import java.util.Set;

/**
 * The answer to a question about jobs.
 *
 * <p>Only {@link Answered} says anything of a job. That a job asked about is missing from its sightings is itself
 * said: this source does not know it (any more).
 */
public sealed interface SightAnswer {
    Kind kind();

    Source source();

    Instant at();

    /** Which of the three it is. */
    enum Kind {
        ANSWERED,
        NO_ANSWER,
        NOT_KEPT
    }

    /**
     * The source answered.
     *
     * @param about the jobs asked about of which it knows or does not; a foreign array is asked about by its base id
     * @param sightings what it knows, several for one job where it keeps several runs of it
     * @param unclear the jobs asked about of which it says nothing: a part of the answer could not be read
     */
    record Answered(Source source, Instant at, Set<JobId> about, List<Sighting> sightings, Set<JobId> unclear)
            implements SightAnswer {
        public Answered {
            about = Set.copyOf(about);
            sightings = List.copyOf(sightings);
            unclear = Set.copyOf(unclear);
        }

        /** An answer that could be read to its end. */
        public Answered(Source source, Instant at, Set<JobId> about, List<Sighting> sightings) {
            this(source, at, about, sightings, Set.of());
        }

        @Override
        public Kind kind() {
            return Kind.ANSWERED;
        }
    }

    /** The tool failed, hung, was cut short or said nonsense: nothing is known of anything. */
    record NoAnswer(Source source, Instant at, String text) implements SightAnswer {
        @Override
        public Kind kind() {
            return Kind.NO_ANSWER;
        }
    }

    /** The source does not exist here: the cluster keeps no accounting. */
    record NotKept(Source source, Instant at, String text) implements SightAnswer {
        @Override
        public Kind kind() {
            return Kind.NOT_KEPT;
        }
    }
}
