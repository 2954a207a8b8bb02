# The last part of wrapper.pl (WrapperFiles), settle's job wrapper: runs one item's attempt and writes down how it ended.
#
#   wrapper.pl JOBS INDEX FD  runs one job of a jobs file (JobWrapper.writeJobs), ends as the job ended; FD has the
#                             environment that it begins with
#   wrapper.pl JOBS '' FD     the same for the array task that Slurm runs; only an array's batch script says so
#   wrapper.pl JOBS @INDEX FD the same where the array has other indices than the jobs file
#   wrapper.pl --serve [FILE] runs jobs for a driver: requests on stdin, answers on stdout (JobServer); jobs read FILE
use strict;

if (@ARGV && $ARGV[0] eq '--serve') {
    serve($ARGV[1]);
} else {
    die "usage: wrapper.pl JOBS INDEX FD | --serve\n" unless @ARGV == 3;
    environment_from($ARGV[2]);
    job_signals(content('/proc/self/status') =~ /^SigIgn:\s*(\w+)/m);
    # A job that is no task may have inherited the variables of one.
    my $task = $ARGV[1] =~ /\A(?:\z|\@)/;
    my $index = $ARGV[1] =~ /\A\@?(.+)\z/ ? $1 : defined $ENV{SLURM_ARRAY_TASK_ID} ? $ENV{SLURM_ARRAY_TASK_ID} : 0;
    my ($text, $trouble) = read_job($ARGV[0], $index);
    unless (defined $text) {
        say_error("cannot read job $index of $ARGV[0]: $trouble");
        leave($CANNOT_START);
    }
    run($text, $task);
}
