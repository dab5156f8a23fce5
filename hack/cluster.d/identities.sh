# shellcheck shell=bash
# Part of hack/cluster: certificates, tokens and kubeconfigs. Uses `dir`, `bin` and `api_port`. The secrets are worth
# nothing outside one short-lived cluster on loopback.

make_identities() {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj /CN=lab-ca \
		-keyout "$dir/pki/ca.key" -out "$dir/pki/ca.crt" 2>/dev/null
	openssl ecparam -name prime256v1 -genkey -noout -out "$dir/pki/service-account.key"
	issue apiserver kube-apiserver
	issue front-proxy front-proxy-client
	issue kubelet kubelet
	cat >"$dir/tokens.csv" <<-END
		admin-token,admin,admin,system:masters
		kwok-token,kwok,kwok,system:masters
		kcm-token,system:kube-controller-manager,kcm
		scheduler-token,system:kube-scheduler,scheduler
	END
	local name
	for name in admin kwok kcm scheduler; do write_kubeconfig "$name" "$name-token"; done
	# Who reads is recorded, the control plane's own traffic is not: it would fill the disk and drown the rest.
	cat >"$dir/audit.yaml" <<-END
		apiVersion: audit.k8s.io/v1
		kind: Policy
		omitStages: [RequestReceived]
		rules:
		- {level: None, userGroups: ["system:serviceaccounts:kube-system"]}
		- {level: None, users: [kwok, "system:apiserver", "system:kube-controller-manager", "system:kube-scheduler"]}
		- {level: Metadata}
	END
}

issue() { # issue NAME COMMON_NAME: a key and a certificate, for server and client
	openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/O=lab/CN=$2" \
		-keyout "$dir/pki/$1.key" -out "$dir/pki/$1.csr" 2>/dev/null
	openssl x509 -req -in "$dir/pki/$1.csr" -CA "$dir/pki/ca.crt" -CAkey "$dir/pki/ca.key" -CAcreateserial -days 30 \
		-out "$dir/pki/$1.crt" -extfile <(
			echo subjectAltName=DNS:localhost,DNS:kubernetes,DNS:kubernetes.default.svc,IP:127.0.0.1,IP:10.0.0.1
			echo extendedKeyUsage=serverAuth,clientAuth
		) 2>/dev/null
}

write_kubeconfig() { # write_kubeconfig NAME TOKEN
	cat >"$dir/$1.kubeconfig" <<-END
		apiVersion: v1
		kind: Config
		current-context: lab
		clusters: [{name: lab, cluster: {server: "https://127.0.0.1:$api_port", certificate-authority: "$dir/pki/ca.crt"}}]
		users: [{name: "$1", user: {token: "$2"}}]
		contexts: [{name: lab, context: {cluster: lab, user: "$1"}}]
	END
}

# A service account, so that its token is of the kind a pod has; the audit log knows it as
# system:serviceaccount:default:NAME.
make_user() {
	"$bin/kubectl" --kubeconfig "$dir/admin.kubeconfig" -n default create serviceaccount "$1" >/dev/null
	write_kubeconfig "$1" "$("$bin/kubectl" --kubeconfig "$dir/admin.kubeconfig" -n default create token "$1" --duration 24h)"
	echo "$dir/$1.kubeconfig"
}
