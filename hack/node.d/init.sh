#!/usr/bin/env bash
# Part of hack/node: the first process of the machine within the machine. It ends, and everything with it, when its
# directory is gone.
#   init.sh HOME NAME
set -euo pipefail
home=$1
mount --make-rshared /
mount -t tmpfs tmpfs /run
mount --bind "$home/lib" /var/lib
mount --bind "$home/log" /var/log
[ ! -e /etc/resolv.conf ] || mount --bind "$home/resolv.conf" /etc/resolv.conf
# The kubelet would set these for the whole machine, so it is shown the values that it wants.
mkdir -p /run/sys/vm /run/sys/kernel/keys
show() {
	echo "$2" >"/run/sys/$1"
	mount --bind "/run/sys/$1" "/proc/sys/$1"
}
show vm/overcommit_memory 1
show vm/panic_on_oom 0
show kernel/panic 10
show kernel/panic_on_oops 1
show kernel/keys/root_maxkeys 1000000
show kernel/keys/root_maxbytes 25000000
hostname "$2"
ip link set lo up
sysctl -qw net.ipv4.ip_forward=1
touch "$home/booted"
while [ -e "$home/booted" ]; do
	sleep 1 &
	wait
done
