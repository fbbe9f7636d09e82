# What ./run tells the person at the terminal.  Messages go to stderr, results to stdout.

say() { printf '==> %s\n' "$*" >&2; }

# fail PROBLEM REMEDY…: what happened, and how to mend it (one line each).
fail() {
  printf '\n*** %s\n' "$1" >&2
  shift
  [ $# -eq 0 ] || printf '    %s\n' "$@" >&2
  exit 1
}

# tail_of FILE: the end of a log, indented, for a message of failure.
tail_of() { tail -n 15 "$1" 2>/dev/null | sed 's/^/    | /' >&2 || :; }
