# shellcheck shell=bash
# Looks before anything is changed: what is missing, and whether it can be had. All complaints at once.

os_release=${REMPART_OS_RELEASE:-/etc/os-release}
tcp_tables=${REMPART_TCP_TABLES:-/proc/net/tcp /proc/net/tcp6}
needed_gigabytes=${REMPART_GIGABYTES:-6}
complaints=()

complain() { complaints+=("$1"); }

engine_answers() { docker info --format '{{.ServerVersion}}' > /dev/null 2>&1; }

is_root() { ((EUID == 0)); }

has() { type -P "$1" > /dev/null; }

# new_enough PYTHON
new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2> /dev/null; }

has_uv() { has uv || [[ -x .tools/bin/uv ]]; }

# The Debian packages that this machine lacks, one on each line.
missing_packages() {
  has python3 || echo python3
  has_uv || python3 -c 'import ensurepip, venv' 2> /dev/null || echo python3-venv
  [[ -s /etc/ssl/certs/ca-certificates.crt ]] || echo ca-certificates
  engine_answers && return
  has dockerd && has docker || echo docker.io
  has iptables || echo iptables
  has debootstrap || echo debootstrap
}

check_system() {
  [[ $(uname -s) == Linux ]] || complain "$(uname -s) is not supported: Linux with Docker Engine in Swarm mode is"
  local packages
  packages=$(missing_packages | paste -sd ' ')
  [[ -n $packages ]] || return 0
  if ! debian_is_new_enough; then
    complain "missing: $packages. This script installs them on Debian 12 or newer only; install them your system's way"
  elif ! is_root; then
    complain "missing: $packages. Get them: sudo apt-get install $packages"
  fi
}

debian_is_new_enough() {
  has apt-get || return 1
  # shellcheck disable=SC1090 # a path that tests replace
  (. "$os_release" 2> /dev/null && [[ ${ID:-} == debian && ${VERSION_ID:-0} -ge 12 ]])
}

check_python() {
  has python3 || return 0 # it will be installed
  new_enough python3 || complain "python3 is older than 3.11: put a newer one first on PATH"
}

check_engine() {
  if engine_answers; then
    local role
    role=$(docker info --format '{{.Swarm.LocalNodeState}} {{.Swarm.ControlAvailable}}')
    [[ $role == 'active false' ]] && complain "this engine is a worker of a swarm: run this on one of its managers"
  elif ! is_root; then
    complain "no Docker engine answers, and only root can start one: start it (sudo systemctl start docker), join its \
group (sudo usermod -aG docker $(id -un), then log in anew), or run this as root"
  fi
  return 0
}

check_disk() {
  local folder=$machine free
  engine_answers && folder=$(docker info --format '{{.DockerRootDir}}')
  while [[ ! -e $folder ]]; do folder=$(dirname "$folder"); done
  free=$(df -Pk "$folder" | awk 'NR == 2 { print int($4 / 1048576) }')
  have_images || ((free >= needed_gigabytes)) \
    || complain "$folder has $free GB free and $needed_gigabytes GB are needed: free some, or give /var/lib more room"
}

have_images() { [[ -s images.lock.json ]]; }

# check_stack STACK: it has a file.
check_stack() {
  [[ -e Pulumi.$1.yaml ]] || complain "there is no stack $1: there are $(printf '%s\n' Pulumi.*.yaml | cut -d. -f2 | paste -sd ' ')"
}

# check_ports STACK: the ports that its edge publishes are free, or held by its own edge.
check_ports() {
  local stack=$1 port
  edge_runs "$stack" && return
  for port in $(published_ports "$stack"); do
    listening "$port" && complain "port $port is taken by another program: stop it, or choose another in Pulumi.$stack.yaml \
(rempart:settings, ports)"
  done
  return 0
}

published_ports() { sed -nE 's/^ *ports: *\{(.*)\}.*/\1/p' "Pulumi.$1.yaml" | grep -oE '[0-9]+'; }

edge_runs() {
  engine_answers && [[ -n $(docker ps -q --filter "label=rempart.stack=$1" --filter label=rempart.kind=edge 2> /dev/null) ]]
}

# Read from the kernel's table, so that it works without a further program. 0A is LISTEN.
listening() {
  local wanted
  wanted=$(printf '%04X' "$1")
  # shellcheck disable=SC2086 # a list of files
  awk -v port=":$wanted" 'substr($2, length($2) - 4) == port && $4 == "0A" { found = 1 } END { exit !found }' \
    $tcp_tables 2> /dev/null
}

# preflight [STACK]: ends the script, having changed nothing, where it cannot go on.
preflight() {
  check_system
  check_python
  check_engine
  check_disk
  [[ -z ${1:-} ]] || check_stack "$1"
  [[ ! -e Pulumi.${1:-}.yaml ]] || check_ports "$1"
  ((${#complaints[@]} == 0)) || fail "cannot go on, and nothing was changed:" "${complaints[@]/#/  - }"
}
