// What INFO of a toy data node says: the lines of a real one that Sentinel reads, and some that it does
// not.
import type { ToyNode } from "./toy-node";
import { offsetOf } from "./toy-replication";

export function toyInfo(node: ToyNode): string {
  const head = `# Server\r\nredis_version:7.2.4\r\nrun_id:${node.runId}\r\ntcp_port:${node.port}\r\n\r\n`;
  const { replicaOf } = node;
  const lines = replicaOf === undefined ? ["role:master"] : replicaLines(node);
  const replicas = node.replicas.all.filter(({ address }) => address.port > 0);
  lines.push(`connected_slaves:${replicas.length}`);
  replicas.forEach(({ address, isOnline, ackedLength }, index) => {
    const state = isOnline ? "online" : "wait_bgsave";
    const offset = offsetOf(ackedLength);
    lines.push(
      `slave${index}:ip=${address.ip},port=${address.port},state=${state},offset=${offset},lag=0`,
    );
  });
  lines.push(
    "master_failover_state:no-failover",
    `master_repl_offset:${offsetOf(node.log.length)}`,
  );
  const keys = node.log.length === 0 ? "" : `db0:keys=${node.log.length},expires=0,avg_ttl=0\r\n`;
  return `${head}# Replication\r\n${lines.join("\r\n")}\r\n\r\n# Keyspace\r\n${keys}`;
}

function replicaLines(node: ToyNode): string[] {
  const { replicaOf, link } = node;
  const isUp = link?.isUp === true;
  const lines = [
    "role:slave",
    `master_host:${replicaOf?.ip}`,
    `master_port:${replicaOf?.port}`,
    `master_link_status:${isUp ? "up" : "down"}`,
    `master_sync_in_progress:${link?.isSyncing === true ? 1 : 0}`,
    `slave_repl_offset:${offsetOf(node.log.length)}`,
  ];
  if (!isUp) {
    const downMs = node.world.network.nowMs - (link?.downSinceMs ?? 0);
    lines.push(`master_link_down_since_seconds:${Math.floor(downMs / 1000)}`);
  }
  lines.push(`slave_priority:${node.priority}`, "slave_read_only:1", "replica_announced:1");
  return lines;
}
