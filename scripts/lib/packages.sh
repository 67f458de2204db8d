# shellcheck shell=bash
# Debian's packages that the machine lacks.

install_packages() {
  local packages
  mapfile -t packages < <(missing_packages)
  ((${#packages[@]})) || return 0
  remember_package "${packages[@]}"
  [[ " ${packages[*]} " != *" docker.io "* ]] || write_daemon_config
  step "Package lists" apt-get update -q
  step "Install ${packages[*]}" \
    env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "${packages[@]}"
}
