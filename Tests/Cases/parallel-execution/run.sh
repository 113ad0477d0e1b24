#!/bin/bash
# An execution of a PARALLEL pipeline, by the lists of its executions and attempts.
source "$(dirname "$0")/../lib/lib.sh"
explain --config "$HERE/config.yaml" --pipeline web --pipeline-executions "$HERE/list.json" --definition "$HERE/definition.json" --executions "$HERE/executions.json" --at 2026-11-23T02:15:00Z
want retry
done_
