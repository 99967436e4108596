#!/usr/bin/env bash
exec "$(dirname "${BASH_SOURCE[0]}")/dashboard" script deploy-with-migrations "$@"
