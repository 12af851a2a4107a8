import { checkAof } from "./server/check/check-aof";
import { checkRdb } from "./server/check/check-rdb";
import { checkTools } from "./server/check/check-tools";

/** The entry of the programs that check files; a bundle of its own, so that no server is loaded. */
export function main(programName: string): void {
  const args = process.argv.slice(2);
  const tools = checkTools();
  process.exitCode =
    programName === "redis-check-rdb" ? checkRdb(args, tools) : checkAof(args, tools);
}
