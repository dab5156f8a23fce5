"""What the benchmarks share: a filled control plane, the server under test, its event stream."""

import contextlib
import http.client
import json
import math
import os
import pathlib
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
CLUSTER = ROOT / "hack/cluster"
REPLICAS = 5
# Asking takes processor time that the start itself wants.
POLL_SECONDS = 0.01
PAGES = 1000
USER = "bench"
REQUIRED = [
    "/api/v1/namespaces",
    "/api/v1/pods",
    "/apis/apps/v1/deployments",
    "/apis/apps/v1/replicasets",
    "/apis/apps/v1/statefulsets",
    "/apis/apps/v1/daemonsets",
]
ROLE = {
    "apiVersion": "v1",
    "kind": "List",
    "items": [
        {
            "apiVersion": "rbac.authorization.k8s.io/v1",
            "kind": "ClusterRole",
            "metadata": {"name": USER},
            "rules": [
                {
                    "apiGroups": [""],
                    "resources": ["pods", "pods/log", "services", "namespaces", "events"],
                    "verbs": ["get", "list", "watch"],
                },
                {
                    "apiGroups": ["apps"],
                    "resources": ["deployments", "statefulsets", "daemonsets", "replicasets"],
                    "verbs": ["get", "list", "watch"],
                },
                {"apiGroups": ["metrics.k8s.io"], "resources": ["pods"], "verbs": ["get", "list"]},
            ],
        },
        {
            "apiVersion": "rbac.authorization.k8s.io/v1",
            "kind": "ClusterRoleBinding",
            "metadata": {"name": USER},
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": USER},
            "subjects": [{"kind": "ServiceAccount", "namespace": "default", "name": USER}],
        },
    ],
}


def say(text):
    print(f"bench: {text}", file=sys.stderr, flush=True)


def percentile(values, percent):
    return sorted(values)[max(0, math.ceil(len(values) * percent / 100) - 1)]


