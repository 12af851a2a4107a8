/**
 * The numbers of the RDB format: value types, opcodes, and how lengths and strings are told.
 * Facts only. Which version may hold what is told beside each type.
 */

/** The oldest and the newest version that can be read. */
export const RDB_OLDEST_VERSION = 1;
export const RDB_NEWEST_VERSION = 12;
/** What Redis 7.0 writes, and this server unless the data needs more. */
export const RDB_USUAL_VERSION = 10;
export const RDB_MAGIC = "REDIS";

export const RDB_STRING = 0;
export const RDB_LIST = 1;
export const RDB_SET = 2;
/** Scores as text; since version 8 there is RDB_ZSET_2, with scores of eight bytes. */
export const RDB_ZSET = 3;
export const RDB_HASH = 4;
export const RDB_ZSET_2 = 5;
export const RDB_MODULE = 6;
export const RDB_MODULE_2 = 7;
export const RDB_HASH_ZIPMAP = 9;
export const RDB_LIST_ZIPLIST = 10;
export const RDB_SET_INTSET = 11;
export const RDB_ZSET_ZIPLIST = 12;
export const RDB_HASH_ZIPLIST = 13;
/** Nodes are ziplists; since version 7. */
export const RDB_LIST_QUICKLIST = 14;
/** Since version 9. */
export const RDB_STREAM_LISTPACKS = 15;
/** Since version 10. */
export const RDB_HASH_LISTPACK = 16;
export const RDB_ZSET_LISTPACK = 17;
/** Nodes are listpacks or single elements. */
export const RDB_LIST_QUICKLIST_2 = 18;
export const RDB_STREAM_LISTPACKS_2 = 19;
/** Since version 11. */
export const RDB_SET_LISTPACK = 20;
export const RDB_STREAM_LISTPACKS_3 = 21;
/** Since version 12: fields with an expiry. The first two were never in a release. */
export const RDB_HASH_METADATA_PRE_GA = 22;
export const RDB_HASH_LISTPACK_EX_PRE_GA = 23;
export const RDB_HASH_METADATA = 24;
export const RDB_HASH_LISTPACK_EX = 25;

/** What a node of a quicklist is. */
export const QUICKLIST_PLAIN = 1;
export const QUICKLIST_PACKED = 2;

export const RDB_OP_SLOT_INFO = 244;
export const RDB_OP_FUNCTION = 245;
export const RDB_OP_FUNCTION_PRE_GA = 246;
export const RDB_OP_MODULE_AUX = 247;
export const RDB_OP_IDLE = 248;
export const RDB_OP_FREQ = 249;
export const RDB_OP_AUX = 250;
export const RDB_OP_RESIZE = 251;
export const RDB_OP_EXPIRE_MS = 252;
export const RDB_OP_EXPIRE_S = 253;
export const RDB_OP_SELECT = 254;
export const RDB_OP_END = 255;

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
