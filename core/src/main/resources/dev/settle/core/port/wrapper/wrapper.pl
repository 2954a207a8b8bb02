#!/usr/bin/perl
# settle's job wrapper: runs one item's attempt and writes down how it ended.
#
#   wrapper.pl JOBS [INDEX]   runs one job of a jobs file (JobWrapper.writeJobs), ends as the job ended
#   wrapper.pl --serve        runs jobs for a driver: requests on stdin, answers on stdout (JobServer)
#
# No modules: they cost 10 ms, and nodes often have no more of Perl than its interpreter. What the interpreter lacks is
# asked of the kernel by number; on a machine that is not in the table the modules are loaded after all.
use strict;

# Numbers of syscalls by the ELF machine of this perl: x86-64, AArch64, RISC-V 64, POWER 64 (Linux syscall tables).
my %SYSCALLS = (
    62 => {
        clock_gettime => 228, close => 3, dup3 => 292, exit_group => 231, fsync => 74, getrusage => 98,
        openat => 257, prctl => 157, rt_sigaction => 13, rt_sigprocmask => 14, setitimer => 38, setsid => 112,
        sync_file_range => 277, wait4 => 61, write => 1,
    },
    183 => {
        clock_gettime => 113, close => 57, dup3 => 24, exit_group => 94, fsync => 82, getrusage => 165,
        openat => 56, prctl => 167, rt_sigaction => 134, rt_sigprocmask => 135, setitimer => 103, setsid => 157,
        sync_file_range => 84, wait4 => 260, write => 64,
    },
    21 => {
        clock_gettime => 246, close => 6, dup3 => 316, exit_group => 234, fsync => 118, getrusage => 77,
        openat => 286, prctl => 171, rt_sigaction => 173, rt_sigprocmask => 174, setitimer => 104, setsid => 66,
        wait4 => 114, write => 4,
    },
);
$SYSCALLS{243} = $SYSCALLS{183};    # both use the generic table
my $sys = $SYSCALLS{elf_machine()} || {};

# What a server and its workers need of them; the wrapper of one job does without any.
my @SERVER_SYSCALLS = qw(
    clock_gettime close dup3 exit_group fsync openat prctl rt_sigaction setitimer setsid wait4 write);

# The same on every Linux of those machines; Fcntl and Errno would have to be loaded.
my ($O_WRONLY, $O_CREAT, $O_EXCL, $O_APPEND, $O_CLOEXEC) = (01, 0100, 0200, 02000, 02000000);
my ($ENOENT, $EINTR, $EEXIST, $EFBIG) = (2, 4, 17, 27);
my $WNOHANG = 1;
my ($AF_UNIX, $SOCK_STREAM, $SOCK_SEQPACKET, $MSG_DONTWAIT) = (1, 1, 5, 0100);
my ($PR_SET_PDEATHSIG, $PR_SET_DUMPABLE, $PR_SET_CHILD_SUBREAPER) = (1, 4, 36);
my ($CLOCK_REALTIME, $CLOCK_MONOTONIC, $CLOCK_BOOTTIME) = (0, 1, 7);
my $AT_FDCWD = -100;
my $SYNC_FILE_RANGE_WRITE = 2;
# Clock ticks of /proc, a second: USER_HZ of all those machines.
my $TICKS_S = 100;

# exec takes no argument longer than 128 KiB (MAX_ARG_STRLEN); longer scripts go through a file.
my $ARGUMENT_MAX = 100_000;
# How long the whole tree may take to die after KILL before it is left behind (a process in the kernel, D state).
my $UNKILLABLE_S = 10;
# A signal that comes between the look at the flags and the wait is noticed after this time at the latest.
my $TICK_S = 1;
# A job that is over sooner is told of once, when it has ended.
my $TELL_S = 0.02;
# Again and again, because an alarm just before the wait would be lost.
my $TELL_TIMER = pack 'q4', 0, $TELL_S * 1e6, 0, $TELL_S * 1e6;
# A worker whose job takes longer, or that waits longer for one, has time for the disk.
my $REST_S = 1;
my $REST_TIMER = pack 'q4', $REST_S, 0, $REST_S, 0;
my $NO_TIMER = "\0" x 32;
my $DEFAULT_ACTION = "\0" x 32;
# A socket holds messages of 200 kB; a longer text of a job goes through a file.
my $MESSAGE_MAX = 100_000;
# So many short jobs of a worker at most have ended and are not told: they are told together.
my $ENDED_MAX = 8;
# So many records at most are told and not forced to disk by a worker that has no rest. What was told before them is in
# the driver's journal, which is forced: a driver sends no more than that ahead of it (Policy.AHEAD_MAX).
my $TOLD_MAX = 256;
# So many files are handed to the disk before the first is waited for, so that they share its commit.
my $FORCED_AT_ONCE = 32;
# How long a signal waits for the canary's word on whether every process of the job got it.
my $CANARY_S = 0.3;
# Waits between tries to write the exit record: 31 s in all.
my @RECORD_TRIES_S = (0.1, 0.4, 0.5, 1, 2, 3, 4, 5, 5, 5, 5);
# What this script itself ends with when the job could not be started, as timeout(1) and env(1) do.
my $CANNOT_START = 125;

my @NAMES = qw(ZERO HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP
    TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH IO PWR SYS);