class Cluster:
    """A filled control plane, for as long as the `with` lasts."""

    def __init__(self, workloads):
        self.workloads = workloads
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="maintenant-bench-"))

    def __enter__(self):
        say(f"a cluster of {self.workloads} workloads")
        run(CLUSTER, "up", "--with", str(os.getpid()), self.directory)
        pods = self.workloads * REPLICAS
        size = ["--workloads", self.workloads, "--replicas", REPLICAS, "--nodes", max(1, pods // 70)]
        run(ROOT / "hack/fill", *size, "--namespaces", max(1, self.workloads // 50), "--wait", self.directory)
        self.kubeconfig = run(CLUSTER, "user", self.directory, USER).strip()
        run(CLUSTER, "kubectl", self.directory, "apply", "-f", "-", text=json.dumps(ROLE))
        self.port = int((self.directory / "ports").read_text())
        self.tls = ssl.create_default_context(cafile=str(self.directory / "pki/ca.crt"))
        return self

    def __exit__(self, *_):
        run(CLUSTER, "down", self.directory)

    def connect(self):
        """The server ends connections that were idle, so each series of requests has its own."""
        self.connection = http.client.HTTPSConnection("127.0.0.1", self.port, context=self.tls, timeout=120)
        self.connection.connect()

    def request(self, method, path, body=None):
        headers = {"Authorization": "Bearer admin-token", "Content-Type": "application/merge-patch+json"}
        self.connection.request(method, path, json.dumps(body) if body else None, headers)
        answer = self.connection.getresponse()
        text = answer.read()
        if answer.status != 200:
            sys.exit(f"bench: {method} {path}: {answer.status} {text[:300]!r}")
        return text

    def list_seconds(self):
        """One raw list in compact JSON of each required kind, one after the other."""
        self.connect()
        start = time.monotonic()
        for path in REQUIRED:
            self.request("GET", path)
        return time.monotonic() - start

    def requests_since(self, moment):
        """How often each verb was asked of each resource by the server since then, by the audit log."""
        counts, seen = {}, set()
        for line in (self.directory / "log/audit.log").read_text().splitlines():
            entry = json.loads(line)
            is_ours = entry["user"]["username"] == f"system:serviceaccount:default:{USER}"
            if is_ours and entry["requestReceivedTimestamp"] >= moment and entry["auditID"] not in seen:
                seen.add(entry["auditID"])
                what = f"{entry['verb']} {entry.get('objectRef', {}).get('resource', entry['requestURI'])}"
                counts[what] = counts.get(what, 0) + 1
        return counts


class Server:
    """The product's server on a fresh history, for as long as the `with` lasts."""

    def __init__(self, binary, kubeconfig):
        self.home = tempfile.TemporaryDirectory(prefix="maintenant-bench-home-")
        self.port = free_port()
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("MAINTENANT_", "KUBE"))}
        settings = {
            "HOME": self.home.name,
            "KUBECONFIG": kubeconfig,
            "MAINTENANT_ADDR": f"127.0.0.1:{self.port}",
            "MAINTENANT_DB": f"{self.home.name}/maintenant.db",
        }
        self.log = pathlib.Path(self.home.name, "log")
        self.started = time.monotonic()
        with self.log.open("w") as log:
            self.process = subprocess.Popen([binary, "serve"], env=kept | settings, cwd=self.home.name, stderr=log)

    def __enter__(self):
        deadline, last = self.started + 120, b""
        while True:
            # A refused connection is a server that does not listen yet.
            with contextlib.suppress(OSError, http.client.HTTPException):
                status, last = self.get("/api/v1/ready")
                if status == 200:
                    self.ready_seconds = time.monotonic() - self.started
                    return self
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.__exit__()
                sys.exit(f"bench: the server is not ready: {last!r}\n{self.log_text}")
            time.sleep(POLL_SECONDS)

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)
        self.log_text = self.log.read_text()
        self.home.cleanup()

    def get(self, path):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read()

    def memory_mib(self, field):
        """VmRSS, what is resident now, or VmHWM, the most that ever was: see proc(5)."""
        lines = pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith(field + ":")) / 1024

    def cpu_seconds(self):
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def page_seconds(self):
        """How long each of many first pages of the workloads took, over one connection, as a browser asks."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        taken = []
        for _ in range(PAGES):
            start = time.monotonic()
            connection.request("GET", "/api/v1/workloads", headers={"Accept-Encoding": "gzip"})
            answer = connection.getresponse()
            answer.read()
            taken.append(time.monotonic() - start)
            if answer.status != 200:
                sys.exit(f"bench: GET /api/v1/workloads: {answer.status}")
        return taken


class Stream:
    """The server's event stream, read beside the rest; knows when each workload was first seen to want how much."""

    def __init__(self, server):
        _, page = server.get("/api/v1/workloads?limit=1")
        version = json.loads(page)["version"]
        self.connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        self.connection.request("GET", f"/api/v1/stream?after={version}")
        self.answer = self.connection.getresponse()
        if self.answer.status != 200:
            sys.exit(f"bench: GET /api/v1/stream: {self.answer.status} {self.answer.read()!r}")
        self.seen = {}
        self.changed = threading.Condition()
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.answer:
            if line.startswith(b"data:"):
                now = time.monotonic()
                rows = json.loads(line[5:]).get("upserted", [])
                with self.changed:
                    for row in rows:
                        self.note(row, now)
                    self.changed.notify_all()

    def note(self, row, now):
        self.seen.setdefault((row["namespace"], row["name"], row["desired"]), now)

    def wait(self, key):
        with self.changed:
            if not self.changed.wait_for(lambda: key in self.seen, timeout=30):
                sys.exit(f"bench: {key} did not come through the stream within 30 s")
            return self.seen[key]


def free_port():
    """Below the kernel's ephemeral ports, so that no outgoing connection takes it before the server does."""
    for port in range(10000, 20000):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            return port
    return sys.exit("bench: no free port")


def run(*command, text=None):
    done = subprocess.run([str(word) for word in command], input=text, text=True, stdout=subprocess.PIPE)
    if done.returncode:
        sys.exit(f"bench: {' '.join(map(str, command))} ended with {done.returncode}")
    return done.stdout
