package dev.settle.app.engine;

/** What must hold whatever a cluster does (design, section 6); for each there is a mistake that it notices. */
enum Invariant {
    SUBMITTED_ONCE("no item is submitted twice for one attempt"),
    CONFIRMED_STAYS("a confirmed verdict never changes, and no watcher hears of success that turns into failure"),
    VERDICT_IS_TRUE("no verdict is told wrongly or too early"),
    AGREES_WITH_RECORDS("no verdict contradicts a record that settle holds, or could hold"),
    TOLD_WHEN_KNOWN("what could have been known is not told as unknown"),
    ENDS_IN_TIME("every item ends within its named deadlines once answers flow"),
    REPLAY_IS_LIVE("replay equals the live state, from a snapshot as well"),
    DURABLE_FIRST("nothing is told or acted on before it is on disk"),
    NOTHING_RUNS_UNDRIVEN("nothing reads running without a driver"),
    COUNTS_ADD_UP("counts add up"),
    DEPENDENTS_WAIT("dependents start, and generated items join, only with a confirmed completion"),
    EXIT_STATUS("exit status 0 means that every item completed, and that somebody vouches for it"),
    NO_DEFECT("settle does not fail by itself");

    private final String sentence;

    Invariant(String sentence) {
        this.sentence = sentence;
    }

    @Override
    public String toString() {
        return sentence;
    }
}
