# shellcheck shell=bash
# uv and the virtual environment, both inside the checkout, every package checked by its hash.

uv() {
  if [[ -x .tools/bin/uv ]]; then .tools/bin/uv "$@"; else command uv "$@"; fi
}

install_uv() {
  has_uv && return
  step "uv, in .tools" fetch_uv
}

fetch_uv() {
  python3 -m venv .tools && .tools/bin/python -m pip install -q --require-hashes -r scripts/uv.txt
}

install_environment() {
  local wanted
  wanted=$(sha256sum requirements.lock | cut -d ' ' -f 1)
  if [[ -x .venv/bin/python && $(cat .venv/requirements.sha256 2> /dev/null) == "$wanted" ]]; then
    return
  fi
  step "Python packages, in .venv" sync_environment
  echo "$wanted" > .venv/requirements.sha256
}

# The distribution's own Python where it is new enough: it was built with the optimisations that one compiled by hand
# mostly lacks (a preview takes 15 % longer without), and its security updates come with the system's.
distribution_python=${REMPART_PYTHON:-/usr/bin/python3}

interpreter() {
  if new_enough "$distribution_python"; then echo "$distribution_python"; else echo '>=3.11'; fi
}

sync_environment() {
  export UV_PYTHON_DOWNLOADS=never
  { .venv/bin/python -c '' 2> /dev/null || uv venv --clear --python "$(interpreter)" .venv; } \
    && uv pip sync --compile-bytecode --require-hashes --python .venv/bin/python requirements.lock
}

# Python would do so at the first run of each command, unless PYTHONDONTWRITEBYTECODE says not to.
compile_program() {
  .venv/bin/python -m compileall -q -j 2 ./*.py {apps,backup,components,diagram,engine,images,policies,report,scripts,systems,verify}
}
