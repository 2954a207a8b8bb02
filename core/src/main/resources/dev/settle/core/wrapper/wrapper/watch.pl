# Part of wrapper.pl: a job while it runs. Its signals, its time, and the tree of its processes.
use strict;

# How long the whole tree may take to die after KILL before it is left behind (a process in the kernel, D state).
my $UNKILLABLE_S = 10;
# A signal that comes between the look at the flags and the wait is noticed after this time at the latest.
my $TICK_S = 1;
# On a cluster a longer gap between two rounds of the watch is time in which Slurm had the job suspended: it stops every
# process, or freezes their cgroup and then no signal tells of it. A round takes a tick.
my $SUSPENDED_S = 3;
# A job that is over sooner is told of once, when it has ended.
my $TELL_S = 0.02;
# A worker whose job takes longer, or that waits longer for one, has time for the disk.
my $REST_S = 1;
# How long a signal waits for the canary's word on whether every process of the job got it.
my $CANARY_S = 0.3;

my %seen;       # signals that came, and when

sub notice_signals {
    $SIG{$_} = 'DEFAULT' for @RESET;
    for my $name (qw(TERM INT HUP QUIT USR1 USR2)) {
        $SIG{$name} = sub { $seen{$name} ||= now($CLOCK_MONOTONIC) };
    }
    $SIG{ALRM} = sub { };
    unblock_signals();
    # A write that fails tells it: nobody listens, a limit on file sizes. Unlike SIG_IGN a handler does not survive exec.
    $SIG{$_} = sub { } for qw(PIPE XFSZ);
    # Orphans of the job become children of this process instead of init's: the tree can be found by parents.
    syscall $sys->{prctl}, $PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0 if $sys->{prctl};
}

# The signals that came and end a job.
sub asked_to_end {
    return grep { $seen{$_} } qw(TERM INT);
}

# Waits for the job, ends its tree when its time is over or somebody asks; the wait status.
sub watch {
    my ($job, $pid, $began) = @_;
    my ($deadline, $over);
    for my $limit (qw(timeout limit)) {
        next if $job->{$limit} eq '' || (defined $deadline && $deadline <= $began + $job->{$limit});
        ($deadline, $over) = ($began + $job->{$limit}, $limit eq 'limit' ? 'time_limit' : $limit);
    }
    my ($status, $ending, $kill_at);
    my $last = $began;
    until (defined $status && !$ending) {
        my $now = now($CLOCK_MONOTONIC);
        if (!$job->{local} && $now - $last > $SUSPENDED_S) {
            # Its limits count running time, as Slurm's own does; of the gap only a tick can have been that.
            my $suspended = $now - $last - $TICK_S;
            for my $at ($deadline, $kill_at) {
                $at += $suspended if defined $at;
            }
        }
        $last = $now;
        if (!$ending && defined $deadline && $now >= $deadline) {
            $ending = $job->{ended_by} = $over;
        } elsif (!$ending && $job->{local} && is_cancelled($job)) {
            $ending = $job->{ended_by} = 'cancel';
        }
        if ($ending && !defined $kill_at) {
            $kill_at = $now + $job->{grace};
            signal_tree($job, 'TERM', 'CONT');
        }
        pass_on($job, $pid, $now) unless defined $status;
        if ($job->{apart} && !$job->{told} && $now >= $began + $TELL_S) {
            tell_ended();
            # On a busy machine its process may not have come to write its start record.
            tell_start($job) if -s "$job->{rec}.start";
        }
        force_told() if $now >= $began + $REST_S;
        if ($ending && defined $status) {
            # The script is gone; the rest of its tree goes before the end is told.
            last unless tree($job);
            if ($now >= $kill_at + $UNKILLABLE_S) {
                say_error('some processes of this job could not be ended: ' . join ' ', tree($job));
                last;
            }
        }
        signal_tree($job, 'KILL') if $ending && $now >= $kill_at;
        if (defined $status) {
            1 while reap($job, $WNOHANG) > 0;    # orphans
            select undef, undef, undef, 0.02;
            next;
        }
        my $wait = $job->{apart} && !$job->{told} ? $TELL_S : $ending || %seen ? 0.1 : $TICK_S;
        $wait = $deadline - $now if !$ending && defined $deadline && $deadline - $now < $wait;
        my ($got, $how) = wait_for_any($job, $wait);
        $status = $how if $got == $pid;
        @$job{qw(canary canary_said canary_said_at)} = (undef, $how & 127, now($CLOCK_MONOTONIC))
            if $job->{canary} && $got == $job->{canary};
    }
    return $status;
}

