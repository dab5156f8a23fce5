/** A way to an API server that can be shut, as a network that breaks shuts it. */

import { connect, createServer, type Server, type Socket } from "node:net";
import { freePort } from "./server";

/** Passes connections on to an address while it is open. Shut, it cuts off who is through and refuses who comes. */
export class Gate {
  readonly url: string;
  readonly #port: number;
  readonly #host: string;
  readonly #hostPort: number;
  readonly #sockets = new Set<Socket>();
  #server: Server | null = null;

  private constructor(port: number, address: string) {
    this.#port = port;
    this.url = `http://127.0.0.1:${port}`;
    const { hostname, port: hostPort } = new URL(`http://${address}`);
    this.#host = hostname;
    this.#hostPort = Number(hostPort);
  }

  static async before(address: string): Promise<Gate> {
    const gate = new Gate(await freePort(), address);
    await gate.open();
    return gate;
  }

  async open(): Promise<void> {
    const server = createServer((inner) => {
      const outer = connect(this.#hostPort, this.#host);
      for (const [socket, other] of [
        [inner, outer],
        [outer, inner],
      ] as const) {
        this.#sockets.add(socket);
        socket.on("error", () => other.destroy());
        socket.on("close", () => {
          this.#sockets.delete(socket);
          other.destroy();
        });
        socket.pipe(other);
      }
    });
    this.#server = server;
    await new Promise<void>((done, failed) => {
      server.once("error", failed);
      server.listen(this.#port, "127.0.0.1", done);
    });
  }

  async shut(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    if (!server) return;
    const closed = new Promise((done) => server.close(done));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}
