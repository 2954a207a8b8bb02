# Part of wrapper.pl: a worker of the job server, which runs one job after another.
use strict;

my ($AF_UNIX, $SOCK_STREAM, $SOCK_SEQPACKET, $MSG_DONTWAIT) = (1, 1, 5, 0100);
my $SYNC_FILE_RANGE_WRITE = 2;
my $DEFAULT_ACTION = "\0" x 32;
# Again and again, because an alarm just before the wait would be lost.
my $TELL_TIMER = pack 'q4', 0, $TELL_S * 1e6, 0, $TELL_S * 1e6;
my $REST_TIMER = pack 'q4', $REST_S, 0, $REST_S, 0;
my $NO_TIMER = "\0" x 32;

# A socket holds messages of 200 kB; a longer text of a job goes through a file.
my $MESSAGE_MAX = 100_000;
# So many short jobs of a worker at most have ended and are not told: they are told together.
my $ENDED_MAX = 8;
# So many records at most are told and not forced to disk by a worker that has no rest. What was told before them is in
# the driver's journal, which is forced: a driver sends no more than that ahead of it (Policy.AHEAD_MAX).
my $TOLD_MAX = 256;
# So many files are handed to the disk before the first is waited for, so that they share its commit.
my $FORCED_AT_ONCE = 32;

my $answers;    # where the driver listens
my $input;      # what jobs read
my $message;    # the job of a worker as it came; keeps its room
my ($heard, $trouble_to);    # how the child of a worker says why it could not become its job
my $place;      # the part of all records of a worker that tells where they were written
my $START = ",\"kind\":\"start\",\"mode\":\"local\"}\n";    # ends a worker's start record
my $began = "\0" x 16;   # when a worker's job began, by the kernel's clock
my $ticks_agree;    # whether the clock tells the ticks that /proc tells
my ($status, $usage) = (pack('i', 0), "\0" x 144);    # of a process that a worker waited for
my @ended;      # jobs of a worker whose end is written and not told yet
my @told;       # records of a worker that are told and not forced to disk yet
my $last_env = [];  # names and values of the last job of a worker
my %lent;       # what the environment had under those names
my ($own_pwd, $last_dir);   # PWD as jobs begin with it; the folder for which it was set last

# Runs one job after another: a process for each would cost as much as a short job does. What the last one left in the
# background is no part of the next: it gets another parent.
sub work {
    my ($take, $server) = @_;
    setsid();
    read_from($input) or open STDIN, '<', '/dev/null';
    notice_signals();
    socketpair $heard, $trouble_to, $AF_UNIX, $SOCK_STREAM, 0 or leave(1);
    $own_ticks = start_ticks($$);
    $place = place(restart => number(0), wrapper_pid => number($$), wrapper_ticks => number($own_ticks));
    for (;;) {
        tell_for_sure() if @ended > $ENDED_MAX;
        unless (defined recv $take, $message, 2 * $MESSAGE_MAX, $MSG_DONTWAIT) {
            tell_for_sure();
            syscall $sys->{setitimer}, 0, $REST_TIMER, 0;
            until (defined recv $take, $message, 2 * $MESSAGE_MAX, 0) {
                leave_work(0) unless $! == $EINTR;
                syscall $sys->{setitimer}, 0, $NO_TIMER, 0;
                force_told();
            }
        }
        my ($seq, $kind) = $message =~ /\A([0-9]+) [01] (\w+)\n/ or leave_work(0);
        my $from = $+[0];
        leave_work(0) unless getppid == $server;
        if ($kind eq 'file') {
            my $path = substr $message, $from;
            ($message, $from) = (content($path), 0);
            unlink $path;
        }
        %seen = () if %seen;
        work_on($seq, $from, $server);
        my $left;
        1 while ($left = syscall $sys->{wait4}, -1, $status, $WNOHANG, 0) > 0;
        leave_work(0) if $left == 0;
    }
}

