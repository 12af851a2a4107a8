// Hello messages and INFO replies that make no sense: a Sentinel must neither end nor believe them.
import type { PeerReply } from "../../../src/sentinel/model/sentinel-event";
import type { SeededRandom } from "../../support/seeds";

/** A message that is wrong in one field at least. */
export function garbageHello(random: SeededRandom, ip: string, master: string, id: string): string {
  const fields = [ip, "26379", id, "1", master, "10.0.0.66", "6379", "1"];
  const bad = random.pick<readonly [number, string]>([
    [0, "not an address"],
    [0, ""],
    [1, "65536"],
    [1, "-1"],
    [2, "short"],
    [2, `${id}0`],
    [3, "99999999999999999999"],
    [3, "-5"],
    [3, "1e3"],
    [4, "no-such-master"],
    [4, "__proto__"],
    [6, "0"],
    [6, "port"],
    [7, ""],
    [7, "0x10"],
  ]);
  fields[bad[0]] = bad[1];
  const kind = random.below(4);
  if (kind === 0) return fields.slice(0, random.below(8)).join(",");
  if (kind === 1) return random.bytes(random.below(200)).toString("latin1");
  return fields.join(",");
}

export function garbageInfo(random: SeededRandom, text: string): PeerReply {
  return random.pick<PeerReply>([
    null,
    0,
    [],
    [text],
    "",
    { error: "ERR no INFO for you" },
    text.replace("role:", "role:x"),
    text.replace(/role:\w+\r\n/, ""),
    text.replace(/run_id:\w+/, "run_id:none"),
    text.replace("# Replication", "slave0:ip=nowhere,port=99999,state=online"),
    random.bytes(300).toString("latin1"),
  ]);
}
