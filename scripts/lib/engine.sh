# shellcheck shell=bash
# A Docker engine in Swarm mode: the one that answers, or one of our own.

bridge=docker_gwbridge
daemon_defaults=$PWD/scripts/lib/daemon.json

prepare_engine() {
  local fresh=''
  if ! engine_answers; then
    step "Start the Docker engine" start_engine
    fresh=yes
  elif we_installed docker.io; then
    fresh=yes # systemd has started it
  fi
  in_swarm && return
  # Swarm publishes ports on every address, unless the bridge that it would make is there with another one.
  if [[ -n $fresh ]] && ! docker network inspect "$bridge" > /dev/null 2>&1; then
    step "Keep published ports on loopback" create_bridge
  fi
  step "Make the engine a swarm of one" docker swarm init --advertise-addr 127.0.0.1 --listen-addr 127.0.0.1
}

# label_only_node STACK: where the swarm is one machine, it has every role; of several, only people know which has which.
label_only_node() {
  local stack=$1 nodes role
  nodes=$(docker node ls --quiet)
  [[ $nodes != *$'\n'* ]] || return 0
  for role in $(.venv/bin/python -m scripts.needs roles "$stack"); do
    docker node update --label-add "rempart.$role=yes" "$nodes" > /dev/null
  done
}

in_swarm() { [[ $(docker info --format '{{.Swarm.LocalNodeState}}') == active ]]; }

# The stacks that have networks on this engine, one on each line.
stacks_here() {
  docker network ls --filter label=rempart.stack --format '{{.Label "rempart.stack"}}' | sort -u
}

start_engine() {
  if [[ -d /run/systemd/system ]]; then
    systemctl enable --now docker
  else
    mkdir -p "$machine"
    forget_unless dockerd "$engine_pid"
    forget_unless containerd /var/run/docker/containerd/containerd.pid
    local config=$daemon_config
    [[ -e $config ]] || config=$daemon_defaults
    setsid dockerd --config-file "$config" --data-root "$engine_root" --pidfile "$engine_pid" \
      >> "$engine_log" 2>&1 < /dev/null &
  fi
  local i
  for ((i = 0; i < 240; i++)); do
    engine_answers && return
    sleep 0.25
  done
  tail -n 8 "$engine_log"
  return 1
}

# An engine that systemd starts reads its configuration from where Debian looks for it. What people wrote there stays.
write_daemon_config() {
  [[ -e $daemon_config ]] || install -D -m 0644 "$daemon_defaults" "$daemon_config"
}

remove_daemon_config() {
  ! cmp -s "$daemon_defaults" "$daemon_config" || rm "$daemon_config"
}

# An engine that was killed leaves its number behind, and by now another process may have it.
forget_unless() {
  local program=$1 file=$2
  [[ -e $file ]] || return 0
  [[ $(cat "/proc/$(< "$file")/comm" 2> /dev/null) == "$program" ]] || rm -f "$file"
}

create_bridge() {
  docker network create --driver bridge \
    --opt com.docker.network.bridge.name="$bridge" \
    --opt com.docker.network.bridge.enable_icc=false \
    --opt com.docker.network.bridge.enable_ip_masquerade=true \
    --opt com.docker.network.bridge.host_binding_ipv4=127.0.0.1 "$bridge"
}

ports_are_on_loopback() {
  [[ $(docker network inspect "$bridge" \
    --format '{{index .Options "com.docker.network.bridge.host_binding_ipv4"}}' 2> /dev/null) == 127.0.0.1 ]]
}

# The engine removes its pid file when it has ended.
stop_engine() {
  local i
  docker swarm leave --force || true
  kill "$(< "$engine_pid")"
  for ((i = 0; i < 120; i++)); do
    [[ -e $engine_pid ]] || return 0
    sleep 0.25
  done
  return 1
}

remove_engine_data() {
  # Namespaces and layers that the engine left mounted would keep the folder busy.
  awk -v root="$machine/" 'index($2, root) == 1 { print $2 }' /proc/mounts | sort -r | xargs -r umount -l
  rm -rf "$machine"
  if has ip; then
    ip link delete docker0 2> /dev/null
    ip link delete "$bridge" 2> /dev/null
  fi
  return 0
}
