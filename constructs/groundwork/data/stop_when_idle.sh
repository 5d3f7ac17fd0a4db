#cloud-boothook
#!/bin/sh
# Runs at every boot, so that a change of it takes effect at the next one. Every five minutes it asks
# for a session of Session Manager; an hour after the last one, or after a start that nobody used,
# it shuts the machine down, which EC2 makes a stop.
cat > /run/stop-when-idle <<'SCRIPT'
if pgrep -f ssm-session-worker > /dev/null; then
  touch /run/last-session
elif [ -z "$(find /run/last-session -mmin -60)" ]; then
  systemctl poweroff
fi
SCRIPT
cat > /run/systemd/system/stop-when-idle.service <<'UNIT'
[Service]
Type=oneshot
ExecStart=/bin/sh /run/stop-when-idle
UNIT
cat > /run/systemd/system/stop-when-idle.timer <<'UNIT'
[Timer]
OnActiveSec=5min
OnUnitActiveSec=5min
UNIT
touch /run/last-session
systemctl daemon-reload
systemctl start --no-block stop-when-idle.timer
