/**
 * The numbers of the RDB format: value types, opcodes, and how lengths and strings are told.
 * Facts only. Which version may hold what is told beside each type.
 */

/** The oldest and the newest version that can be read. */
export const RDB_OLDEST_VERSION = 1;
export const RDB_NEWEST_VERSION = 12;
export const RDB_MAGIC = "REDIS";

/** Types of values. */
export const RDB_TYPES = {
  STRING: 0,
  LIST: 1,
  SET: 2,
  /** Scores as text; since version 8 there is RDB_ZSET_2, with scores of eight bytes. */
  ZSET: 3,
  HASH: 4,
  ZSET_2: 5,
  MODULE: 6,
  MODULE_2: 7,
  HASH_ZIPMAP: 9,
  LIST_ZIPLIST: 10,
  SET_INTSET: 11,
  ZSET_ZIPLIST: 12,
  HASH_ZIPLIST: 13,
  /** Nodes are ziplists; since version 7. */
  LIST_QUICKLIST: 14,
  /** Since version 9. */
  STREAM_LISTPACKS: 15,
  /** Since version 10. */
  HASH_LISTPACK: 16,
  ZSET_LISTPACK: 17,
  /** Nodes are listpacks or single elements. */
  LIST_QUICKLIST_2: 18,
  STREAM_LISTPACKS_2: 19,
  /** Since version 11. */
  SET_LISTPACK: 20,
  STREAM_LISTPACKS_3: 21,
  /** Since version 12: fields with an expiry. The first two were never in a release. */
  HASH_METADATA_PRE_GA: 22,
  HASH_LISTPACK_EX_PRE_GA: 23,
  HASH_METADATA: 24,
  HASH_LISTPACK_EX: 25,
} as const;

/** What stands where a type of value could. */
export const RDB_OPCODES = {
  SLOT_INFO: 244,
  FUNCTION: 245,
  FUNCTION_PRE_GA: 246,
  MODULE_AUX: 247,
  IDLE: 248,
  FREQ: 249,
  AUX: 250,
  RESIZE: 251,
  EXPIRE_MS: 252,
  EXPIRE_S: 253,
  SELECT: 254,
  END: 255,
} as const;

/** The two highest bits of a length's first byte. */
export const LENGTH_6_BITS = 0x00;
export const LENGTH_14_BITS = 0x40;
export const LENGTH_SPECIAL = 0xc0;
/** Whole first bytes: four or eight bytes follow, most significant first. */
export const LENGTH_32_BITS = 0x80;
export const LENGTH_64_BITS = 0x81;

/** What a string is when its length is special. */
export const STRING_INT_8 = 0;
export const STRING_INT_16 = 1;
export const STRING_INT_32 = 2;
export const STRING_LZF = 3;