my %NUMBER = map { $NAMES[$_] => $_ } 1 .. $#NAMES;
# Those that a process can be started with ignored, by nohup, by a shell's &, by Python.
my @RESET = qw(HUP INT QUIT USR1 USR2 PIPE ALRM TERM CHLD CONT TSTP TTIN TTOU XCPU XFSZ WINCH);
# Words that mean something else to a shell than the program of that name.
my %SHELL_WORD = map { $_ => 1 } qw(alias bg bind break builtin caller case cd command compgen complete compopt
    continue declare dirs disown do done echo elif else enable esac eval exec exit export fc fg fi for function getopts
    hash help history if in jobs kill let local logout mapfile popd printf pushd pwd read readarray readonly return
    select set shift shopt source suspend test then time times trap type typeset ulimit umask unalias unset until wait
    while . :);

my ($host, $boot) = (first_line('/proc/sys/kernel/hostname'), first_line('/proc/sys/kernel/random/boot_id'));
my $answers;    # where the driver listens, when there is one
my %seen;       # signals that came, and when
my $own_ticks;  # when this process started, see start_ticks
my @ended;      # jobs of a worker whose end is written and not told yet
my @told;       # records of a worker that are told and not forced to disk yet
my $last_env = [];  # names and values of the last job of a worker
my %lent;       # what the environment had under those names
my ($status, $usage) = (pack('i', 0), "\0" x 144);    # of a process that a worker waited for
my ($time, $began) = ("\0" x 16, "\0" x 16);    # what the kernel's clock said last, and when a worker's job began
my $message;    # the job of a worker as it came; keeps its room
my ($heard, $trouble_to);    # how the child of a worker says why it could not become its job
my ($stamped, $stamp) = (-1, '');    # see stamp
my $START = ",\"kind\":\"start\",\"mode\":\"local\"}\n";    # ends a worker's start record
my $place;      # the part of all records of a worker that tells where they were written
my $ticks_agree;    # whether the clock tells the ticks that /proc tells

delete $ENV{LD_BIND_NOW} if @ARGV && $ARGV[0] eq '--serve';    # JobServer's, for this perl alone
restore_environment();
if (@ARGV && $ARGV[0] eq '--serve') {
    serve();
} else {
    die "usage: wrapper.pl JOBS [INDEX] | --serve\n" unless @ARGV;
    my $index = defined $ARGV[1] ? $ARGV[1] : defined $ENV{SLURM_ARRAY_TASK_ID} ? $ENV{SLURM_ARRAY_TASK_ID} : 0;
    my ($text, $trouble) = read_job($ARGV[0], $index);
    unless (defined $text) {
        say_error("cannot read job $index of $ARGV[0]: $trouble");
        leave($CANNOT_START);
    }
    run($text);
}

# ---------------------------------------------------------------------------------------------------- jobs from outside

# Requests: "job SEQ LENGTH WORKERS AHEAD\n" and so many bytes: a job (JobWrapper.fields), how many may run at once, and 1
# for one that waits for its turn; "back SEQ ...\n" for those that are no longer to start. Answers, one line each: "ready"
# before all others, "refused SEQ TEXT", "back SEQ", "started SEQ PID" and, when its record is there, "ended PID"; of a
# short job both at once, "ran SEQ PID"; "lost PID" of a worker that was killed.
#
# This process keeps the jobs that wait. As many workers as may run at once take them from it without a word, so that
# the next job starts when one ends and not when the driver knows; each is the wrapper of its job and outlives this
# process and the driver until that has ended. What waits is lost with this process: no worker starts it any more.
sub serve {
    leave(1) if grep { !$sys->{$_} } @SERVER_SYSCALLS;    # the driver starts a wrapper for each job then
    setsid();
    chdir '/';
    $SIG{$_} = 'DEFAULT' for @RESET;
    $SIG{PIPE} = 'IGNORE';
    my $stopped = 0;
    $SIG{USR1} = sub { $stopped = 1 };    # of a worker whose job stops the run
    $SIG{CHLD} = sub { };                 # not ignored: it ends a wait for requests
    unblock_signals();
    open $answers, '>&', \*STDOUT or leave(1);
    open STDOUT, '>', '/dev/null';
    socketpair my $give, my $take, $AF_UNIX, $SOCK_SEQPACKET, 0 or leave(1);
    answer('ready');
    my ($buffer, $workers, $most, @waiting) = ('', 0, 0);
    for (;;) {
        while ($buffer =~ /\A(?:job ([0-9]+) ([0-9]+) ([0-9]+) ([01])|back ([0-9 ]+))\n/) {
            my ($end, $seq, $length, $at_once, $ahead, $back) = ($+[0], $1, $2, $3, $4, $5);
            if (defined $back) {
                take_back(\@waiting, $take, {map { $_ => 1 } split / /, $back});
                substr $buffer, 0, $end, '';
                next;
            }
            last if length($buffer) < $end + $length;
            push @waiting, message($seq, $ahead, substr $buffer, $end, $length);
            substr $buffer, 0, $end + $length, '';
            $most = $at_once if $at_once > $most;
        }
        take_back(\@waiting, $take) if $stopped;
        while ($workers > 0 && (my $gone = waitpid -1, $WNOHANG) > 0) {
            $workers--;
            answer("lost $gone") if $?;
        }
        while ($workers < $most) {
            my $pid = fork;
            if (!defined $pid) {
                answer("refused $_ cannot fork: $!") for $workers ? () : map { /\A([0-9]+)/ } splice @waiting;
                last;
            }
            if ($pid == 0) {
                close $give;
                work($take, getppid);
            }
            $workers++;
        }
        while (@waiting && defined send $give, $waiting[0], $MSG_DONTWAIT) {
            shift @waiting;
        }
        my ($requests, $room) = ('', '');
        vec($requests, fileno STDIN, 1) = 1;
        vec($room, fileno $give, 1) = 1 if @waiting;
        next if 0 >= select $requests, $room, undef, $TICK_S;
        next unless vec $requests, fileno STDIN, 1;
        my $got = sysread STDIN, $buffer, 65536, length $buffer;
        next if !defined $got && $! == $EINTR;
        leave(0) unless $got;    # the driver is gone; what runs is not
    }
}

