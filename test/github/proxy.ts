/** The proxy of a company, on loopback: the only machine that knows the way out. */
import { createServer, type Server } from "node:http";
import { connect, type AddressInfo, type Socket } from "node:net";

export class Proxy {
  /** What it was asked to connect to, as `host:port`, in order. */
  readonly connected: string[] = [];
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  /** @param routes The port on this machine where each `host:port` is. */
  private constructor(routes: Readonly<Record<string, number>>) {
    this.#server = createServer((_, response) => response.writeHead(405).end());
    this.#server.on("connect", (request, client: Socket) => {
      const target = request.url ?? "";
      this.connected.push(target);
      const port = routes[target];
      if (port === undefined) {
        client.end("HTTP/1.1 502 Bad Gateway\r\n\r\n");
        return;
      }
      const server = connect(port, "127.0.0.1", () => {
        client.write("HTTP/1.1 200 Connection established\r\n\r\n");
        server.pipe(client).pipe(server);
      });
      for (const socket of [client, server]) {
        this.#sockets.add(socket);
        socket.on("error", () => socket.destroy());
      }
    });
  }

  static async start(routes: Readonly<Record<string, number>>): Promise<Proxy> {
    const proxy = new Proxy(routes);
    await new Promise<void>((resolve) => {
      proxy.#server.listen(0, "127.0.0.1", resolve);
    });
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
