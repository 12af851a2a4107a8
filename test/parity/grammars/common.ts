// Arguments that several families have in common.

import type { Draw, Words } from "../draw";

export const expireOptions = (draw: Draw): Words => draw.some(0.15, ["NX"], ["XX"], ["GT"], ["LT"]);
export const keyAndValue = (draw: Draw): Words => [draw.key(), draw.value()];
export const oneKey = (draw: Draw): Words => [draw.key()];
export const someKeys = (draw: Draw): Words => draw.keys();
export const nothing = (): Words => [];
