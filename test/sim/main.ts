// `npm run test:sim -- [replication | sentinel] [histories] [first seed]`: replication when no part is
// named.
import { runReplication } from "./replication/run-replication";
import { runSentinel } from "./sentinel/run-sentinel";

function main([part, ...rest]: readonly string[]): number {
  if (part === "sentinel") return runSentinel(rest);
  return runReplication(part === "replication" || part === undefined ? rest : [part, ...rest]);
}

process.exitCode = main(process.argv.slice(2));