# A job as a worker gets it: "SEQ AHEAD KIND" and its fields, or the file with them; nothing if that cannot be written.
sub message {
    my ($seq, $ahead, $fields) = @_;
    return "$seq $ahead text\n$fields" if length $fields <= $MESSAGE_MAX;
    my $rec = (split /\0/, $fields, 3)[1];
    my $path = defined $rec ? "$rec.text" : '';
    unlink $path;
    make_parent($path);
    my $out;
    if (sysopen($out, $path, $O_WRONLY | $O_CREAT | $O_EXCL, 0600) && write_all($out, $fields)) {
        return "$seq $ahead file\n$path";
    }
    answer("refused $seq cannot write $path: $!");
    unlink $path;
    return;
}

# Gives back what waits and no worker has taken: these, or all that were sent ahead of their turn.
sub take_back {
    my ($waiting, $take, $which) = @_;
    my ($message, @kept);
    while (defined recv($take, $message, 2 * $MESSAGE_MAX, $MSG_DONTWAIT) && length $message) {
        push @kept, $message;
    }
    push @kept, splice @$waiting;
    for my $kept (@kept) {
        my ($seq, $ahead, $kind, $text) = $kept =~ /\A([0-9]+) ([01]) (\w+)\n(.*)\z/s;
        if ($which ? $which->{$seq} : $ahead) {
            unlink $text if $kind eq 'file';
            answer("back $seq");
        } else {
            push @$waiting, $kept;
        }
    }
}

# Runs one job after another: a process for each would cost as much as a short job does. What the last one left in the
# background is no part of the next: it gets another parent.
sub work {
    my ($take, $server) = @_;
    setsid();
    open STDIN, '<', '/dev/null';
    notice_signals();
    socketpair $heard, $trouble_to, $AF_UNIX, $SOCK_STREAM, 0 or leave(1);
    $own_ticks = start_ticks($$);
    $place = place(wrapper_pid => number($$), wrapper_ticks => number($own_ticks));
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

# Runs a job. After a fork each page that this process or its child writes to is copied, which is what a short job costs
# most: hence plain variables in one place, no hash of the job, few calls, and files by number (perl asks three things of
# each file that it opens, and looks through all that are open at each fork).
sub work_on {
    my ($seq, $from, $server) = @_;
    # The order of JobWrapper.fields; each field ends with a NUL.
    my ($who, $rec, $token, $out, $err, $dir, $timeout, $limit, $grace, $setup, $script, @env) =
        split /\0/, substr($message, $from), -1;
    return answer("refused $seq the job's text is damaged") unless @env % 2 && pop(@env) eq '';
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
    set_environment($out, \@env);
    # What is done before the fork touches no page that two processes share; what may hang on somebody's file system is
    # left to the child.
    my $run = run_folder($rec);
    my $private = index($out, $run) == 0 && index($err, $run) == 0;
    my $trouble;
    $trouble = open_output(2, $err, 0600) || open_output(1, $out, 0600) if $private;
    my @words = $setup eq '' ? plain_words($script) : ();
    my $tick = boot_tick();
    my $identity = "$who,$place,\"started_at\":\"" . stamp() . '","pid":';
    syscall $sys->{clock_gettime}, $CLOCK_MONOTONIC, $began;
    my $pid = fork;
    if (!defined $pid) {
        $trouble = "cannot fork: $!";
        unlink $start;
        syscall $sys->{close}, $file;
        return answer("refused $seq $trouble");
    }
    if ($pid == 0) {
        syscall $sys->{setsid};
        # A cancellation that comes before exec is none of the handler's. Perl's %SIG would touch 21 pages.
        syscall $sys->{rt_sigaction}, $NUMBER{TERM}, $DEFAULT_ACTION, 0, 8;
        $tick = start_ticks($$) unless $ticks_agree && boot_tick() == $tick;
        my $what = 'start';
        my $line = $identity . $$ . ",\"start_ticks\":$tick" . $START;
        if (length $line == syscall $sys->{write}, $file, $line, length $line) {
            $what = 'exec';
            $trouble = open_output(2, $err, output_mode($rec, $err)) || open_output(1, $out, output_mode($rec, $out))
                unless $private;
            $trouble = "working directory $dir: $!" unless $trouble || chdir $dir;
            unless ($trouble) {
                # When there is no such program the shell says so in its own words.
                exec { $words[0] } @words if @words;
                my @command = command({rec => $rec, setup => $setup, script => $script});
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
            apart => 1, local => 1, seq => $seq, rec => $rec, pid => $pid, mark => "$token.0", timeout => $timeout,
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
                return answer("refused $seq $failure");
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
    my ($out, $env) = @_;
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

# Lines in one write below PIPE_BUF, so that those of several wrappers do not mix. A driver that is gone is no error.
sub answer {
    my @lines = @_;
    return unless $answers && @lines;
    tr/\n/ / for @lines;
    syswrite $answers, join '', map { substr($_, 0, 2000) . "\n" } @lines;
}

# A jobs file begins with lines of 32 bytes: "settle-jobs 1 COUNT", then for each job "OFFSET LENGTH", offsets from 1.
sub read_job {
    my ($file, $index) = @_;
    open my $in, '<', $file or return (undef, "$!");
    binmode $in;
    sysread $in, my $head, 32;
    my ($count) = (defined $head ? $head : '') =~ /\Asettle-jobs 1 ([0-9]+) *\n\z/;
    return (undef, 'not a jobs file') unless defined $count;
    return (undef, 'there is no such job in it') unless $index =~ /\A[0-9]+\z/ && $index < $count;
    sysseek $in, 32 * ($index + 1), 0;
    sysread $in, my $place, 32;
    return (undef, 'its index is damaged') unless $place =~ /\A([0-9]{15}) ([0-9]{15})\n\z/;
    my ($offset, $length) = ($1 - 1, $2 + 0);
    sysseek $in, $offset, 0;
    my $text = '';
    while (length $text < $length) {
        my $got = sysread $in, $text, $length - length $text, length $text;
        next if !defined $got && $! == $EINTR;
        return (undef, 'it is cut short') unless $got;
    }
    return $text;
}

# A job's text is shell, so that the script for machines without perl can read it as well: lines of settle_NAME='VALUE'
# and a function with lines of export NAME='VALUE'.
sub parse {
    my ($text) = @_;
    my (%job, @env);
    pos($text) = 0;
    while ($text =~ /\G(export )?([A-Za-z_][A-Za-z0-9_]*)='([^']*)/gc) {
        my ($export, $name, $value) = ($1, $2, $3);
        # In steps: a pattern with * around an alternative gives up after 32766 rounds before perl 5.30.
        until ($text =~ /\G'\n/gc) {
            $text =~ /\G'\\(')'/gc || $text =~ /\G([^']+)/gc or return;
            $value .= $1;
        }
        if ($export) {
            push @env, $name, $value;
        } else {
            $job{substr $name, length 'settle_'} = $value;
        }
        $text =~ /\G(?:settle_export\(\) \{\n:\n|\}\n)+/gc;
    }
    return unless pos($text) == length $text && defined $job{script} && $job{version} eq '1';
    $job{env} = \@env;
    return \%job;
}

