# What scripts/test, scripts/demo and scripts/schema share: finding programs and installing what is missing.
# Sourced by them, from bash.

root=$(cd -P "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
PATH=$PATH:${CARGO_HOME:-${HOME:-/root}/.cargo}/bin

step() { printf '\n== %s\n' "$*" >&2; }
note() { printf '   %s\n' "$*" >&2; }
fail() { printf '\n%s: %s\n' "$(basename "$0")" "$*" >&2; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }

# Cargo's target folder, wherever the environment or a cargo configuration puts it.
target_dir() {
  cargo metadata --manifest-path "$root/Cargo.toml" --format-version 1 --no-deps |
    sed -n 's/.*"target_directory":"\([^"]*\)".*/\1/p'
}

# The targets of fuzz/ are built with the versions that the program is built with.
fuzz_lock() {
  [ "$root/fuzz/Cargo.lock" -nt "$root/Cargo.lock" ] || cp "$root/Cargo.lock" "$root/fuzz/Cargo.lock"
}

need_rust() {
  have cargo && have rustc && return
  fail "Rust is missing. Install it from https://rustup.rs (curl -sSf https://sh.rustup.rs | sh), then run this again."
}

# Some dependencies hold a little C and assembler, so a compiler and a linker are needed.
need_c_compiler() {
  have cc && return
  install_or_say "a C compiler" gcc libc6-dev -- "dnf install gcc; pacman -S gcc; macOS: xcode-select --install"
  have cc || fail "there is still no cc on the PATH after the installation"
}

need_postgres_programs() {
  [ -n "$(postgres_programs)" ] && return
  install_or_say "PostgreSQL's server programs" postgresql -- \
    "dnf install postgresql-server postgresql-contrib; pacman -S postgresql; brew install postgresql"
  [ -n "$(postgres_programs)" ] || fail "there is still no initdb in the usual places after the installation"
}

need_redis_server() {
  have redis-server && return
  install_or_say "redis-server" redis-server -- "dnf install redis; pacman -S redis; brew install redis"
  have redis-server || fail "there is still no redis-server on the PATH after the installation"
}

# The folder with initdb and postgres: the newest of the usual places.
postgres_programs() {
  local folder
  for folder in \
    $(have pg_config && pg_config --bindir) \
    $(have initdb && dirname "$(command -v initdb)") \
    $(ls -d /usr/lib/postgresql/*/bin /usr/pgsql-*/bin /opt/homebrew/opt/postgresql*/bin \
      /usr/local/opt/postgresql*/bin 2>/dev/null | sort -rV); do
    if [ -x "$folder/initdb" ] && [ -x "$folder/postgres" ]; then
      echo "$folder"
      return
    fi
  done
}

# install_or_say WHAT PACKAGE… -- ELSEWHERE: installs by apt where that is possible, otherwise says what to install.
install_or_say() {
  local what=$1 packages=()
  shift
  while [ "$1" != -- ]; do packages+=("$1"); shift; done
  have apt-get || fail "$what is missing. Install it first ($2), then run this again."
  step "installing $what: ${packages[*]}"
  as_root true || fail "$what is missing. Run as root: apt-get install ${packages[*]}"
  (install_quietly "${packages[@]}") || fail "apt-get could not install ${packages[*]}; its messages are above"
}

as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif have sudo; then
    # Without a terminal nobody can type a password.
    if [ -t 0 ]; then sudo "$@"; else sudo -n "$@"; fi
  else
    return 1
  fi
}

# Installs packages for their programs alone: no service is started, none is set to start with the machine, and
# PostgreSQL makes no cluster of the system's. Runs in a subshell, whose end takes the measures back.
install_quietly() {
  made=()
  trap 'as_root rm -f "${made[@]}"' EXIT
  make_for_now /usr/sbin/policy-rc.d '#!/bin/sh' 'exit 101'
  make_for_now /etc/postgresql-common/createcluster.d/deal-scout.conf 'create_main_cluster = false'
  as_root apt-get update -q >&2 </dev/null || note "apt-get update failed; trying with the lists that are here"
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends \
    -o DPkg::Lock::Timeout=300 "$@" >&2 </dev/null || return 1
  if [ -d /run/systemd/system ]; then
    local package
    for package in "$@"; do
      case $package in redis-server | postgresql | pgbouncer) as_root systemctl disable "$package" >&2 2>&1 || true ;; esac
    done
  fi
}

# make_for_now FILE LINE…: a file that is not there yet, until the subshell ends.
make_for_now() {
  local file=$1
  shift
  [ ! -e "$file" ] || return 0
  made+=("$file")
  as_root mkdir -p "$(dirname "$file")"
  printf '%s\n' "$@" | as_root tee "$file" >/dev/null
  as_root chmod 755 "$file"
}
