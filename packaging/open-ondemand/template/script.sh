#!/bin/sh
# The whole cluster reaches this port: the token keeps it out.
export SKERRY_TOKEN="$password"
unset password
set -- --listen "0.0.0.0:$port" --trusted-proxy "$PORTAL" --transport websocket
# The desktop that is installed; without one, a window manager and a terminal.
if command -v startxfce4 >/dev/null 2>&1; then set -- "$@" -- startxfce4; fi
exec skerry "$@"
