# Part of wrapper.pl: this machine. What the interpreter lacks is asked of the kernel by number, without modules: they cost
# 10 ms, and nodes often have no more of Perl than its interpreter. On a machine that is not in the table they are loaded
# after all.
use strict;

# Numbers of syscalls by the ELF machine of this perl: x86-64, AArch64, RISC-V 64, POWER 64 (Linux syscall tables).
my %SYSCALLS = (
    62 => {
        clock_gettime => 228, close => 3, dup3 => 292, exit_group => 231, fsync => 74, getrusage => 98,
        openat => 257, prctl => 157, prlimit64 => 302, rt_sigaction => 13, rt_sigprocmask => 14, setitimer => 38,
        setsid => 112, sync_file_range => 277, wait4 => 61, write => 1,
    },
    183 => {
        clock_gettime => 113, close => 57, dup3 => 24, exit_group => 94, fsync => 82, getrusage => 165,
        openat => 56, prctl => 167, prlimit64 => 261, rt_sigaction => 134, rt_sigprocmask => 135, setitimer => 103,
        setsid => 157, sync_file_range => 84, wait4 => 260, write => 64,
    },
    21 => {
        clock_gettime => 246, close => 6, dup3 => 316, exit_group => 234, fsync => 118, getrusage => 77,
        openat => 286, prctl => 171, prlimit64 => 325, rt_sigaction => 173, rt_sigprocmask => 174, setitimer => 104, setsid => 66,
        wait4 => 114, write => 4,
    },
);
$SYSCALLS{243} = $SYSCALLS{183};    # both use the generic table
my $sys = $SYSCALLS{elf_machine()} || {};

# The same on every Linux of those machines; Fcntl and Errno would have to be loaded.
my ($O_WRONLY, $O_CREAT, $O_EXCL, $O_APPEND, $O_CLOEXEC) = (01, 0100, 0200, 02000, 02000000);
my ($O_RDONLY, $O_NOCTTY, $O_NONBLOCK, $F_SETFL) = (0, 0400, 04000, 4);
my ($ENOENT, $EINTR, $EEXIST, $EFBIG) = (2, 4, 17, 27);
my $WNOHANG = 1;
my ($PR_SET_PDEATHSIG, $PR_SET_DUMPABLE, $PR_SET_CHILD_SUBREAPER) = (1, 4, 36);
my ($CLOCK_REALTIME, $CLOCK_MONOTONIC, $CLOCK_BOOTTIME) = (0, 1, 7);
my $AT_FDCWD = -100;
# Clock ticks of /proc, a second: USER_HZ of all those machines.
my $TICKS_S = 100;

my @NAMES = qw(ZERO HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP
    TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH IO PWR SYS);
my %NUMBER = map { $NAMES[$_] => $_ } 1 .. $#NAMES;
# Those that a process can be started with ignored, by nohup, by a shell's &, by Python.
my @RESET = qw(HUP INT QUIT USR1 USR2 PIPE ALRM TERM CHLD CONT TSTP TTIN TTOU XCPU XFSZ VTALRM PROF WINCH);
my @ignored;            # numbers of those that the job begins with ignored
my $blocked_mask = '';  # and blocked, if any

# What this script itself ends with when the job could not be started, as timeout(1) and env(1) do.
my $CANNOT_START = 125;

my $time = "\0" x 16;    # what the kernel's clock said last

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

# The environment is that of these entries, NAME=VALUE each, in their order.
sub become_environment {
    %ENV = ();
    for (@_) {
        $ENV{$1} = $2 if /\A([^=]+)=(.*)\z/s && !exists $ENV{$1};
    }
}

# The environment that this process's shell was started with: the shell hands on the bytes, as text of base64(1), or of
# od(1), through a file; names that are none to it are missing among its own variables.
sub environment_from {
    my ($number) = @_;
    return unless $number =~ /\A[0-9]+\z/ && open my $in, '<&=', $number;
    binmode $in;
    local $/;
    my $text = <$in>;
    close $in;
    become_environment(split /\0/, from_text($text)) if defined $text && $text =~ /\S/;
}

sub from_text {
    my ($text) = @_;
    if ($text =~ /\A [0-9a-f]/) {
        $text =~ tr/0-9a-f//cd;
        return pack 'H*', $text;
    }
    $text =~ tr{A-Za-z0-9+/}{}cd;
    $text =~ tr{A-Za-z0-9+/}{ -_};
    return join '', map { unpack 'u', chr(32 + int(length($_) * 3 / 4)) . $_ } $text =~ /(.{1,60})/gs;
}

# Settings of a process, as ProcessSettings has them: what has another value here gets the value that is wanted, as far as
# this process may. The signals are for the jobs alone.
sub become_settings {
    my %wanted = @_;
    umask oct $wanted{umask} if defined $wanted{umask};
    my $nice = defined $wanted{nice} ? $wanted{nice} : 0;
    eval { setpriority 0, 0, $nice if $nice > getpriority 0, 0 };
    my @limits = split /,/, defined $wanted{limits} ? $wanted{limits} : '';
    for my $number ($sys->{prlimit64} ? 0 .. $#limits : ()) {
        my ($soft, $hard) = map { $_ eq 'unlimited' ? ~0 : $_ + 0 } split /:/, $limits[$number];
        my $now = "\0" x 16;
        next if syscall $sys->{prlimit64}, 0, $number, 0, $now;
        my (undef, $most) = unpack 'Q2', $now;
        $hard = $most if $hard > $most;
        $soft = $hard if $soft > $hard;
        my $new = pack 'Q2', $soft, $hard;
        syscall $sys->{prlimit64}, 0, $number, $new, 0 if $new ne $now;
    }
    job_signals(@wanted{qw(ignored blocked)});
}

# Signals that the job begins with ignored and blocked, as /proc writes them.
sub job_signals {
    my ($ignored, $blocked) = @_;
    my $mask = hex(defined $ignored ? $ignored : 0);
    # Perl itself ignores FPE, and lets what it starts have it.
    @ignored = grep { $mask & 1 << $_ - 1 && $NAMES[$_] ne 'FPE' && $_ != 9 && $_ != 19 } 1 .. $#NAMES;
    $blocked = hex(defined $blocked ? $blocked : 0);
    $blocked_mask = $blocked ? pack 'Q', $blocked : '';
}

# In a job's process, right before it becomes the job.
sub begin_signals {
    if ($sys->{rt_sigaction}) {
        my $ignore = pack 'Q4', 1, 0, 0, 0;
        syscall $sys->{rt_sigaction}, $_, $ignore, 0, 8 for @ignored;
    } else {
        $SIG{$NAMES[$_]} = 'IGNORE' for @ignored;
    }
    syscall $sys->{rt_sigprocmask}, 2, $blocked_mask, 0, 8 if $blocked_mask ne '' && $sys->{rt_sigprocmask};    # SIG_SETMASK
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

# The last line of a record, which has two.
sub last_line {
    my ($path) = @_;
    open my $in, '<', $path or return '';
    my $last = '';
    while (my $line = <$in>) {
        $last = $line;
    }
    return $last;
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
