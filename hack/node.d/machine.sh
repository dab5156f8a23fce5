# shellcheck shell=bash
# Part of hack/node: a machine within the machine. It has its own processes, network, mounts and name, so that the daemons
# find their usual paths and nothing of the host's is touched; what it leaves outside is a link, an nft table and cgroups.
# Uses `dir`, `home`, `link`, the addresses and `api_port`.

cgroup_root=/sys/fs/cgroup

# Version 2 has one hierarchy, version 1 one for each controller.
hierarchies() {
	if [ -e $cgroup_root/cgroup.controllers ]; then echo $cgroup_root; else find $cgroup_root -mindepth 1 -maxdepth 1 -type d; fi
}

start_machine() {
	local hierarchy
	remove_cgroups
	for hierarchy in $(hierarchies); do mkdir -p "$hierarchy/$link"; done
	mkdir -p "$home/lib" "$home/log"
	echo 'nameserver 127.0.0.1' >"$home/resolv.conf"
	# In a session of its own; --kill-child, so that all ends with it.
	setsid unshare --net --mount --uts --pid --fork --kill-child --mount-proc \
		bash "$hack/node.d/init.sh" "$home" "$node" >"$dir/log/machine.log" 2>&1 </dev/null &
	local outer=$!
	disown
	wait_until 10 'the machine' test -e "$home/booted"
	pgrep -P $outer >"$home/init.pid"
}

# Runs a command inside.
inside() {
	nsenter --target "$(cat "$home/init.pid")" --net --mount --uts --pid --wd=/ env PATH="$bin:/usr/sbin:/usr/bin:/sbin:/bin" "$@"
}

# A veth pair to the host, which forwards to the API server: that listens on the host's loopback alone.
connect() {
	ip link add "$link" type veth peer name eth0 netns "$(cat "$home/init.pid")"
	ip address add "$host_address/30" dev "$link"
	ip link set "$link" up
	sysctl -qw "net.ipv4.conf.$link.route_localnet=1"
	inside ip address add "$node_address/30" dev eth0
	inside ip link set eth0 up
	# Outside, Services are unknown: several clusters give them the same addresses.
	inside ip route add "$service_range" dev eth0
	ip route add "$pod_range" via "$node_address" dev "$link"
	nft -f - <<-END
		table ip $link {
			chain to_api_server {
				type nat hook prerouting priority dstnat
				iifname $link ip daddr $host_address tcp dport $api_port dnat to 127.0.0.1:$api_port
			}
		}
	END
}

disconnect() {
	ip link delete "$link" 2>/dev/null || true
	nft delete table ip "$link" 2>/dev/null || true
}

stop_machine() {
	local pid
	pid=$(cat "$home/init.pid" 2>/dev/null) || pid=
	# Ids are used again: it is ours while its command line names our directory.
	if [ -n "$pid" ] && grep -qsF -- "$home" "/proc/$pid/cmdline"; then
		kill -9 "$pid"
		while [ -e "/proc/$pid" ] && ! grep -qs '^State:.*Z' "/proc/$pid/status"; do sleep 0.05; done
	fi
	remove_cgroups
}

# The kernel lets go of a cgroup shortly after the last of its processes.
remove_cgroups() {
	local attempt hierarchy left
	for ((attempt = 0; attempt < 100; attempt++)); do
		left=
		for hierarchy in $(hierarchies); do
			[ -e "$hierarchy/$link" ] || continue
			find "$hierarchy/$link" -depth -type d -exec rmdir {} + 2>/dev/null || left=yes
		done
		[ -n "$left" ] || return 0
		sleep 0.1
	done
	fail "the cgroups of $link can't be removed"
}
