#!/usr/bin/env bash
# Prints docs/practices.md: each model policy traced through the list of practices beside it, rule by rule taken out.
set -euo pipefail
cd "$(dirname "$0")/.."
cat <<'HEAD'
# The practices and how they are kept

Generated: `policies/practices.sh > docs/practices.md`. A practice is kept *by machine* when a rule names it, a scenario shows
it, and that scenario fails once the rule is taken out; where something must be refused, the refusal falls, too, or stands
against a sentence that would permit exactly it. `upheld trace` decides that; `./test` compares this page with what it says.

HEAD
for list in policies/*/practices.tsv; do
  "${UPHELD:-target/debug/upheld}" trace "$(dirname "$list")" --requirements "$list" --format markdown
done
