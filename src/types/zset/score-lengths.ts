/** Lengths of a score's text, in files before version 8, that stand for what is no number. */
export const SCORE_NAN = 253;
export const SCORE_PLUS_INFINITY = 254;
export const SCORE_MINUS_INFINITY = 255;
