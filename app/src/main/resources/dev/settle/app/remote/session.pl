# Runs one command of settle --on HOST on the host, apart from the connection, and relays what it writes. A client that
# lost its connection starts this again, with what it has so far, and gets the rest: nothing is started twice, nothing is
# shown twice. The client's end ends the relay and not the command.
#
#   perl -e TEXT FOLDER OUT ERR SIGNAL COUNT COMMAND... [COMMAND_AGAIN...]
#
# OUT, ERR: how many bytes of the two streams the client has. SIGNAL: is sent to the command first; empty for none. COUNT:
# words of COMMAND; the rest goes on with what a COMMAND that was killed has begun. On stdout, frames: O and E with the
# number of bytes and the bytes, X with the exit status, L when the command runs on another machine of the cluster.
use strict;
use warnings;
use Errno;
use POSIX ();

my ($folder, $out_at, $err_at, $signal, $count) = splice @ARGV, 0, 5;
my @command = splice @ARGV, 0, $count;
my @again = @ARGV ? @ARGV : @command;
delete $ENV{PERL_BADLANG}; # set for this alone: a locale that the host lacks is no news
my ($starts_max, $begin_max_s, $ack_max_s, $kept_days, $chunk, $reserve) = (5, 5, 5, 7, 65536, 16384);
umask 077;
chomp(my $host = do { open my $in, '<', '/proc/sys/kernel/hostname' or die; <$in> });

sub put {
  my ($bytes) = @_;
  my $at = 0;
  while ($at < length $bytes) {
    my $wrote = syswrite STDOUT, $bytes, length($bytes) - $at, $at;
    exit 0 unless defined $wrote;
    $at += $wrote;
  }
}

# Ends where the host's disk does not take what the client is to get.
sub fail {
  my $words = "settle: what this command writes cannot be kept on the host, in $folder: $_[0]; nothing was started\n";
  put('E' . length($words) . "\n$words");
  put("X74\n");
  exit 0;
}

sub content {
  my ($name) = @_;
  open my $in, '<', "$folder/$name" or return '';
  my $text = <$in>;
  close $in;
  return defined $text ? $text : '';
}

sub save {
  my ($name, $text) = @_;
  open my $out, '>', "$folder/$name.new.$$" or return;
  print $out $text;
  return close $out && rename "$folder/$name.new.$$", "$folder/$name";
}

# Room for the status, which a client waits for, and for the last words before it: taken before anything is started.
sub reserve {
  open my $out, '>', "$folder/reserve" or fail($!);
  print $out ' ' x $reserve;
  close $out or do { my $why = $!; remove($folder); fail($why) };
}

sub save_status {
  unlink "$folder/reserve";
  return save('status', $_[0]);
}

sub begun { # when a process began: its number alone may be another one's by now
  my ($pid) = @_;
  open my $in, '<', "/proc/$pid/stat" or return '';
  my $line = <$in>;
  close $in;
  return '' unless defined $line and $line =~ /^.*\) (.*)$/s;
  return (split ' ', $1)[19];
}

sub start {
  my ($number, @words) = @_;
  reserve() if $number == 1;
  if (!mkdir "$folder/started-$number") {
    return if $!{EEXIST};
    fail($!);
  }
  local $SIG{CHLD} = 'IGNORE';
  my $keeper = fork;
  die "settle: no process can be started: $!\n" unless defined $keeper;
  return if $keeper;
  POSIX::setsid();
  $SIG{CHLD} = 'DEFAULT';
  my $stdin = -e "$folder/stdin" ? "$folder/stdin" : '/dev/null';
  open STDIN, '<', $stdin or POSIX::_exit(1);
  open STDOUT, '>>', "$folder/out" or POSIX::_exit(1);
  open STDERR, '>>', "$folder/err" or POSIX::_exit(1);
  my $worker = fork;
  if (!defined $worker) {
    print STDERR "settle: no process can be started: $!\n";
    save_status("70\n");
    POSIX::_exit(1);
  }
  if (!$worker) {
    { no warnings; exec { $words[0] } @words; }
    print STDERR "settle: $words[0] cannot be started: $!\n";
    POSIX::_exit(127);
  }
  $SIG{$_} = 'IGNORE' for qw(HUP INT TERM);
  save("worker-$number", join(' ', $$, begun($$), $worker, $host) . "\n");
  waitpid $worker, 0;
  # Nobody asked for that: what was begun goes on when a client looks.
  POSIX::_exit(1) if ($? & 127) == 9;
  save_status(($? & 127 ? 128 + ($? & 127) : $? >> 8) . "\n");
  POSIX::_exit(0);
}

