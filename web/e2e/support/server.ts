/** The true binary, started for a test and ended after it. */

import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const BUILT = ["../target/release/maintenant", "../target/debug/maintenant"];
/** A debug build with ten thousand workloads on a busy machine takes its time. */
const READY_MS = 170_000;
const POLL_MS = 50;
const LOWEST_PORT = 11_000;
const HIGHEST_PORT = 19_000;

/** The binary at work on a free port of this machine, with a database of its own. */
class Server {
  readonly url: string;
  protected readonly folder: string;
  readonly #port: number;
  #process: ChildProcess | null = null;
  #output = "";

  protected constructor(port: number, folder: string) {
    this.#port = port;
    this.folder = folder;
    this.url = `http://127.0.0.1:${port}`;
  }

  /** Starts it, and waits until it is ready. */
  protected async launch(command: string[], variables: Record<string, string> = {}): Promise<void> {
    const words = [...command, "--addr", `127.0.0.1:${this.#port}`, "--db", join(this.folder, "maintenant.db")];
    // Variables that are set for other purposes must not change what is tested.
    const others = Object.entries(process.env).filter(([name]) => !/^(MAINTENANT|KUBE)/.test(name));
    const env = { ...Object.fromEntries(others), ...variables };
    const child = spawn(binary(), words, { env, stdio: ["ignore", "pipe", "pipe"] });
    this.#process = child;
    const keep = (bytes: Buffer): void => {
      this.#output = (this.#output + bytes.toString()).slice(-8_000);
    };
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    const deadline = Date.now() + READY_MS;
    while (!(await this.#isReady())) {
      if (child.exitCode !== null || Date.now() > deadline) {
        throw new Error(`the server is not ready (exit code ${child.exitCode ?? "none"}):\n${this.#output}`);
      }
      await new Promise((done) => setTimeout(done, POLL_MS));
    }
  }

  /** Ends it without warning, as a crash does. */
  async kill(): Promise<void> {
    await this.#end("SIGKILL");
  }

  async stop(): Promise<void> {
    await this.#end("SIGTERM");
    await rm(this.folder, { recursive: true, force: true });
  }

  async read<T>(path: string): Promise<T> {
    const response = await fetch(`${this.url}/api/v1${path}`);
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  }

  async #isReady(): Promise<boolean> {
    try {
      return (await fetch(`${this.url}/api/v1/ready`)).ok;
    } catch {
      return false;
    }
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#process;
    this.#process = null;
    if (child?.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((done) => child.once("exit", done));
    child.kill(signal);
    await ended;
  }
}

export interface DemoOptions {
  workloads?: number;
  /** Which workloads those are, and what they go through. */
  seed?: number;
  changesPerSecond?: number;
}

/** `maintenant demo`. */
export class DemoServer extends Server {
  #options: DemoOptions = {};

  static async start(options: DemoOptions = {}): Promise<DemoServer> {
    const server = new DemoServer(await freePort(), await newFolder());
    server.#options = options;
    await server.run();
    return server;
  }

  /** Starts it, again on the same port and database after `kill`, and waits until it is ready. */
  async run(options: DemoOptions = this.#options): Promise<void> {
    const { workloads, seed, changesPerSecond } = options;
    const words = ["demo"];
    if (workloads !== undefined) words.push("--workloads", String(workloads));
    if (seed !== undefined) words.push("--seed", String(seed));
    if (changesPerSecond !== undefined) words.push("--changes-per-second", String(changesPerSecond));
    await this.launch(words);
  }
}

/** `maintenant serve`, watching a cluster under a name. */
export class WatchingServer extends Server {
  static async start(cluster: string, apiServer: string): Promise<WatchingServer> {
    const server = new WatchingServer(await freePort(), await newFolder());
    const kubeconfig = join(server.folder, "kubeconfig");
    const content = {
      apiVersion: "v1",
      kind: "Config",
      "current-context": cluster,
      clusters: [{ name: cluster, cluster: { server: apiServer } }],
      users: [{ name: "viewer", user: {} }],
      contexts: [{ name: cluster, context: { cluster, user: "viewer" } }],
    };
    // JSON is YAML too.
    await writeFile(kubeconfig, JSON.stringify(content));
    await server.launch(["serve"], { KUBECONFIG: kubeconfig });
    return server;
  }
}

function newFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), "maintenant-e2e-"));
}

function binary(): string {
  const given = process.env.E2E_BINARY;
  const candidates = given ? [given] : BUILT;
  const found = candidates.map((it) => resolve(it)).find((it) => existsSync(it));
  if (!found) {
    throw new Error(`no binary at ${candidates.join(" or ")}: build it with \`make build\`, or name one in E2E_BINARY`);
  }
  return found;
}

/** A port that nobody listens on, below those that the kernel gives to whoever asks for any: it stays free until used. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = LOWEST_PORT + Math.floor(Math.random() * (HIGHEST_PORT - LOWEST_PORT));
    const free = await new Promise<boolean>((done) => {
      const probe = createServer();
      probe.once("error", () => done(false));
      probe.listen(port, "127.0.0.1", () => probe.close(() => done(true)));
    });
    if (free) return port;
  }
}