# ------------------------------------------------------------------------------------------------------------ one job

# Runs a job from its text to its end, and this process with it.
sub run {
    my ($text) = @_;
    my $job = read_text($text);
    unless ($job) {
        say_error("the job's text is damaged");
        leave($CANNOT_START);
    }
    # Handlers before anybody can learn of this process, so that no signal finds it unprepared.
    notice_signals();
    ($job->{cpu_before}) = usage();    # of what was waited for before this script took the process over
    claim($job);
    $own_ticks ||= start_ticks($$);
    $job->{identity} = identity($job, stamp());
    unless (!defined $job->{file} || write_all($job->{file}, start_line($job))) {
        my $trouble = "cannot write $job->{rec}.start: $!";
        unlink "$job->{rec}.start";
        undef $job->{file};
        cannot_record($job, $trouble);
    }
    start_canary($job) unless $job->{local};
    my ($pid, $failure) = start($job);
    my $status = defined $pid ? watch($job, $pid, now($CLOCK_MONOTONIC)) : undef;
    if (defined $failure) {
        say_error($failure);
    }
    if ($job->{canary}) {
        kill 'KILL', $job->{canary};
        waitpid $job->{canary}, 0;
    }
    my ($cpu, $rss) = usage();
    end_record($job, end_line(
        $job->{identity}, $status, $failure, $job->{ended_by}, $job->{terminated}, $cpu - $job->{cpu_before}, $rss,
    ));
    unlink "$job->{rec}.script" if needs_file($job);
    end_as($status);
}

# A job from its text and from the Slurm job that it is run by.
sub read_text {
    my ($text) = @_;
    my $job = parse($text) or return;
    $job->{local} = $job->{mode} eq 'local';
    $job->{restart} = ($ENV{SLURM_RESTART_COUNT} || '0') =~ /\A([0-9]+)\z/ ? $1 + 0 : 0;
    $job->{slurm_job} =
          !defined $ENV{SLURM_JOB_ID} || $job->{local} ? undef
        : defined $ENV{SLURM_ARRAY_JOB_ID} ? "$ENV{SLURM_ARRAY_JOB_ID}_$ENV{SLURM_ARRAY_TASK_ID}"
        :                                    $ENV{SLURM_JOB_ID};
    # Accounting learns only after some seconds that this number is a task of an array.
    $job->{slurm_number} = $job->{local} || !defined $ENV{SLURM_ARRAY_JOB_ID} ? undef : $ENV{SLURM_JOB_ID};
    $job->{mark} = "$job->{token}.$job->{index}";
    return $job;
}

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

# Starts the job's process; (pid) or (undef, why not).
sub start {
    my ($job) = @_;
    my $trouble = prepare($job);
    return (undef, $trouble) if defined $trouble;
    my @words = $job->{setup} eq '' ? plain_words($job->{script}) : ();
    my @command = command($job);
    return (undef, $command[1]) unless defined $command[0];

    # Only what may fail to exec is asked whether it did: an interpreter, or an environment near the limits.
    my ($from_child, $to_parent);
    my $ask = needs_file($job) || length($job->{script}) + env_size() > $ARGUMENT_MAX;
    pipe $from_child, $to_parent if $ask;
    my $pid = fork;
    return (undef, "cannot fork: $!") unless defined $pid;
    if ($pid == 0) {
        $SIG{$_} = 'DEFAULT' for @RESET;
        kill $_, $$ for grep { $seen{$_} } qw(TERM INT);    # it came before there was anybody to get it
        # When there is no such program the shell says so in its own words.
        exec { $words[0] } @words if @words;
        $trouble = execute(@command);
        syswrite $to_parent, $trouble if $ask;
        leave($CANNOT_START);
    }
    if ($ask) {
        close $to_parent;
        my $said = '';
        for (;;) {
            my $got = sysread $from_child, $said, 4096, length $said;
            next if !defined $got && $! == $EINTR;
            last unless $got;
        }
        close $from_child;
        if (length $said) {
            waitpid $pid, 0;
            return (undef, $said);
        }
    }
    return $pid;
}

