import type { Database } from "../../../keyspace/database";
import { BUCKET_SLOTS, CHUNK_BUCKETS } from "../../../structures/dict-layout";

/**
 * DEBUG HTSTATS: how full the dictionary of a database is. It has buckets of twelve in place of
 * chains, and one dictionary for all keys, so the lines tell of that; the headings are Redis's.
 */
export function tableStats(database: Database): string {
  const { dict } = database;
  const lines = ["[Dictionary HT]", "Hash table 0 stats (main hash table):"];
  if (dict.count === 0) {
    lines.push("No stats available for empty dictionaries");
  } else {
    const buckets = dict.chunks * CHUNK_BUCKETS;
    lines.push(` table size: ${buckets * BUCKET_SLOTS}`);
    lines.push(` number of elements: ${dict.count}`);
    lines.push(` buckets: ${buckets}`);
    lines.push(` avg entries per bucket: ${(dict.count / buckets).toFixed(2)}`);
  }
  lines.push("[Expires HT]", "Hash table 0 stats (main hash table):");
  if (dict.expiring === 0) lines.push("No stats available for empty dictionaries");
  else lines.push(` number of elements: ${dict.expiring}`);
  return `${lines.join("\n")}\n`;
}