sub newest { my $number = 0; $number++ while -d "$folder/started-" . ($number + 1) and $number < $starts_max; return $number; }

# Removes what clients have left that never came back.
sub sweep {
  my ($parent) = $folder =~ m{^(.*)/[^/]+$} or return;
  opendir my $names, $parent or return;
  for my $name (grep { !/^\./ } readdir $names) {
    my $age = -M "$parent/$name";
    remove("$parent/$name") if defined $age and $age > $kept_days and -e "$parent/$name/status";
  }
}

sub remove { require File::Path; File::Path::remove_tree($_[0]); }

put("\x01settle-remote 1\n");
if (!-d $folder) {
  require File::Path;
  eval { File::Path::make_path($folder); 1 } or fail($!);
}
my $number = newest();
if ($signal ne '') {
  if ($number == 0) {
    mkdir "$folder/started-1";
    if (open my $err, '>', "$folder/err") { print $err "settle: left before anything was started\n"; close $err; }
    save_status(128 + {HUP => 1, INT => 2, TERM => 15}->{$signal});
  } elsif (content("worker-$number") =~ /^\d+ \d+ (\d+) (\S+)$/) {
    if ($2 ne $host) { put("L\n"); exit 0; }
    kill $signal, $1 unless -e "$folder/status";
  }
} elsif ($number == 0) {
  sweep();
  start(1, @command);
}

my %at = (O => $out_at, E => $err_at);
my %name = (O => 'out', E => 'err');
my %in;
my ($idle_s, $checked, $waited) = (0, 0, 0);
while (1) {
  my $ended = -e "$folder/status";
  my $moved = 0;
  for my $stream ('E', 'O') {
    if (!$in{$stream}) {
      open my $in, '<', "$folder/$name{$stream}" or next;
      sysseek $in, $at{$stream}, 0;
      $in{$stream} = $in;
    }
    while (my $read = sysread $in{$stream}, my $bytes, $chunk) {
      put("$stream$read\n$bytes");
      $moved = 1;
    }
  }
  if ($ended and !$moved) {
    put('X' . (0 + content('status')) . "\n");
    last;
  }
  $idle_s = $moved ? 0 : $idle_s;
  my $pause_s = $idle_s < 2 ? 0.02 : $idle_s < 30 ? 0.1 : 0.25;
  $idle_s += $pause_s;
  my $ready = '';
  vec($ready, fileno STDIN, 1) = 1;
  if (select($ready, undef, undef, $pause_s)) {
    my $read = sysread STDIN, my $bytes, 1;
    exit 0 unless $read; # the client is gone; the command goes on
  }
  next if ($checked += $pause_s) < 1;
  $checked = 0;
  $number = newest();
  my ($keeper, $since, undef, $where) = split ' ', content("worker-$number");
  if (!defined $where) {
    next if ++$waited < $begin_max_s;
  } elsif ($where ne $host or begun($keeper) eq $since) {
    next;
  }
  next if -e "$folder/status";
  if ($number >= $starts_max) {
    next if save_status("70\n");
    put("X74\n"); # not even that can be written
    last;
  }
  $waited = 0;
  start($number + 1, @again);
}
my $ready = '';
vec($ready, fileno STDIN, 1) = 1;
remove($folder) if select($ready, undef, undef, $ack_max_s) and sysread STDIN, my $bytes, 1;