# Becomes the job; why it cannot, if it comes back.
sub execute {
    my (@command) = @_;
    exec { $command[0] } @command[1 .. $#command];
    return "cannot start the script: $command[0]: $!";
}

# Everything around the script: output, working directory, environment; why the job cannot be started, if it cannot.
sub prepare {
    my ($job) = @_;
    if ($job->{local}) {
        for ([\*STDERR, $job->{err}], [\*STDOUT, $job->{out}]) {
            my $trouble = redirect(@$_, output_mode($job->{rec}, $_->[1]));
            return $trouble if defined $trouble;
        }
    } else {
        for ([\*STDOUT, $job->{out}, 1], [\*STDERR, $job->{err}, 2]) {
            my $trouble = lead_to_output($job, @$_);
            return $trouble if defined $trouble;
        }
    }
    chdir $job->{dir} or return "working directory $job->{dir}: $!";
    my @env = @{$job->{env}};
    while (my ($name, $value) = splice @env, 0, 2) {
        $ENV{$name} = $value;
        make_parent($value) if ($name eq 'SETTLE_RESULT' || $name eq 'SETTLE_STOP') && $value =~ m{^/};
    }
    # A job that Slurm requeued runs the script of its first start.
    $ENV{SETTLE_ATTEMPT} += $job->{restart} if $ENV{SETTLE_ATTEMPT} && !$job->{local};
    $ENV{PWD} = $job->{dir};
    # Every process of the job carries it: the tree can be found when its parents are gone.
    $ENV{SETTLE_JOB} = $job->{mark};
    return;
}

# The folder of a job's run, with a slash at its end: its records lie in a folder of it.
sub run_folder {
    my ($rec) = @_;
    return substr $rec, 0, 1 + rindex $rec, '/', rindex($rec, '/') - 1;
}

# Whether a path of output is in the run's folder, and not one that the user chose.
sub is_own {
    my ($rec, $path) = @_;
    my $run = run_folder($rec);
    return $run ne '' && index($path, $run) == 0;
}

# What the user chose gets the mode of the user's umask.
sub output_mode {
    my ($rec, $path) = @_;
    return is_own($rec, $path) ? 0600 : 0666;
}

sub same_file {
    my ($one, $other) = map { join ':', (stat)[0, 1] } @_;
    return $one ne '' && $one eq $other;
}

sub redirect {
    my ($handle, $path, $mode) = @_;
    my $file;
    unless (sysopen $file, $path, $O_WRONLY | $O_CREAT | $O_APPEND, $mode) {
        return "output file $path: $!" unless $! == $ENOENT && make_parent($path);
        sysopen $file, $path, $O_WRONLY | $O_CREAT | $O_APPEND, $mode or return "output file $path: $!";
    }
    open $handle, '>>&', $file or return "output file $path: $!";
    return;
}

# Where Slurm opened the output elsewhere (an array has one pattern for all tasks): the item's path in the run's folder
# leads there; a path that the user chose is written to, as Slurm does for a single job.
sub lead_to_output {
    my ($job, $handle, $path, $fd) = @_;
    return if $path eq '';
    my $real = readlink "/proc/self/fd/$fd";
    return unless defined $real && $real =~ m{^/} && -f $real;
    # Slurm made it with the job's umask.
    chmod 0600, $real if $real =~ m{^(.*)/} && (same_file($1, run_folder($job->{rec}) . 'scripts') || same_file($1, run_folder($job->{rec}) . 'items'));
    return if same_file($real, $path);
    return redirect($handle, $path, 0666) unless is_own($job->{rec}, $path);
    return if -e $path;
    make_parent($path);
    symlink $real, $path;
    return;
}

# The words of a script that is nothing but plain words, which mean to a shell what they say: it is left out, which saves
# a third of a short job's cost.
sub plain_words {
    my ($script) = @_;
    $script =~ m{\A[ \t]*([A-Za-z0-9_./][A-Za-z0-9_./+:,@%-]*(?:[ \t]+[A-Za-z0-9_./+:,@%=-]+)*)[ \t\n]*\z} or return;
    my @words = split /[ \t]+/, $1;
    return $SHELL_WORD{$words[0]} ? () : @words;
}

# What to execute: (program, arguments), or (undef, why not).
sub command {
    my ($job) = @_;
    my ($setup, $script) = ($job->{setup}, $job->{script});
    if ($script =~ /\A#!/) {
        my ($line) = $script =~ /\A#!([^\n]*)/;
        return (undef, "the script's first line ends in a carriage return (DOS line ends): #!$line") if $line =~ /\r\z/;
        my ($interpreter, $argument) = $line =~ /\A[ \t]*([^ \t]+)[ \t]*(.*?)[ \t]*\z/;
        return (undef, "the script's first line names no interpreter") unless defined $interpreter;
        return (undef, "bad interpreter $interpreter: " . (-e $interpreter ? 'Permission denied' : 'No such file'))
            unless -x $interpreter && -f _;
        my $file = script_file($job, $script) or return (undef, "cannot write $job->{rec}.script: $!");
        # As the kernel does it, but without asking that the file system lets files be executed.
        my @command = ($interpreter, $interpreter, ($argument eq '' ? () : $argument), $file);
        return @command if $setup eq '';
        shift @command;
        return ('/bin/sh', 'sh', '-c', "$setup\n\nexec " . join ' ', map { quoted($_) } @command);
    }
    my $text = $setup eq '' ? $script : "$setup\n\n$script";
    return ('/bin/sh', 'sh', '-c', '--', $text) unless needs_file($job);
    my $file = script_file($job, $text) or return (undef, "cannot write $job->{rec}.script: $!");
    return ('/bin/sh', 'sh', $file);
}

sub script_file {
    my ($job, $text) = @_;
    my $path = "$job->{rec}.script";
    unlink $path;
    sysopen my $out, $path, $O_WRONLY | $O_CREAT | $O_EXCL, 0700 or return;
    write_all($out, $text) && close $out or return;
    return $path;
}

# Whether the script cannot be an argument of a shell.
sub needs_file {
    my ($job) = @_;
    return $job->{script} =~ /\A#!/ || length($job->{setup}) + length($job->{script}) + 2 > $ARGUMENT_MAX;
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
    until (defined $status && !$ending) {
        my $now = now($CLOCK_MONOTONIC);
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
            tell_ended() if @ended;
            # On a busy machine its process may not have come to write its start record.
            tell_start($job) if -s "$job->{rec}.start";
        }
        force_told() if @told && $now >= $began + $REST_S;
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

# ----------------------------------------------------------------------------------------------------------- the tree

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
    my $mark = "\0SETTLE_JOB=$job->{mark}\0";
    for my $pid (keys %state) {
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

# -------------------------------------------------------------------------------------------------------- the records

# Claims the attempt, so that it runs once whoever submits it twice, by creating the file of its start record. It is the
# first line of the file that becomes the exit record, so that a full disk has room for the end.
sub claim {
    my ($job) = @_;
    my $start = "$job->{rec}.start";
    for (1 .. 3) {
        my $file = create($start);
        if (defined $file) {
            earlier_run($job, $job->{rec}) if -e $job->{rec};
            $job->{file} = $file;
            return;
        }
        my $error = $!;
        if ($error == $EEXIST) {
            earlier_run($job, $start);
            next;
        }
        next if $error == $ENOENT && make_parent($start);
        return cannot_record($job, "cannot create $start: $error");
    }
    cannot_record($job, "cannot create $start");
}

# Who runs the attempt and where to find it.
sub start_line {
    my ($job) = @_;
    return "$job->{identity},\"kind\":\"start\",\"mode\":\"$job->{mode}\"}\n";
}

# Without a start record a local job is not started: nobody could find it again. A batch job waited in the queue for
# its turn; it runs, and its exit record is tried at its end.
sub cannot_record {
    my ($job, $trouble) = @_;
    say_error($trouble);
    return unless $job->{local};
    answer("refused $job->{seq} $trouble") if $job->{apart};
    $job->{apart} ? leave_work(0) : leave($CANNOT_START);
}

# Somebody was here before: an earlier run of the same Slurm job (a requeue), whose records are put aside, or another
# submission of the same attempt, and then this one must not run.
sub earlier_run {
    my ($job, $path) = @_;
    my $said = '';
    for (1 .. 50) {
        $said = first_line($path);
        last if $said =~ /\}\z/;
        select undef, undef, undef, 0.02;    # its first line is just being written
    }
    my ($pid) = $said =~ /"pid":([0-9]+)/;
    my ($token) = $said =~ /"token":"([a-z0-9]+)"/;
    my ($slurm_job) = $said =~ /"slurm_job":"([0-9_]+)"/;
    my ($restart) = $said =~ /"restart":([0-9]+)/;
    # A claim without a word is of a wrapper that was killed before it could run anything.
    my $same_job = !defined $pid || (defined $job->{slurm_job} && defined $slurm_job && $slurm_job eq $job->{slurm_job});
    if ($same_job) {
        my $aside = defined $restart ? $restart : 'x';
        (my $end = $path) =~ s/\.start\z//;
        rename $path, $path eq $end ? "$end.restart$aside" : "$end.restart$aside.start";
        return;
    }
    unlink "$job->{rec}.start" if $path eq $job->{rec};    # our own claim beside an exit record
    if ($job->{local} && $token eq $job->{token}) {
        answer(($path eq $job->{rec} ? 'ran' : 'started') . " $job->{seq} $pid") if $job->{apart};
        $job->{apart} ? leave_work(0) : leave(0);
    }
    my $who = defined $slurm_job ? "job $slurm_job" : "process $pid";
    answer("refused $job->{seq} this attempt was already started by $who") if $job->{apart};
    leave_work(0) if $job->{apart};
    say_error("this attempt was already started by $who; it is not run twice");
    leave($CANNOT_START);
}

# The line that a record ends with.
sub end_line {
    my ($identity, $status, $failure, $by, $terminated, $cpu, $rss) = @_;
    my $signal = defined $status ? $status & 127 : 0;
    my $code = defined $status && !$signal ? $status >> 8 : 'null';
    $signal ||= 'null';
    $by = $by ? "\"$by\"" : 'null';
    $failure = defined $failure ? json_text($failure) : 'null';
    $terminated = $terminated ? 'true' : 'false';
    $rss = 'null' unless defined $rss;
    return "$identity,\"kind\":\"end\",\"exit_code\":$code,\"signal\":$signal,\"ended_by\":$by"
        . ",\"terminated\":$terminated,\"launch_failure\":$failure,\"ended_at\":\"" . stamp()
        . '","cpu_s":' . sprintf('%.3f', $cpu) . ",\"max_rss_bytes\":$rss}\n";
}

# Writes the end of a record and forces it to disk; whether that worked.
sub end_record {
    my ($job, $line) = @_;
    my $file = $job->{file};
    return 1 if defined $file && write_all($file, $line) && fsync($file) && rename "$job->{rec}.start", $job->{rec};
    return record_anew($job->{rec}, start_line($job) . $line);
}

# Writes a whole record to another file, again and again where the disk refuses; whether that worked in the end.
sub record_anew {
    my ($rec, $text) = @_;
    for my $wait (@RECORD_TRIES_S, 0) {
        unlink "$rec.tmp";
        my $file = create("$rec.tmp");
        if (defined $file) {
            my $done = write_all($file, $text) && fsync($file) && rename "$rec.tmp", $rec;
            my $error = $!;
            shut($file);
            if ($done) {
                unlink "$rec.start";
                return 1;
            }
            $! = $error;
        }
        # The run's folder was removed, or a limit on file sizes holds: waiting does not help.
        last if $! == $ENOENT || $! == $EFBIG;
        select undef, undef, undef, $wait;
    }
    say_error("cannot write the exit record $rec: $!");
    return 0;
}

# Both lines of a record begin with it: what runs, where, and the process that runs it.
sub identity {
    my ($job, $started) = @_;
    my $who = json(
        settle_record => number(1),
        token => $job->{token},
        index => number($job->{index}),
        item => $job->{item},
        attempt => number($job->{attempt}),
        restart => number($job->{restart}),
        slurm_job => $job->{slurm_job},
        slurm_number => $job->{slurm_number},
        timeout_s => number($job->{timeout}),
    );
    return "{$who," . place() . ",\"started_at\":\"$started\",\"pid\":$$,\"start_ticks\":$own_ticks";
}

# Where records are written.
sub place {
    return json(host => $host, boot => $boot, @_);
}

# Fields of an object.
sub json {
    my @fields;
    while (my ($name, $value) = splice @_, 0, 2) {
        push @fields, "\"$name\":" . (!defined $value ? 'null' : ref $value ? $$value : json_text($value));
    }
    return join ',', @fields;
}

sub json_text {
    my ($text) = @_;
    my $copy = $text;
    # Bytes that are no UTF-8 (a path may have them) are told as the characters of Latin-1.
    $text =~ s/([\x80-\xff])/sprintf '\\u%04x', ord $1/ge unless utf8::decode($copy);
    $text =~ s/(["\\\x00-\x1f])/sprintf '\\u%04x', ord $1/ge;
    return "\"$text\"";
}

sub number {
    my ($text) = @_;
    return !defined $text || $text eq '' ? undef : \"$text";
}

# The time as RFC 3339; the second of the last one is kept, because its neighbours are asked for next.
sub stamp {
    my ($second, $ms);
    if ($sys->{clock_gettime}) {
        syscall $sys->{clock_gettime}, $CLOCK_REALTIME, $time;
        ($second, my $ns) = unpack 'q2', $time;
        $ms = int $ns / 1e6;
    } else {
        my $now = now($CLOCK_REALTIME);
        ($second, $ms) = (int $now, int(($now - int $now) * 1000));
    }
    if ($second != $stamped) {
        my ($s, $min, $h, $d, $mon, $y) = gmtime $second;
        $stamp = sprintf '%04d-%02d-%02dT%02d:%02d:%02d', $y + 1900, $mon + 1, $d, $h, $min, $s;
        $stamped = $second;
    }
    return sprintf '%s.%03dZ', $stamp, $ms;
}

# ------------------------------------------------------------------------------------------------------ this machine

# Ends this process as the job ended: same code, or same signal, so that Slurm's accounting says it too.
sub end_as {
    my ($status) = @_;
    leave($CANNOT_START) unless defined $status;
    my $signal = $status & 127;
    leave($status >> 8) unless $signal;
    if ($sys->{prctl}) {
        syscall $sys->{prctl}, $PR_SET_DUMPABLE, 0, 0, 0, 0;    # no core of this process beside the job's own
    } elsif ($signal != 9 && $signal != 15) {
        exec '/bin/sh', '-c', "ulimit -c 0; kill -$signal \$\$";
    }
    $SIG{$NAMES[$signal]} = 'DEFAULT' if $signal < @NAMES && $signal != 9 && $signal != 19;
    kill $signal, $$;
    select undef, undef, undef, 1;
    leave(128 + $signal);
}

# Without the interpreter's clean-up, which costs more than the rest of a short job's end.
sub leave {
    my ($code) = @_;
    syscall $sys->{exit_group}, $code if $sys->{exit_group};
    exit $code;
}

sub say_error {
    syswrite STDERR, "settle: $_[0]\n";
}

sub elf_machine {
    open my $in, '<', '/proc/self/exe' or return 0;
    binmode $in;
    sysread $in, my $head, 20;
    return length $head == 20 && substr($head, 0, 5) eq "\x7fELF\x02" ? unpack 'x18 S', $head : 0;
}

# Variables that steer what settle itself starts were put aside by it, so that they steer only what the job starts.
sub restore_environment {
    for my $name (grep { /\ASETTLE_KEEP_/ } keys %ENV) {
        $ENV{substr $name, length 'SETTLE_KEEP_'} = delete $ENV{$name};
    }
}

sub content {
    my ($path) = @_;
    open my $in, '<', $path or return '';
    binmode $in;
    local $/;
    my $text = <$in>;
    return defined $text ? $text : '';
}

sub first_line {
    my ($path) = @_;
    open my $in, '<', $path or return '';
    my $line = <$in>;
    return '' unless defined $line;
    chomp $line;
    return $line;
}

# Now in clock ticks since boot, as /proc counts them; undefined where the kernel is not asked by number.
sub boot_tick {
    return unless $sys->{clock_gettime};
    syscall $sys->{clock_gettime}, $CLOCK_BOOTTIME, $time;
    my ($s, $ns) = unpack 'q2', $time;
    return $s * $TICKS_S + int($ns / (1e9 / $TICKS_S));
}

# Start of a process in clock ticks since boot (proc(5), stat, field 22): with the pid it names it for ever.
sub start_ticks {
    my ($pid) = @_;
    open my $in, '<', "/proc/$pid/stat" or return 0;
    sysread $in, my $stat, 1024;
    my @fields = split ' ', defined $stat && $stat =~ /.*\) (.*)/s ? $1 : '';
    return $fields[19] || 0;
}

# A new file, by number where the kernel is asked by number.
sub create {
    my ($path) = @_;
    my $file;
    if ($sys->{openat} && $sys->{write} && $sys->{close}) {
        $file = syscall $sys->{openat}, $AT_FDCWD, $path, $O_WRONLY | $O_CREAT | $O_EXCL | $O_CLOEXEC, 0600;
        return $file < 0 ? undef : $file;
    }
    return sysopen($file, $path, $O_WRONLY | $O_CREAT | $O_EXCL, 0600) ? $file : undef;
}

sub shut {
    my ($file) = @_;
    ref $file ? close $file : syscall $sys->{close}, $file;
}

sub write_all {
    my ($file, $text) = @_;
    while (length $text) {
        my $wrote = ref $file ? syswrite $file, $text : syscall $sys->{write}, $file, $text, length $text;
        next if (!defined $wrote || $wrote < 0) && $! == $EINTR;
        return 0 unless defined $wrote && $wrote > 0;
        $text = substr $text, $wrote;
    }
    return 1;
}

sub make_parent {
    my ($path) = @_;
    my ($parent) = $path =~ m{\A(.+)/[^/]*\z};
    return 0 unless defined $parent;
    return 1 if -d $parent;
    make_parent($parent);
    return mkdir($parent) || -d $parent;
}

sub env_size {
    my $size = 0;
    $size += length($_) + length($ENV{$_}) + 2 for keys %ENV;
    return $size;
}

sub quoted {
    my ($text) = @_;
    $text =~ s/'/'\\''/g;
    return "'$text'";
}

sub setsid {
    if ($sys->{setsid}) {
        syscall $sys->{setsid};
    } else {
        require POSIX;
        POSIX::setsid();
    }
}

# A JVM leaves QUIT blocked in what it starts, and a block is inherited where a handler is not.
sub unblock_signals {
    if ($sys->{rt_sigprocmask}) {
        my $none = pack 'Q', 0;
        syscall $sys->{rt_sigprocmask}, 2, $none, 0, 8;    # SIG_SETMASK
    } else {
        require POSIX;
        POSIX::sigprocmask(POSIX::SIG_SETMASK(), POSIX::SigSet->new);
    }
}

sub fsync {
    my ($file) = @_;
    if ($sys->{fsync}) {
        return syscall($sys->{fsync}, ref $file ? fileno $file : $file) == 0;
    }
    require IO::Handle;
    return $file->sync;
}

# What the kernel's clock said, in seconds.
sub seconds {
    my ($s, $ns) = unpack 'q2', $_[0];
    return $s + $ns / 1e9;
}

# Seconds of one of the two clocks.
sub now {
    my ($clock) = @_;
    if ($sys->{clock_gettime}) {
        syscall $sys->{clock_gettime}, $clock, $time;
        return seconds($time);
    }
    return eval { require Time::HiRes; Time::HiRes::time() } || time;
}

# Reaps a child, this one's or an orphan: (pid, wait status). Comes back without one, (0), after so many seconds, or
# when a signal came. Perl's own waitpid goes on waiting after a signal.
sub wait_for_any {
    my ($job, $seconds) = @_;
    unless ($sys->{wait4} && $sys->{setitimer}) {
        my ($pid, $how) = reap($job, $WNOHANG);
        return ($pid, $how) if $pid > 0;
        select undef, undef, undef, $seconds < 0.05 ? $seconds : 0.05;
        return 0;
    }
    # Again and again, because an alarm just before the wait would be lost.
    my $us = $seconds < 0.001 ? 1000 : int($seconds * 1e6);
    my ($s, $rest) = (int($us / 1e6), $us % 1e6);
    my $timer = pack 'q4', $s, $rest, $s, $rest;
    syscall $sys->{setitimer}, 0, $timer, 0;
    return reap($job, 0);
}

# The same with the kernel's own options; a job that is not alone in its wrapper counts what it used.
sub reap {
    my ($job, $options) = @_;
    unless ($sys->{wait4}) {
        my $pid = waitpid -1, $options;
        return ($pid > 0 ? $pid : 0, $?);
    }
    my ($status, $usage) = (pack('i', 0), "\0" x 144);
    my $pid = syscall $sys->{wait4}, -1, $status, $options, $usage;
    return 0 unless $pid > 0;
    if ($job->{apart}) {
        my ($us, $uu, $ss, $su, $rss) = unpack 'q5', $usage;
        $job->{cpu} += $us + $ss + ($uu + $su) / 1e6;
        $job->{rss} = $rss * 1024 if $rss * 1024 > $job->{rss};
    }
    return ($pid, unpack 'i', $status);
}

# CPU seconds and largest resident set in bytes of everything that was waited for.
sub usage {
    if ($sys->{getrusage}) {
        my $usage = "\0" x 144;
        if (syscall($sys->{getrusage}, -1, $usage) == 0) {
            my ($us, $uu, $ss, $su, $rss) = unpack 'q5', $usage;
            return ($us + $ss + ($uu + $su) / 1e6, $rss * 1024);
        }
    }
    my (undef, undef, $user, $system) = times;
    return ($user + $system, undef);
}
