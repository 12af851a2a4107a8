/** What this program calls itself where it does not stand in for Redis; as in package.json. */
export const PRODUCT_NAME = "redis-server-ts";
export const PRODUCT_VERSION = "0.1.0";
