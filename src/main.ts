import { refuse, runServer } from "./server/run-server";

/**
 * The entry of all four names of the program: picks the role and hands over.
 *
 * Imports exactly one role at a time; a role that is not asked for is not loaded.
 */
export function main(programName: string): void {
  if (programName === "redis-server") runServer(process.argv.slice(2));
  else refuse(programName);
}
