/**
 * PostgreSQL that real clients connect to, and that writes down what they send: PGlite behind PostgreSQL's wire
 * protocol. All connections share one session, so a library under test gets a pool of one.
 */
import { createServer, type AddressInfo, type Socket } from "node:net";
import type { PGlite } from "@electric-sql/pglite";
import { startPGlite } from "../../postgres/start-pglite.js";

/** One query as it was sent: several statements in the simple protocol, one with its parameters in the extended one. */
export interface SentQuery {
  readonly sql: string;
  /** As text; empty in the simple protocol. */
  readonly values: readonly (string | null)[];
}

export interface RecordingServer {
  readonly port: number;
  /** `postgres://…`, for libraries that take an address. */
  readonly url: string;
  /** Runs SQL that is not written down. */
  prepare(sql: string): Promise<void>;
  /** From here on nothing is kept: transactions of the clients become savepoints of one that `takeBack` ends. */
  hold(): Promise<void>;
  takeBack(): Promise<void>;
  /** What was sent since the last call. */
  sent(): readonly SentQuery[];
  close(): Promise<void>;
}

export async function startRecordingServer(): Promise<RecordingServer> {
  const database = await startPGlite();
  let sent: SentQuery[] = [];
  let holding = false;
  // PGlite has one session: the messages of all connections go through it one after the other.
  let queue: Promise<unknown> = Promise.resolve();
  const connections = new Set<Socket>();
  const server = createServer((socket) => {
    connections.add(socket);
    const connection = new Connection(
      (query) => sent.push(query),
      (message) => {
        const executed = holding ? withSavepoints(message) : message;
        queue = queue.then(async () => socket.write(await answer(database, executed)));
      },
      (answered) => socket.write(answered),
    );
    socket.on("data", (data) => connection.receive(data));
    socket.on("error", () => undefined);
    socket.on("close", () => connections.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const execute = async (sql: string): Promise<void> => {
    const executed = queue.then(() => database.exec(sql));
    queue = executed.catch(() => undefined);
    await executed;
  };
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `postgres://postgres:postgres@127.0.0.1:${String(port)}/postgres`,
    prepare: async (sql) => {
      await execute(sql);
      sent = [];
    },
    hold: async () => {
      await execute("BEGIN");
      holding = true;
    },
    takeBack: async () => {
      holding = false;
      await execute("ROLLBACK");
    },
    sent: () => {
      const before = sent;
      sent = [];
      return before;
    },
    close: async () => {
      for (const socket of connections) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
      await database.close();
    },
  };
}

function answer(database: PGlite, message: Uint8Array): Promise<Uint8Array> {
  return database.runExclusive(() => database.execProtocolRaw(message));
}

/** The beginning and the end of a transaction, as those of a part of one. */
const SAVEPOINTS: readonly (readonly [pattern: RegExp, savepoint: string])[] = [
  [/^\s*(?:begin|start transaction)\b[^;]*;?\s*$/i, "SAVEPOINT held"],
  [/^\s*(?:commit|end)\b[^;]*;?\s*$/i, "RELEASE SAVEPOINT held"],
  [/^\s*(?:rollback|abort)(?:\s+(?:work|transaction))?\s*;?\s*$/i, "ROLLBACK TO SAVEPOINT held"],
];

/** A simple query that begins or ends a transaction, as one that does so for a savepoint. */
function withSavepoints(message: Uint8Array): Uint8Array {
  if (message[0] !== 0x51) return message;
  const sql = Buffer.from(message).toString("utf8", 5, message.length - 1);
  const savepoint = SAVEPOINTS.find(([pattern]) => pattern.test(sql))?.[1];
  if (savepoint === undefined) return message;
  const query = Buffer.alloc(savepoint.length + 6);
  query.write("Q");
  query.writeInt32BE(savepoint.length + 5, 1);
  query.write(savepoint, 5);
  return query;
}

/** Request codes that come in the place of a protocol version (PostgreSQL documentation, 54.7). */
const SSL_REQUEST = 80877103;
const GSS_REQUEST = 80877104;

/** The messages of one client, as PostgreSQL's frontend/backend protocol has them (documentation, chapter 54). */
class Connection {
  #received = Buffer.alloc(0);
  #started = false;
  /** Messages of the extended protocol up to the next Sync. */
  #pending: Buffer[] = [];
  readonly #statements = new Map<string, string>();
  readonly #record: (query: SentQuery) => void;
  readonly #forward: (message: Uint8Array) => void;
  readonly #reply: (answer: string) => void;

  constructor(
    record: (query: SentQuery) => void,
    forward: (message: Uint8Array) => void,
    reply: (answer: string) => void,
  ) {
    this.#record = record;
    this.#forward = forward;
    this.#reply = reply;
  }

  receive(data: Buffer): void {
    this.#received = Buffer.concat([this.#received, data]);
    for (;;) {
      const head = this.#started ? 1 : 0;
      if (this.#received.length < head + 4) return;
      const length = head + this.#received.readInt32BE(head);
      if (this.#received.length < length) return;
      const message = this.#received.subarray(0, length);
      this.#received = this.#received.subarray(length);
      if (this.#started) this.#message(message);
      else this.#startup(message);
    }
  }

  #startup(message: Buffer): void {
    const code = message.readInt32BE(4);
    if (code === SSL_REQUEST || code === GSS_REQUEST) return this.#reply("N");
    this.#started = true;
    this.#forward(message);
  }

  #message(message: Buffer): void {
    const type = String.fromCharCode(message[0] ?? 0);
    const body = new Reader(message.subarray(5));
    switch (type) {
      case "Q":
        this.#record({ sql: body.text(), values: [] });
        return this.#forward(message);
      case "P":
        this.#statements.set(body.text(), body.text());
        break;
      case "B": {
        body.text();
        this.#record({ sql: this.#statements.get(body.text()) ?? "", values: body.values() });
        break;
      }
      case "X":
        return;
    }
    this.#pending.push(message);
    // Sync and Flush ask for the answers.
    if (type !== "S" && type !== "H") return;
    this.#forward(Buffer.concat(this.#pending));
    this.#pending = [];
  }
}

class Reader {
  #at = 0;
  readonly #body: Buffer;

  constructor(body: Buffer) {
    this.#body = body;
  }

  text(): string {
    const end = this.#body.indexOf(0, this.#at);
    const text = this.#body.toString("utf8", this.#at, end);
    this.#at = end + 1;
    return text;
  }

  /** The parameters of a Bind, behind its names. */
  values(): (string | null)[] {
    this.#at += 2 + 2 * this.#body.readInt16BE(this.#at);
    const count = this.#body.readInt16BE(this.#at);
    this.#at += 2;
    return Array.from({ length: count }, () => {
      const length = this.#body.readInt32BE(this.#at);
      this.#at += 4;
      if (length < 0) return null;
      this.#at += length;
      return this.#body.toString("utf8", this.#at - length, this.#at);
    });
  }
}