# Makes the driver's own stdin that of jobs. Opened anew, because no process hands it on; a file is read from where the
# driver was in it.
sub read_from {
    my ($path) = @_;
    return unless defined $path;
    # A fifo would be waited for, and a terminal would become that of this session.
    sysopen my $in, $path, $O_RDONLY | $O_NONBLOCK | $O_NOCTTY or return;
    fcntl $in, $F_SETFL, 0;
    if (-f $in && $path =~ m{\A(/proc/[0-9]+/fd)(/[0-9]+)\z}) {
        sysseek $in, $1, 0 if content("$1info$2") =~ /^pos:\s*([0-9]+)/m;
    }
    return open STDIN, '<&', $in;
}

# Runs a job. After a fork each page that this process or its child writes to is copied, which is what a short job costs
# most: hence plain variables in one place, no hash of the job, few calls, and files by number (perl asks three things of
# each file that it opens, and looks through all that are open at each fork).
sub work_on {
    my ($seq, $from, $server) = @_;
    # The order of JobWrapper.fields; each field ends with a NUL.
    my ($who, $rec, undef, $token, $out, $err, $dir, $timeout, $limit, $grace, $setup, $script, $arguments, @env) =
        split /\0/, substr($message, $from), -1;
    return refused($seq, 'temporary', "the job's text is damaged") unless @env && pop(@env) eq '';
    @env = map { split /=/, $_, 2 } @env;
    my $start = "$rec.start";
    my $file = create($start);
    if (!defined $file || -e $rec) {
        if (defined $file) {
            syscall $sys->{close}, $file;
            unlink $start;
        }
        my $job = {apart => 1, local => 1, rec => $rec, token => $token, seq => $seq};
        claim($job);
        $file = $job->{file};
    }
    # Whoever asks what became of the job once the server is gone must find either this claim or none for ever.
    unless (getppid == $server) {
        unlink $start;
        leave_work(0);
    }
    set_environment($out, $dir, \@env);
    # What is done before the fork touches no page that two processes share; what may hang on somebody's file system is
    # left to the child.
    my $run = run_folder($rec);
    my $private = index($out, $run) == 0 && index($err, $run) == 0;
    my $trouble;
    if ($private && defined($trouble = open_output(2, $err, 0600) || open_output(1, $out, 0600)) && disk_refuses()) {
        unlink $start;
        syscall $sys->{close}, $file;
        return refused($seq, 'storage', $trouble);
    }
    my @words = $setup eq '' ? plain_words($script) : ();
    my $tick = boot_tick();
    my $identity = "$who,$place,\"started_at\":\"" . stamp() . '","pid":';
    syscall $sys->{clock_gettime}, $CLOCK_MONOTONIC, $began;
    my $pid = fork;
    if (!defined $pid) {
        $trouble = "cannot fork: $!";
        unlink $start;
        syscall $sys->{close}, $file;
        return refused($seq, 'no_process', $trouble);
    }
    if ($pid == 0) {
        syscall $sys->{setsid};
        # A cancellation that comes before exec is none of the handler's. Perl's %SIG would touch 21 pages.
        syscall $sys->{rt_sigaction}, $NUMBER{TERM}, $DEFAULT_ACTION, 0, 8;
        begin_signals() if @ignored || $blocked_mask ne '';
        $tick = start_ticks($$) unless $ticks_agree && boot_tick() == $tick;
        my $what = 'start';
        my $line = $identity . $$ . ",\"start_ticks\":$tick" . $START;
        if (length $line == syscall $sys->{write}, $file, $line, length $line) {
            $what = 'exec';
            unless ($private) {
                $trouble = open_output(2, $err, output_mode($rec, $err)) || open_output(1, $out, output_mode($rec, $out));
                # Nothing has run: it is as if it could not be started.
                $what = 'start' if $trouble && disk_refuses();
            }
            $trouble = "working directory $dir: $!" unless $trouble || chdir $dir;
            unless ($trouble) {
                # When there is no such program the shell says so in its own words.
                exec { $words[0] } @words if @words;
                my @command = command({rec => $rec, setup => $setup, script => $script, arguments => $arguments});
                $trouble = defined $command[0] ? execute(@command) : $command[1];
            }
            say_error($trouble);
        } else {
            $trouble = "cannot write $start: $!";
        }
        syswrite $trouble_to, "$seq $what $trouble\0";
        leave($CANNOT_START);
    }
    my $now = boot_tick();
    unless ($ticks_agree && $now == $tick) {
        my $ticks = start_ticks($pid);
        $ticks_agree = 1 if $tick <= $ticks && $ticks <= $now;
        $tick = $ticks;
    }
    $identity .= "$pid,\"start_ticks\":$tick";
    # While this one runs: telling them keeps nobody waiting then.
    tell_ended() if @ended >= $ENDED_MAX;

    syscall $sys->{setitimer}, 0, $TELL_TIMER, 0;
    my $got = syscall $sys->{wait4}, -1, $status, 0, $usage;
    my $how = unpack 'i', $status;
    my ($us, $uu, $ss, $su, $rss) = unpack 'q5', $usage;
    my ($cpu, $by, $told) = ($us + $ss + ($uu + $su) / 1e6);
    $rss *= 1024;
    if ($got != $pid) {
        my $job = {
            apart => 1, local => 1, seq => $seq, rec => $rec, pid => $pid, mark => $ENV{SETTLE_RESULT}, timeout => $timeout,
            limit => $limit, grace => $grace, cpu => $got > 0 ? $cpu : 0, rss => $got > 0 ? $rss : 0,
        };
        $how = watch($job, $pid, seconds($began));
        ($cpu, $rss, $by, $told) = @$job{qw(cpu rss ended_by told)};
    }
    my $failure;
    if ($how == $CANNOT_START << 8) {
        (my $what, $failure) = trouble_of($seq);
        if (defined $failure) {
            undef $how;
            if ($what eq 'start') {
                unlink $start;
                syscall $sys->{close}, $file;
                return refused($seq, 'storage', $failure);
            }
        }
    }
    my $line = end_line($identity, $how, $failure, $by, 0, $cpu, $rss);
    # Killed before it could say who it is.
    $line = $identity . $START . $line if defined $how && $how & 127 && !-s $start;
    my $written = length $line == syscall $sys->{write}, $file, $line, length $line;
    push @ended, [$file, $rec, $told ? "ended $pid" : "ran $seq $pid", $line, $written];
    unlink "$rec.script" unless @words || !needs_file({setup => $setup, script => $script});
    unlink "$rec.cancel" if $by;
    if (exists $lent{SETTLE_STOP} && -e $ENV{SETTLE_STOP}) {
        tell_for_sure();
        kill 'USR1', $server;
        leave_work(0);
    }
}

