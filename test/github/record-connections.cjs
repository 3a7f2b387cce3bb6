/** Loaded into the Action's process: writes down where it connects to. */
const { appendFileSync } = require("node:fs");
const { Socket } = require("node:net");

const { connect } = Socket.prototype;

/** @typedef {{ readonly host?: string, readonly path?: string, readonly port?: number }} Target */

Object.assign(Socket.prototype, {
  /** @this {import("node:net").Socket} @param {unknown[]} args */
  connect(...args) {
    // Node's own callers have brought the arguments into one array.
    const [to = {}] = /** @type {Target[]} */ (Array.isArray(args[0]) ? args[0] : args);
    appendFileSync(String(process.env["CONNECTIONS"]), `${String(to.host ?? to.path)}:${String(to.port ?? "")}\n`);
    return /** @type {unknown} */ (Reflect.apply(connect, this, args));
  },
});
