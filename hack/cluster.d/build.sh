# shellcheck shell=bash
# Part of hack/cluster: compiles the control plane from the projects' own Go modules, at the versions and sums pinned in
# hack/tools. No binary is downloaded. Uses `hack`, `cache` and `bin`.

kubernetes_version=v1.36.3
helm_version=v3.22.0

build() {
	compile kubernetes kube-apiserver kube-controller-manager kube-scheduler kubectl
	compile etcd etcd
	compile kwok kwok
	compile metrics-server metrics-server
}

# compile MODULE[/PART] BINARY…: the binaries of hack/tools/MODULE, unless the cache has them of the same go.mod and go.sum.
compile() {
	local module=${1%%/*} stamp=$cache/stamp/${1//\//-} source wanted
	source=$hack/tools/$module
	shift
	wanted=$(cat "$source/go.mod" "$source/go.sum" "$hack/cluster.d/build.sh" | sha256sum)
	! is_built "$stamp" "$wanted" "$@" || return 0
	"$hack/require" go
	mkdir -p "$bin" "$cache/stamp"
	(
		# Two that start at once: one builds, the other finds it built. The lock ends with this subshell.
		exec 8>"$cache/build.lock"
		flock 8
		! is_built "$stamp" "$wanted" "$@" || exit 0
		echo "cluster: compiling $module into $cache (minutes the first time)" >&2
		fresh=$(mktemp -d "$cache/build.XXXXXX")
		trap 'rm -rf "$fresh"' EXIT
		cd "$source"
		for binary in "$@"; do
			CGO_ENABLED=0 GOFLAGS='-mod=readonly -buildvcs=false' go build -trimpath \
				-tags no_btrfs,no_devmapper,no_zfs -ldflags "$(linker_flags)" \
				-o "$fresh/$binary" "$(package_of "$binary")" 8>&-
		done
		[ "$module" != kwok ] || write_stages "$fresh/kwok.yaml"
		# A rename leaves a cluster that runs on the former binary alone.
		mv -f "$fresh"/* "$bin/"
		echo "$wanted" >"$stamp"
	)
}

is_built() { # is_built STAMP WANTED BINARY…
	[ "$(cat "$1" 2>/dev/null)" = "$2" ] || return 1
	local binary
	for binary in "${@:3}"; do [ -x "$bin/$binary" ] || return 1; done
}

package_of() {
	case $1 in
	kubeconform) echo github.com/yannh/kubeconform/cmd/kubeconform ;;
	kube* ) echo "k8s.io/kubernetes/cmd/$1" ;;
	containerd* | ctr) echo "github.com/containerd/containerd/v2/cmd/$1" ;;
	etcd) echo go.etcd.io/etcd/server/v3 ;;
	helm) echo helm.sh/helm/v3/cmd/helm ;;
	kwok) echo sigs.k8s.io/kwok/cmd/kwok ;;
	metrics-server) echo sigs.k8s.io/metrics-server/cmd/metrics-server ;;
	esac
}

# Kubernetes binaries and helm carry their version by the linker alone; without it the API server calls itself v0.0.0.
linker_flags() {
	local version=k8s.io/component-base/version number=${kubernetes_version#v}
	echo "-s -w -X $version.gitVersion=$kubernetes_version -X $version.gitMajor=${number%%.*}" \
		"-X $version.gitMinor=$(echo "$number" | cut -d. -f2) -X helm.sh/helm/v3/internal/version.version=$helm_version"
}

# How simulated nodes and pods behave: the stages and the metrics that come with kwok's module.
write_stages() {
	local kustomize file
	kustomize=$(GOFLAGS=-mod=readonly go list -m -f '{{.Dir}}' sigs.k8s.io/kwok)/kustomize
	for file in stage/node/fast/node-initialize stage/node/heartbeat-with-lease/node-heartbeat-with-lease \
		stage/pod/fast/pod-ready stage/pod/fast/pod-complete stage/pod/fast/pod-delete \
		metrics/resource/metrics-resource metrics/usage/usage-from-annotation; do
		echo ---
		cat "$kustomize/$file.yaml"
		echo
	done >"$1"
}