# What kept the job's child from becoming it, 'start' (it has no start record) or 'exec', and the words.
sub trouble_of {
    my ($number) = @_;
    my ($all, $some) = ('');
    while (defined recv($heard, $some, 65536, $MSG_DONTWAIT) && length $some) {
        $all .= $some;
    }
    # A child that was killed in between may have left its words.
    for my $said (split /\0/, $all) {
        my ($seq, $what, $words) = $said =~ /\A([0-9]+) (\w+) (.*)\z/s or next;
        return ($what, $words) if $seq == $number;
    }
    return;
}

# The environment of this process is that of the job from here on, and none of an earlier job's.
sub set_environment {
    my ($out, $dir, $env) = @_;
    unless (defined $last_dir && $dir eq $last_dir) {
        $own_pwd = $ENV{PWD} unless defined $last_dir;
        defined $own_pwd ? $ENV{PWD} = $own_pwd : delete $ENV{PWD};
        $ENV{PWD} = $dir unless is_pwd($dir);
        $last_dir = $dir;
    }
    my $alike = @$env == @$last_env;
    for (my $i = 0; $alike && $i < @$env; $i += 2) {
        $alike = $env->[$i] eq $last_env->[$i];
    }
    lend(@$env) unless $alike;
    for (my $i = 0; $i < @$env; $i += 2) {
        next if $alike && $env->[$i + 1] eq $last_env->[$i + 1];
        my ($name, $value) = @$env[$i, $i + 1];
        $ENV{$name} = $value;
        next unless $name eq 'SETTLE_RESULT' || $name eq 'SETTLE_STOP';
        # A folder that has the output is there.
        my $folder = 1 + rindex $value, '/';
        make_parent($value) if $folder && substr($value, 0, $folder) ne substr $out, 0, 1 + rindex $out, '/';
    }
    $last_env = $env;
}

