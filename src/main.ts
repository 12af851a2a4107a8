import { basename } from "node:path";

/**
 * The entry of both server names of the program: picks the role and hands over. A program name with
 * `redis-sentinel` in it, or the option `--sentinel`, asks for that role; as in Redis.
 *
 * Imports exactly one role at a time: the other is not loaded.
 * @param programName of the launcher; a link to it may have another name, which counts too.
 */
export function main(programName: string): void {
  const args = process.argv.slice(2);
  const called = basename(process.argv[1] ?? programName);
  const isSentinel = [programName, called].some((name) => name.includes("redis-sentinel"));
  if (isSentinel || args.includes("--sentinel")) {
    const { runSentinel } =
      require("./sentinel/run-sentinel") as typeof import("./sentinel/run-sentinel");
    runSentinel(args, called);
    return;
  }
  const { runServer } = require("./server/run-server") as typeof import("./server/run-server");
  runServer(args);
}
