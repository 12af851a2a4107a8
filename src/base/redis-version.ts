/** The version of Redis that this server stands in for: what clients test features by. */
export const REDIS_VERSION = "7.2.4";
