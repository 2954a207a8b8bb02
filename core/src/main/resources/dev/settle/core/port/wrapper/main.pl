# The last part of wrapper.pl (WrapperFiles), settle's job wrapper: runs one item's attempt and writes down how it ended.
#
#   wrapper.pl JOBS INDEX     runs one job of a jobs file (JobWrapper.writeJobs), ends as the job ended
#   wrapper.pl JOBS           the same for the array task that Slurm runs; only an array's batch script says so
#   wrapper.pl --serve        runs jobs for a driver: requests on stdin, answers on stdout (JobServer)
use strict;

delete $ENV{LD_BIND_NOW} if @ARGV && $ARGV[0] eq '--serve';    # JobServer's, for this perl alone
restore_environment();
if (@ARGV && $ARGV[0] eq '--serve') {
    serve();
} else {
    die "usage: wrapper.pl JOBS [INDEX] | --serve\n" unless @ARGV;
    # A job that is no task may have inherited the variables of one.
    my $task = !defined $ARGV[1];
    my $index = !$task ? $ARGV[1] : defined $ENV{SLURM_ARRAY_TASK_ID} ? $ENV{SLURM_ARRAY_TASK_ID} : 0;
    my ($text, $trouble) = read_job($ARGV[0], $index);
    unless (defined $text) {
        say_error("cannot read job $index of $ARGV[0]: $trouble");
        leave($CANNOT_START);
    }
    run($text, $task);
}
