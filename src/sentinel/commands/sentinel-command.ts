/** SENTINEL: a container; the work is done by its subcommands, in files by what they are about. */
import { replyHelp } from "../../command/help-reply";
import { askCommands } from "./ask";
import { ownSettingCommands } from "./own-settings";
import type { SentinelControl } from "./sentinel-control";
import { settingCommands } from "./settings";
import { showCommands } from "./show";
import type { SentinelSpec } from "./subcommand";
import { timeCommands } from "./times";
import { type WaitingClients, watchCommands } from "./watch";

/** Lines that show syntax are Redis's; what they explain is in own words. */
const HELP: readonly string[] = [
  "CKQUORUM <master-name>",
  "    Whether enough Sentinels can be reached to agree that the master is down,",
  "    and to elect who fails it over.",
  "CONFIG SET <param> <value>",
  "    Change a setting of this Sentinel.",
  "CONFIG GET <param>",
  "    Show settings of this Sentinel.",
  "DEBUG [<param> <value> ...]",
  "    Show the times in milliseconds that this Sentinel goes by, or change some.",
  "GET-MASTER-ADDR-BY-NAME <master-name>",
  "    The host and port of the master.",
  "FAILOVER <master-name> [COORDINATED]",
  "    Fail the master over without asking other Sentinels. COORDINATED: the master",
  "    itself hands over when the replica has all writes.",
  "FLUSHCONFIG",
  "    Write the state to the disk.",
  "FORGET <master-name> (REPLICA|SENTINEL) <ip> <port>",
  "    Forget one replica or Sentinel that is not there any more.",
  "INFO-CACHE <master-name>",
  "    INFO of the master and its replicas, as it was last got.",
  "IS-MASTER-DOWN-BY-ADDR <ip> <port> <current-epoch> <runid>",
  "    Whether the master at that address is down for this Sentinel.",
  "MASTER <master-name>",
  "    Show the master.",
  "MASTERS",
  "    Show all masters that are watched.",
  "MONITOR <name> <ip> <port> <quorum>",
  "    Begin to watch a master.",
  "MYID",
  "    The id of this Sentinel.",
  "PENDING-SCRIPTS",
  "    Show scripts that run or wait.",
  "REMOVE <master-name>",
  "    Stop watching the master.",
  "REPLICAS <master-name>",
  "    Show the replicas of the master.",
  "RESET <pattern>",
  "    Forget what is known about the masters whose names match.",
  "SENTINELS <master-name>",
  "    Show the other Sentinels that watch the master.",
  "SET <master-name> <option> <value> [<option> <value> ...]",
  "    Change options of the master.",
  "SIMULATE-FAILURE [CRASH-AFTER-ELECTION] [CRASH-AFTER-PROMOTION] [HELP]",
  "    Crash in the middle of a failover.",
];

export function sentinelCommand(control: SentinelControl, session: WaitingClients): SentinelSpec {
  return {
    name: "sentinel",
    arity: -2,
    flags: ["admin"],
    group: "sentinel",
    since: "2.8.4",
    summary: "Holds the commands of Sentinel.",
    complexity: "Depends on subcommand.",
    subcommands: [
      ...showCommands(control),
      ...askCommands(control),
      ...watchCommands(control, session),
      ...settingCommands(control),
      ...ownSettingCommands(control),
      ...timeCommands(control),
      {
        name: "help",
        arity: 2,
        flags: ["loading", "stale"],
        group: "sentinel",
        since: "6.2.0",
        summary: "Explains the subcommands.",
        complexity: "O(1)",
        handler: (call) => replyHelp(call, HELP),
      },
    ],
  };
}
