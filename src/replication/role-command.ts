import type { CommandSpec } from "../command/spec";
import { ROLE_SPEC } from "../process/role-spec";
import type { SessionCall } from "../session/session-call";
import type { Replica } from "./master/replica";
import type { Replication } from "./replication";
import { linkState } from "./replication-fields";

/** ROLE: what Sentinel and clients ask to learn who is master, and who its replicas are. */
export function roleCommand(
  replication: Replication,
  replicas: () => readonly Replica[],
): CommandSpec<SessionCall> {
  return {
    ...ROLE_SPEC,
    summary: "Tells whether the server is a master or a replica, of whom and how far it is.",
    handler: ({ reply }) => {
      const { state } = replication;
      if (state.master !== undefined) {
        const { link, master } = state;
        reply.array(5);
        reply.bulkText("slave");
        reply.bulkLatin1(master.host);
        reply.integer(master.port);
        reply.bulkText(linkState(link.phase));
        reply.integer(link.phase === "connected" ? replication.offset : -1);
        return;
      }
      const online = replicas().filter(({ isOnline }) => isOnline);
      reply.array(3);
      reply.bulkText("master");
      reply.integer(replication.offset);
      reply.array(online.length);
      for (const { host, port, ackOffset } of online) {
        reply.array(3);
        reply.bulkLatin1(host);
        reply.bulkInteger(port);
        reply.bulkInteger(ackOffset);
      }
    },
  };
}
