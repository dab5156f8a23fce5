# shellcheck shell=bash
# Part of hack/node: what runs on the node, its rights, and the images it has. Uses `dir`, `home`, `bin` and the addresses.

# launch DAEMON ARGUMENT…: inside; its process id as seen from outside is in DAEMON.pid.
launch() {
	inside setsid --fork "$@" >"$dir/log/$1.log" 2>&1 </dev/null
	wait_until 5 "$1" pgrep -P "$(cat "$home/init.pid")" -x "$1"
	pgrep -P "$(cat "$home/init.pid")" -x "$1" >"$home/$1.pid"
}

# What the control plane must know of the node: the rights of its kubelet, and those of the API server at the kubelet.
admit() {
	kubectl apply -f - >/dev/null <<-END
		apiVersion: rbac.authorization.k8s.io/v1
		kind: ClusterRoleBinding
		metadata: {name: "real-nodes"}
		roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: "system:node"}
		subjects: [{apiGroup: rbac.authorization.k8s.io, kind: Group, name: "system:nodes"}]
		---
		apiVersion: rbac.authorization.k8s.io/v1
		kind: ClusterRoleBinding
		metadata: {name: "api-server-at-kubelets"}
		roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: "system:kubelet-api-admin"}
		subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: kubelet}]
		---
		# By this the Service of the API server, which every pod is told of, leads there.
		apiVersion: discovery.k8s.io/v1
		kind: EndpointSlice
		metadata: {name: kubernetes, namespace: default, labels: {kubernetes.io/service-name: kubernetes}}
		addressType: IPv4
		ports: [{name: https, port: $api_port, protocol: TCP}]
		endpoints: [{addresses: ["$host_address"], conditions: {ready: true}}]
	END
}

start_containerd() {
	mkdir -p "$home/cni" "$home/registries"
	# Overlays can't be stacked on overlays: in a container the layers are copied instead.
	local snapshots=overlayfs
	[ "$(stat -f -c %T "$home")" != overlayfs ] || snapshots=native
	cat >"$home/containerd.toml" <<-END
		version = 3
		disabled_plugins = ["io.containerd.nri.v1.nri", "io.containerd.internal.v1.opt", "io.containerd.snapshotter.v1.erofs", "io.containerd.snapshotter.v1.blockfile"]
		[plugins."io.containerd.cri.v1.images"]
		snapshotter = "$snapshots"
		[plugins."io.containerd.cri.v1.images".pinned_images]
		sandbox = "test.local/pause:1"
		[plugins."io.containerd.cri.v1.images".registry]
		config_path = "$home/registries"
		[plugins."io.containerd.cri.v1.runtime"]
		# Some virtual machines do not let even root lower it.
		restrict_oom_score_adj = true
		[plugins."io.containerd.cri.v1.runtime".cni]
		bin_dirs = ["/usr/lib/cni"]
		conf_dir = "$home/cni"
		[plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc]
		runtime_type = "io.containerd.runc.v2"
	END
	cat >"$home/cni/10-bridge.conflist" <<-END
		{"cniVersion": "1.0.0", "name": "pods", "plugins": [{"type": "bridge", "bridge": "cni0", "isGateway": true, "hairpinMode": true,
		 "ipam": {"type": "host-local", "ranges": [[{"subnet": "$pod_range"}]], "routes": [{"dst": "0.0.0.0/0"}]}}]}
	END
	launch containerd --config "$home/containerd.toml" --log-level warn
	wait_until 30 containerd inside ctr version
}

# identify DAEMON ORGANIZATION NAME: a certificate by which the API server knows it, and a kubeconfig that uses it.
identify() {
	openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/O=$2/CN=$3" \
		-keyout "$home/$1.key" -out "$home/$1.csr" 2>/dev/null
	openssl x509 -req -in "$home/$1.csr" -CA "$dir/pki/ca.crt" -CAkey "$dir/pki/ca.key" -CAcreateserial -days 30 \
		-out "$home/$1.crt" \
		-extfile <(printf 'subjectAltName=DNS:%s,IP:%s\nextendedKeyUsage=serverAuth,clientAuth' "$node" "$node_address") 2>/dev/null
	cat >"$home/$1.kubeconfig" <<-END
		apiVersion: v1
		kind: Config
		current-context: node
		clusters: [{name: node, cluster: {server: "https://$host_address:$api_port", tls-server-name: kubernetes, certificate-authority: "$dir/pki/ca.crt"}}]
		users: [{name: node, user: {client-certificate: "$home/$1.crt", client-key: "$home/$1.key"}}]
		contexts: [{name: node, context: {cluster: node, user: node}}]
	END
}

