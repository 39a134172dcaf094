#!/usr/bin/env bash
# What a change must pass before it is pushed, beside the tests: formatting and file sizes. Run from anywhere.
set -euo pipefail
cd "$(dirname "$0")/.."

dotnet format whitespace QatGen.sln --no-restore --verify-no-changes

long=$(git ls-files '*.cs' | xargs wc -l | awk '$2 != "total" && $1 > 400 { print "  " $2 ": " $1 " lines" }')
if [ -n "$long" ]; then
  echo "Files over 400 lines (split by idea):"
  echo "$long"
  exit 1
fi

echo "Formatting and file sizes are fine."