# Names that the last job has set and this one does not get back what they had before.
sub lend {
    my %env = @_;
    for my $name (grep { !exists $env{$_} } keys %lent) {
        my $before = delete $lent{$name};
        if (defined $before) {
            $ENV{$name} = $before;
        } else {
            delete $ENV{$name};
        }
    }
    for my $name (keys %env) {
        $lent{$name} = $ENV{$name} unless exists $lent{$name};
    }
}

# Whether the last call failed because the disk is full, which is nothing that the item asks for: ENOSPC (also without
# inodes) and EDQUOT.
sub disk_refuses {
    return grep { $! == $_ } 28, 122;
}

# Puts a file of the job's in the place of stdout or stderr; why not, if not. By number: perl asks three things of each
# file that it opens, and five more to put it in another's place.
sub open_output {
    my ($number, $path, $mode) = @_;
    my $file = syscall $sys->{openat}, $AT_FDCWD, $path, $O_WRONLY | $O_CREAT | $O_APPEND, $mode;
    if ($file < 0 && $! == $ENOENT && make_parent($path)) {
        $file = syscall $sys->{openat}, $AT_FDCWD, $path, $O_WRONLY | $O_CREAT | $O_APPEND, $mode;
    }
    return "output file $path: $!" if $file < 0;
    my $trouble = syscall($sys->{dup3}, $file, $number, 0) < 0 ? "output file $path: $!" : undef;
    syscall $sys->{close}, $file;
    return $trouble;
}

# Gives records their names and tells of them: of each job the file, the record, the answer, the last line, and whether
# that is written. What the disk refuses stays untold. A driver forces what it is told to disk by itself, in its journal:
# a record that is forced before costs as much as the rest of a short job's files, and says the same.
sub tell_ended {
    my (@left, @lines);
    for (@ended) {
        if ($_->[4] && rename "$_->[1].start", $_->[1]) {
            syscall $sys->{close}, $_->[0];
            push @told, $_->[1];
            push @lines, $_->[2];
        } else {
            $_->[4] = 0;
            push @left, $_;
        }
    }
    @ended = @left;
    shift @told while @told > $TOLD_MAX;
    answer(@lines);
}

# The same, and does not give up soon where the disk refuses: nothing runs meanwhile.
sub tell_for_sure {
    tell_ended() if @ended;
    while (my $end = shift @ended) {
        my ($file, $rec, $told, $line) = @$end;
        syscall $sys->{close}, $file;
        my ($identity) = $line =~ /\A(.*?),"kind"/;
        if (record_anew($rec, ($line =~ /\n./ ? '' : $identity . $START) . $line)) {
            answer($told);
        } else {
            answer("started $1") if $told =~ /\Aran (.*)/;
            force_told();
            leave(1);    # a wrapper that is gone without a record: the driver finds it
        }
    }
}

# Forces records to disk that were told: once there is time for it, and before this process ends, because then nobody may
# be left who has them in a journal.
sub force_told {
    while (my @records = splice @told, 0, $FORCED_AT_ONCE) {
        my @files = grep { $_ >= 0 } map { syscall $sys->{openat}, $AT_FDCWD, $_, $O_WRONLY | $O_CLOEXEC, 0 } @records;
        if ($sys->{sync_file_range}) {
            syscall $sys->{sync_file_range}, $_, 0, 0, $SYNC_FILE_RANGE_WRITE for @files;
        }
        for my $file (@files) {
            syscall $sys->{fsync}, $file;
            syscall $sys->{close}, $file;
        }
    }
}

# Ends a worker, but not before the ends of its jobs are told and on disk.
sub leave_work {
    my ($code) = @_;
    tell_for_sure();
    force_told();
    leave($code);
}

sub tell_start {
    my ($job) = @_;
    answer("started $job->{seq} $job->{pid}");
    $job->{told} = 1;
}

# Why a job was not started and will not be: one of the codes of JobServer, and the words for people.
sub refused {
    my ($seq, $code, $trouble) = @_;
    answer("refused $seq $code $trouble");
}

# Lines in one write below PIPE_BUF, so that those of several wrappers do not mix. A driver that is gone is no error.
sub answer {
    my @lines = @_;
    return unless $answers && @lines;
    tr/\n/ / for @lines;
    syswrite $answers, join '', map { substr($_, 0, 2000) . "\n" } @lines;
}
