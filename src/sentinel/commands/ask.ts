/** SENTINEL IS-MASTER-DOWN-BY-ADDR: how Sentinels ask each other for their opinion and their vote. */
import { ERR_NOT_INTEGER } from "../../command/error-texts";
import type { SessionCall } from "../../session/session-call";
import { answerIsMasterDown } from "../act/is-master-down";
import { MAX_EPOCH, RUN_ID_LENGTH } from "../model/constants";
import { wordAt } from "./command-words";
import type { SentinelControl } from "./sentinel-control";
import { type SentinelSpec, subcommands } from "./subcommand";

/** The candidate of who only asks whether the master is down. */
const NO_CANDIDATE = "*";

export function askCommands(control: SentinelControl): SentinelSpec[] {
  return subcommands(control, [
    {
      name: "is-master-down-by-addr",
      arity: 6,
      since: "2.8.4",
      summary: "Tells whether a master is down for this Sentinel, and gives its vote.",
      complexity: "O(1)",
      arguments: [
        { name: "ip", type: "string" },
        { name: "port", type: "integer" },
        { name: "current-epoch", type: "integer" },
        { name: "runid", type: "string" },
      ],
      run: answer,
    },
  ]);
}

function answer(call: SessionCall, control: SentinelControl): void {
  const { args, reply } = call;
  const port = args.clampedInteger(3);
  const epoch = args.clampedInteger(4);
  if (Number.isNaN(port) || Number.isNaN(epoch)) {
    reply.error(ERR_NOT_INTEGER);
    return;
  }
  const ip = wordAt(call, 2) ?? "";
  const candidateId = candidateOf(call, epoch);
  const said = control.change((draft) =>
    answerIsMasterDown(draft, { ip, port, epoch, candidateId }),
  );
  // A vote that a restart would forget is none.
  const isVote = candidateId === NO_CANDIDATE || control.model.isSaved;
  reply.array(3);
  reply.integer(said.isDown ? 1 : 0);
  reply.bulkLatin1(isVote ? said.leader : NO_CANDIDATE);
  reply.integer(isVote ? said.epoch : 0);
}

/** Nobody votes for who cannot be a Sentinel, nor in an epoch that no Sentinel comes to. */
function candidateOf(call: SessionCall, epoch: number): string {
  const isPossible = epoch >= 0 && epoch <= MAX_EPOCH;
  const isId = call.args.length(5) <= RUN_ID_LENGTH;
  return isPossible && isId ? call.args.text(5) : NO_CANDIDATE;
}
