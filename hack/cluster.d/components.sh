# shellcheck shell=bash
# Part of hack/cluster: how each component is started, known to be ready, and stopped. Uses `dir`, `bin` and the ports.

# start COMPONENT: in the background, in a session of its own (the terminal's Ctrl-C is not for it). Paths are absolute,
# so that DIR in the command line tells whose process it is.
start() {
	! is_running "$1" || fail "$1 is running already"
	local pki=$dir/pki etcd=http://127.0.0.1:$etcd_port peer=http://127.0.0.1:$etcd_peer_port
	case $1 in
	etcd)
		# Without fsync: what a crash of the machine would lose here, nobody misses.
		run etcd --data-dir "$dir/etcd" --listen-client-urls "$etcd" --advertise-client-urls "$etcd" \
			--listen-peer-urls "$peer" --initial-advertise-peer-urls "$peer" --initial-cluster "default=$peer" \
			--unsafe-no-fsync --quota-backend-bytes 8589934592 --log-level warn
		;;
	kube-apiserver)
		# shellcheck disable=SC2086 # flags are separated by blanks
		run kube-apiserver --etcd-servers "$etcd" --secure-port "$api_port" --bind-address 127.0.0.1 \
			--advertise-address 127.0.0.1 --endpoint-reconciler-type none --service-cluster-ip-range 10.0.0.0/24 \
			--tls-cert-file "$pki/apiserver.crt" --tls-private-key-file "$pki/apiserver.key" \
			--client-ca-file "$pki/ca.crt" --token-auth-file "$dir/tokens.csv" --anonymous-auth=false \
			--authorization-mode RBAC --allow-privileged \
			--service-account-issuer https://kubernetes.default.svc \
			--service-account-key-file "$pki/service-account.key" \
			--service-account-signing-key-file "$pki/service-account.key" \
			--kubelet-client-certificate "$pki/kubelet.crt" --kubelet-client-key "$pki/kubelet.key" \
			--kubelet-preferred-address-types InternalIP \
			--requestheader-client-ca-file "$pki/ca.crt" --requestheader-allowed-names front-proxy-client \
			--requestheader-username-headers X-Remote-User --requestheader-group-headers X-Remote-Group \
			--requestheader-extra-headers-prefix X-Remote-Extra- \
			--proxy-client-cert-file "$pki/front-proxy.crt" --proxy-client-key-file "$pki/front-proxy.key" \
			--audit-policy-file "$dir/audit.yaml" --audit-log-path "$dir/log/audit.log" \
			--max-requests-inflight 800 --max-mutating-requests-inflight 400 ${LAB_APISERVER_FLAGS:-}
		;;
	kube-controller-manager)
		# shellcheck disable=SC2086
		run kube-controller-manager --kubeconfig "$dir/kcm.kubeconfig" --bind-address 127.0.0.1 --secure-port "$kcm_port" \
			--authentication-kubeconfig "$dir/kcm.kubeconfig" --authorization-kubeconfig "$dir/kcm.kubeconfig" \
			--service-account-private-key-file "$pki/service-account.key" --root-ca-file "$pki/ca.crt" \
			--use-service-account-credentials --leader-elect=false --kube-api-qps 2000 --kube-api-burst 3000 \
			--concurrent-deployment-syncs 20 --concurrent-replicaset-syncs 20 ${LAB_KCM_FLAGS:-}
		;;
	kube-scheduler)
		run kube-scheduler --kubeconfig "$dir/scheduler.kubeconfig" --bind-address 127.0.0.1 --secure-port "$scheduler_port" \
			--authentication-kubeconfig "$dir/scheduler.kubeconfig" --authorization-kubeconfig "$dir/scheduler.kubeconfig" \
			--leader-elect=false --kube-api-qps 2000 --kube-api-burst 3000
		;;
	kwok)
		# Pods annotated kwok.x-k8s.io/status=custom keep the status a test gives them.
		# shellcheck disable=SC2086
		run kwok --kubeconfig "$dir/kwok.kubeconfig" --config "$bin/kwok.yaml" --enable-crds= -v WARN \
			--manage-nodes-with-label-selector type=kwok --node-lease-duration-seconds 40 \
			--disregard-status-with-annotation-selector kwok.x-k8s.io/status=custom \
			--node-ip 127.0.0.1 --node-port "$kwok_port" --server-address "127.0.0.1:$kwok_port" \
			--tls-cert-file "$pki/kubelet.crt" --tls-private-key-file "$pki/kubelet.key" ${LAB_KWOK_FLAGS:-}
		;;
	metrics-server)
		local admin=$dir/admin.kubeconfig
		run metrics-server --kubeconfig "$admin" --authentication-kubeconfig "$admin" --authorization-kubeconfig "$admin" \
			--bind-address 127.0.0.1 --secure-port "$metrics_port" --cert-dir "$dir/metrics-server" \
			--kubelet-insecure-tls --kubelet-preferred-address-types InternalIP --kubelet-use-node-status-port \
			--metric-resolution 10s --kubelet-request-timeout 5s
		;;
	*) misuse "unknown component $1" ;;
	esac
}

