# shellcheck shell=bash
# Every script begins with this: strict, in the checkout's root, with the pieces at hand.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
# shellcheck source=scripts/lib/say.sh
source scripts/lib/say.sh
# shellcheck source=scripts/lib/state.sh
source scripts/lib/state.sh
# shellcheck source=scripts/lib/preflight.sh
source scripts/lib/preflight.sh
# shellcheck source=scripts/lib/packages.sh
source scripts/lib/packages.sh
# shellcheck source=scripts/lib/python.sh
source scripts/lib/python.sh
# shellcheck source=scripts/lib/engine.sh
source scripts/lib/engine.sh