# TERM or INT to the wrapper of a local job is a request to cancel. One that has several jobs, one after another, may have
# gone on to the next meanwhile: a file says which one is meant.
sub is_cancelled {
    my ($job) = @_;
    return 0 unless $seen{TERM} || $seen{INT};
    return 1 if !$job->{apart} || -e "$job->{rec}.cancel";
    delete @seen{qw(TERM INT)};
    return 0;
}

# Passes signals on to the script where nobody else does: this process stands in its place. On a cluster scancel and the
# time limit signal every process of a job, '--signal=B:TERM@60' and 'scancel --batch' only the one that was started,
# and a second TERM would cut short what the first one made a script do. The canary tells which it was.
sub pass_on {
    my ($job, $pid, $now) = @_;
    for my $name (sort keys %seen) {
        if ($name eq 'TERM' || $name eq 'INT') {
            next if $job->{local};    # a cancellation, see watch
            $job->{terminated} = 1;
        }
        my $everybody = defined $job->{canary_said} && $job->{canary_said} == $NUMBER{$name};
        next if !$job->{local} && !$everybody && $now < $seen{$name} + $CANARY_S;
        kill $name, $pid unless $everybody;
        delete $seen{$name};
    }
    if (defined $job->{canary_said} && $now > $job->{canary_said_at} + 2 * $CANARY_S) {
        undef $job->{canary_said};
        start_canary($job);
    }
}

# A process that does nothing and dies of the first signal, and with this one.
sub start_canary {
    my ($job) = @_;
    my $parent = $$;
    my $pid = fork;
    if (defined $pid && $pid == 0) {
        $SIG{$_} = 'DEFAULT' for @RESET;
        syscall $sys->{prctl}, $PR_SET_PDEATHSIG, 9, 0, 0, 0 if $sys->{prctl};
        $0 = 'settle-canary';    # one word: Slurm's proctrack/linuxproc stumbles over a name with a blank in it
        sleep 30 while getppid == $parent;
        leave(0);
    }
    $job->{canary} = $pid;
}

# Living processes of the job other than this one: descendants, and whoever carries the mark.
sub tree {
    my ($job) = @_;
    my (%children, %state);
    opendir my $proc, '/proc' or return;
    for my $pid (grep { /\A[0-9]+\z/ } readdir $proc) {
        open my $in, '<', "/proc/$pid/stat" or next;
        sysread $in, my $stat, 1024;
        next unless defined $stat && $stat =~ /.*\) (.) ([0-9]+)/s;
        $state{$pid} = $1;
        push @{$children{$2}}, $pid;
    }
    delete $state{$job->{canary}} if $job->{canary};
    my %member;
    my @todo = @{$children{$$} || []};
    while (defined(my $pid = shift @todo)) {
        next if $member{$pid}++;
        push @todo, @{$children{$pid} || []};
    }
    my $mark = defined $job->{mark} ? "\0SETTLE_RESULT=$job->{mark}\0" : '';
    for my $pid ($mark eq '' ? () : keys %state) {
        next if $member{$pid} || $pid == $$;
        open my $in, '<', "/proc/$pid/environ" or next;
        local $/;
        my $environ = <$in>;
        $member{$pid} = 1 if defined $environ && index("\0$environ", $mark) >= 0;
    }
    # Not returned as it is: whether anybody is left is asked in scalar context, where sort has no defined value.
    my @tree = sort { $a <=> $b } grep { $state{$_} && $state{$_} ne 'Z' && $state{$_} ne 'X' } keys %member;
    return @tree;
}

sub signal_tree {
    my ($job, @signals) = @_;
    my @tree = tree($job);
    for my $signal (@signals) {
        kill $signal, @tree if @tree;
    }
}
