# shellcheck shell=bash
# What these scripts did to the machine itself, so that `make uninstall` undoes that and no more.

machine=${REMPART_MACHINE:-/var/lib/rempart}
engine_root=$machine/docker
engine_pid=$machine/dockerd.pid
engine_log=$machine/dockerd.log
installed=$machine/installed
daemon_config=${REMPART_DAEMON_CONFIG:-/etc/docker/daemon.json}

remember_package() {
  mkdir -p "$machine"
  printf '%s\n' "$@" >> "$installed"
}

we_installed() { [[ -s $installed ]] && grep -qx "$1" "$installed"; }

engine_is_ours() {
  [[ -s $engine_pid ]] && kill -0 "$(< "$engine_pid")" 2> /dev/null
}
