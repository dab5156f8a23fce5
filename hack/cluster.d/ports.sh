# shellcheck shell=bash
# Part of hack/cluster: a block of eight ports for each cluster. Uses `cache` and `dir`.

# Below the kernel's ephemeral range (32768 and up), so that no outgoing connection holds a port a component wants.
first_block=20000
blocks=1500

# Finds a block in which nothing listens, and locks it. The lock is on descriptor 9, which every component inherits:
# it is free again exactly when the last of them has ended, however it ended.
claim_ports() {
	mkdir -p "$cache/ports"
	local attempt base
	if [ -n "${LAB_PORT:-}" ]; then
		try_block "$LAB_PORT" || fail "the ports from $LAB_PORT on are in use"
		return
	fi
	for ((attempt = 0; attempt < blocks; attempt++)); do
		# A second start of this process begins with another block than the first.
		base=$((first_block + 8 * (($$ + attempt + 97 * (${LAB_ATTEMPT:-1} - 1)) % blocks)))
		if try_block "$base"; then return; fi
	done
	fail "no free block of ports from $first_block to $((first_block + 8 * blocks))"
}

try_block() {
	local port
	exec 9>"$cache/ports/$1"
	flock -n 9 || return 1
	for ((port = $1; port < $1 + 8; port++)); do
		if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then return 1; fi
	done
	echo "$1" >"$dir/ports"
	read_ports
}

read_ports() {
	api_port=$(cat "$dir/ports")
	etcd_port=$((api_port + 1))
	etcd_peer_port=$((api_port + 2))
	kcm_port=$((api_port + 3))
	scheduler_port=$((api_port + 4))
	kwok_port=$((api_port + 5))
	metrics_port=$((api_port + 6))
}