run() { # run NAME ARGUMENT…
	setsid "$bin/$1" "${@:2}" >>"$dir/log/$1.log" 2>&1 </dev/null &
	record "$1" $!
	# So that the shell does not report its end when it is killed.
	disown
}

# wait_for COMPONENT…: until each is ready; ends with its last words if one has ended instead.
wait_for() {
	local component deadline=$((SECONDS + 180))
	for component in "$@"; do
		until is_ready "$component"; do
			is_running "$component" || fail "$component ended: $(tail -n 1 "$dir/log/$component.log")"
			[ $SECONDS -lt $deadline ] || fail "$component is not ready after 180 s: $(tail -n 1 "$dir/log/$component.log")"
			sleep 0.1
		done
	done
}

is_ready() {
	case $1 in
	etcd) answers "http://127.0.0.1:$etcd_port/readyz" ;;
	kube-apiserver) answers "https://127.0.0.1:$api_port/readyz" ;;
	# It has worked through its first controllers when pods can be made: they need the default service account.
	kube-controller-manager) answers "https://127.0.0.1:$api_port/api/v1/namespaces/default/serviceaccounts/default" ;;
	kube-scheduler) answers "https://127.0.0.1:$scheduler_port/readyz" ;;
	kwok) answers "https://127.0.0.1:$kwok_port/healthz" ;;
	metrics-server) answers "https://127.0.0.1:$api_port/apis/metrics.k8s.io/v1beta1" ;;
	esac
}

answers() { # answers URL
	curl --noproxy '*' -fsk --max-time 10 -o /dev/null -H 'Authorization: Bearer admin-token' "$1" 2>/dev/null
}

# An ExternalName, because the API server runs on this machine and not in a pod, where it would reach a Service.
start_metrics() {
	start metrics-server
	"$bin/kubectl" --kubeconfig "$dir/admin.kubeconfig" apply -f - >/dev/null <<-END
		apiVersion: v1
		kind: Service
		metadata: {name: metrics-server, namespace: kube-system}
		spec: {type: ExternalName, externalName: localhost, ports: [{port: $metrics_port}]}
		---
		apiVersion: apiregistration.k8s.io/v1
		kind: APIService
		metadata: {name: v1beta1.metrics.k8s.io}
		spec:
		  group: metrics.k8s.io
		  version: v1beta1
		  groupPriorityMinimum: 100
		  versionPriority: 100
		  insecureSkipTLSVerify: true
		  service: {name: metrics-server, namespace: kube-system, port: $metrics_port}
	END
	wait_for metrics-server
}

# A process is known by its id and the time it started: ids are used again, and its command line is not there while it
# becomes another program.
record() { echo "$2 $(process_start "$2")" >"$dir/pid/$1"; } # record NAME PID

# The process of COMPONENT is alive and still ours.
is_running() {
	local pid started
	read -r pid started 2>/dev/null <"$dir/pid/$1" || return 1
	[ -n "$started" ] && [ "$(process_start "$pid")" = "$started" ]
}

# Nothing is left of process $1 but what its parent may ask about it. Its ports are its own until the last of its threads
# has gone, which is after its command line has.
has_ended() {
	local threads=("/proc/$1/task/"*)
	[ ! -e "/proc/$1" ] || { [ ${#threads[@]} = 1 ] && ! process_start "$1" >/dev/null; }
}

# At once: there is nothing to keep, and an API server whose etcd has gone would wait for it for ever.
stop() {
	local pid
	read -r pid _ 2>/dev/null <"$dir/pid/$1" || fail "$1 was never started"
	if is_running "$1"; then
		kill -9 "$pid" 2>/dev/null || true
		until has_ended "$pid"; do sleep 0.02; done
	fi
	rm -f "$dir/pid/$1"
}

stop_all() {
	local file pid
	for file in "$dir"/pid/*; do
		# The watch tears down what it watches, itself last.
		if read -r pid _ 2>/dev/null <"$file" && [ "$pid" != $$ ]; then stop "${file##*/}"; fi
	done
}
