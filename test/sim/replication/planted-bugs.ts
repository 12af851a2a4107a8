// Mistakes that the simulation must find: each turns a decision, or how a shell carries it out, into
// what somebody could have written. Without any of them every seed must pass.

export const PLANTED_BUGS = [
  /** The second id is believed beyond the offset where the histories parted. */
  "second-id-without-end",
  /** A promoted replica goes on by its old id. */
  "promotion-keeps-id",
  /** A master restarted from its file goes on by the file's id. */
  "restart-keeps-id",
  /** A partial resync begins a byte early. */
  "repeats-a-byte",
  /** A partial resync begins a byte late. */
  "skips-a-byte",
  /** What has been received of a command counts before all of it is there. */
  "counts-half-commands",
  /** A full sync is said to be of the moment when it ends. */
  "offset-of-the-end",
  /** A failed load leaves the old place in the stream. */
  "failed-load-keeps-place",
  /** A full sync leaves the backlog of the old data. */
  "full-sync-keeps-backlog",
  /** Replicas are not told that the id has changed. */
  "keeps-replicas-on-new-id",
  /** The first write after a promotion is taken to be in the first database. */
  "promotion-without-select",
  /** A restarted replica has forgotten the database of the stream. */
  "restart-forgets-database",
  /** A backlog that comes back does not begin a new history. */
  "backlog-without-new-id",
  /** FAILOVER goes to a replica that has not caught up. */
  "failover-before-sync",
  /** Whoever joins a running copy gets the stream from where it joined. */
  "joins-at-wrong-offset",
] as const;

export type PlantedBug = (typeof PLANTED_BUGS)[number];
