/**
 * Thrown by a source of live bytes (RdbSource) when what is asked for has not come yet: no problem,
 * but the end of an attempt, which is made again when more has come. Whoever was building something
 * throws that away, as at any error. One object for all, because it is thrown often.
 */
export const BYTES_TO_COME = new Error("more bytes are to come");
