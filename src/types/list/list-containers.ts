/** What a node of a list is in a file of version 10 or later: one element, or a listpack. */
export const CONTAINER_PLAIN = 1;
export const CONTAINER_PACKED = 2;
/** An element that is longer is in no listpack there. */
export const PLAIN_BYTES = 2 ** 30;
