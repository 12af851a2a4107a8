// What Redis 3.2.1 knows of the commands that come to a replica: names, counts of arguments, options.
// Written down from its documentation, beside the server's own table; whoever says anything else to
// a replica of that age is wrong.

/** As COMMAND tells it: so many words with the name, or, negative, at least so many. */
const ARITIES: Readonly<Record<string, number>> = {
  append: 3,
  bitfield: -2,
  bitop: -4,
  decr: 2,
  decrby: 3,
  del: -2,
  exec: 1,
  expire: 3,
  expireat: 3,
  flushall: 1,
  flushdb: 1,
  geoadd: -5,
  getset: 3,
  hdel: -3,
  hincrby: 4,
  hincrbyfloat: 4,
  hmset: -4,
  hset: 4,
  hsetnx: 4,
  incr: 2,
  incrby: 3,
  incrbyfloat: 3,
  linsert: 5,
  lpop: 2,
  lpush: -3,
  lpushx: 3,
  lrem: 4,
  lset: 4,
  ltrim: 4,
  move: 3,
  mset: -3,
  msetnx: -3,
  multi: 1,
  persist: 2,
  pexpire: 3,
  pexpireat: 3,
  pfadd: -2,
  pfcount: -2,
  pfmerge: -2,
  ping: -1,
  psetex: 4,
  publish: 3,
  rename: 3,
  renamenx: 3,
  replconf: -1,
  restore: -4,
  rpop: 2,
  rpoplpush: 3,
  rpush: -3,
  rpushx: 3,
  sadd: -3,
  sdiffstore: -3,
  select: 2,
  set: -3,
  setbit: 4,
  setex: 4,
  setnx: 3,
  setrange: 4,
  sinterstore: -3,
  smove: 4,
  srem: -3,
  sunionstore: -3,
  zadd: -4,
  zincrby: 4,
  zinterstore: -4,
  zrem: -3,
  zremrangebylex: 4,
  zremrangebyrank: 4,
  zremrangebyscore: 4,
  zunionstore: -4,
};
const NEWEST_PAYLOAD_VERSION = 7;
const FOOTER_BYTES = 10;

/** What Redis 3.2.1 does not know in a request (its words as latin1); undefined when it knows all. */
export function unknownToOldServer(words: readonly string[]): string | undefined {
  const name = (words[0] ?? "").toLowerCase();
  const arity = ARITIES[name];
  if (arity === undefined) return `the command ${name}`;
  const fits = arity > 0 ? words.length === arity : words.length >= -arity;
  if (!fits) return `${name} with ${words.length} words`;
  const option = newOption(name, words);
  return option === undefined ? undefined : `${name} .. ${option}`;
}

function newOption(name: string, words: readonly string[]): string | undefined {
  const lower = words.map((word) => word.toLowerCase());
  switch (name) {
    case "set":
      return setOption(lower);
    case "zadd":
      return afterOptions(lower, 2, ["nx", "xx", "ch", "incr"], ["gt", "lt"]);
    case "bitop":
      return ["and", "or", "xor", "not"].includes(lower[1] ?? "") ? undefined : lower[1];
    case "bitfield":
      return lower.slice(2).find((word) => /^(ro|get_ro)$/.test(word));
    case "zunionstore":
    case "zinterstore": {
      const rest = lower.slice(3 + Number(lower[2]));
      const at = rest.lastIndexOf("aggregate");
      return at < 0 || /^(sum|min|max)$/.test(rest[at + 1] ?? "") ? undefined : rest[at + 1];
    }
    case "restore":
      return restoreProblem(words);
    default:
      return undefined;
  }
}

function setOption(words: readonly string[]): string | undefined {
  for (let i = 3; i < words.length; i++) {
    const word = words[i] ?? "";
    if (word === "nx" || word === "xx") continue;
    if (word !== "ex" && word !== "px") return word;
    i += 1;
  }
  return undefined;
}

function afterOptions(
  words: readonly string[],
  first: number,
  known: readonly string[],
  newer: readonly string[],
): string | undefined {
  let at = first;
  while (known.includes(words[at] ?? "")) at += 1;
  const word = words[at] ?? "";
  return newer.includes(word) ? word : undefined;
}

function restoreProblem(words: readonly string[]): string | undefined {
  const payload = Buffer.from(words[3] ?? "", "latin1");
  if (payload.length < FOOTER_BYTES) return "a payload that is too short";
  const version = payload.readUInt16LE(payload.length - FOOTER_BYTES);
  if (version > NEWEST_PAYLOAD_VERSION) return `a payload of version ${version}`;
  return words.slice(4).find((word) => word.toLowerCase() !== "replace");
}
