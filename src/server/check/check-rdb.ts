import type { CheckTools } from "./check-tools";

/** `redis-check-rdb`: returns the exit code. */
export function checkRdb(args: readonly string[], { print, newRdbCheck }: CheckTools): number {
  if (args.length !== 1) {
    print("Usage: redis-check-rdb <rdb-file-name>");
    return 1;
  }
  const [path] = args;
  return newRdbCheck().check(Buffer.from(path), path) === undefined ? 1 : 0;
}