# Services lead to pods by the kernel's own tables. The connection tracking belongs to the whole machine and is left alone.
start_proxy() {
	identify kube-proxy lab system:kube-proxy
	launch kube-proxy --kubeconfig "$home/kube-proxy.kubeconfig" --hostname-override "$node" --proxy-mode nftables \
		--cluster-cidr "$pod_range" --conntrack-max-per-core 0 --conntrack-min 0 --conntrack-tcp-timeout-established 0 \
		--conntrack-tcp-timeout-close-wait 0
}

start_kubelet() {
	identify kubelet system:nodes "system:node:$node"
	# It does not evict for what the rest of the machine uses up, and keeps what it was given.
	cat >"$home/kubelet.yaml" <<-END
		apiVersion: kubelet.config.k8s.io/v1beta1
		kind: KubeletConfiguration
		address: $node_address
		containerRuntimeEndpoint: unix:///run/containerd/containerd.sock
		authentication: {anonymous: {enabled: false}, webhook: {enabled: true}, x509: {clientCAFile: "$dir/pki/ca.crt"}}
		authorization: {mode: Webhook}
		tlsCertFile: $home/kubelet.crt
		tlsPrivateKeyFile: $home/kubelet.key
		cgroupDriver: cgroupfs
		cgroupRoot: /$link
		failCgroupV1: false
		failSwapOn: false
		oomScoreAdj: 0
		maxOpenFiles: $(ulimit -Hn)
		resolvConf: $home/resolv.conf
		clusterDNS: [$node_address]
		clusterDomain: cluster.local
		imageGCHighThresholdPercent: 100
		evictionHard: {memory.available: 0%, nodefs.available: 0%, nodefs.inodesFree: 0%, imagefs.available: 0%, imagefs.inodesFree: 0%}
		volumeStatsAggPeriod: 10s
		registerWithTaints: [{key: maintenant.dev/node, value: real, effect: NoSchedule}]
	END
	launch kubelet --config "$home/kubelet.yaml" --kubeconfig "$home/kubelet.kubeconfig" --hostname-override "$node" \
		--node-ip "$node_address" --node-labels maintenant.dev/node=real
	wait_until 60 "node $node" is_node_ready
}

is_node_ready() {
	[ "$(kubectl get node "$node" -o 'jsonpath={.status.conditions[?(@.type=="Ready")].status}')" = True ]
}

# By it pods find Services.
start_names() {
	inside setsid --fork python3 "$hack/node.d/names.py" "$node_address" "$bin/kubectl" "$home/kubelet.kubeconfig" \
		>"$dir/log/names.log" 2>&1 </dev/null
}

# Pulls from 127.0.0.1:5001 are answered, though never with an image: see registry.py.
start_registry() {
	mkdir -p "$home/registries/127.0.0.1:5001"
	echo 'server = "http://127.0.0.1:5001"' >"$home/registries/127.0.0.1:5001/hosts.toml"
	inside setsid --fork python3 "$hack/node.d/registry.py" 5001 >"$dir/log/registry.log" 2>&1 </dev/null
}

# One root file system serves both images.
make_images() {
	local root=$home/busybox
	mkdir -p "$root"/{bin,etc,tmp,var,www,root}
	chmod 1777 "$root/tmp"
	cp /bin/busybox "$root/bin/"
	chroot "$root" /bin/busybox --install -s /bin
	printf 'root:x:0:0:root:/:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/sh\n' >"$root/etc/passwd"
	python3 "$hack/node.d/image.py" "$home/busybox.tar" test.local/busybox:1 "$root" -- /bin/sh
	python3 "$hack/node.d/image.py" "$home/pause.tar" test.local/pause:1 "$root" -- \
		/bin/sh -c 'trap "exit 0" TERM; while :; do sleep 86400 & wait $!; done'
	load "$home/busybox.tar"
	load "$home/pause.tar"
}

load() {
	# ctr warns of cgroup v1 each time.
	inside ctr -n k8s.io images import --local - <"$1" >"$home/load.log" 2>&1 || fail "$1: $(tail -n 1 "$home/load.log")"
}
