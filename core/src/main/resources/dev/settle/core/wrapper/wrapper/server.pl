# Part of wrapper.pl: the job server of a driver on this machine (JobServer), which keeps what waits for a worker.
use strict;

# What a server and its workers need of them; the wrapper of one job does without any.
my @SERVER_SYSCALLS = qw(
    clock_gettime close dup3 exit_group fsync openat prctl rt_sigaction setitimer setsid wait4 write);

# Requests and answers: core/docs/wrapper.md.
#
# This process keeps the jobs that wait. As many workers as may run at once take them from it without a word, so that
# the next job starts when one ends and not when the driver knows; each is the wrapper of its job and outlives this
# process and the driver until that has ended. What waits is lost with this process: no worker starts it any more.
sub serve {
    ($input) = @_;
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
        if ($buffer =~ /\Abegin ([0-9]+)\n/ && length $buffer >= $+[0] + $1) {
            my ($from, $length) = ($+[0], $1);
            begin_with(substr $buffer, $from, $length);
            substr $buffer, 0, $from + $length, '';
        }
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
                refused($_, 'no_process', "cannot fork: $!") for $workers ? () : map { /\A([0-9]+)/ } splice @waiting;
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

# What all jobs of this server begin with: variables, and after an empty one the settings of their process.
sub begin_with {
    my ($variables, $settings) = split /(?:\A|(?<=\0))\0/, $_[0], 2;
    become_environment(split /\0/, $variables);
    become_settings(map { /\A([a-z]+)=(.*)\z/ ? ($1, $2) : () } split /\0/, $settings) if defined $settings;
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
    refused($seq, 'storage', "cannot write $path: $!");
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
