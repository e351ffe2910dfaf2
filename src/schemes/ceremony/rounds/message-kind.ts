/** The messages of ceremonies, and the byte that each kind is written as. */

/** In the order in which a ceremony has them; written as their places, from 1. */
export const messageKinds = ['keys', 'commit', 'masks', 'confirm', 'deal', 'complain', 'acknowledge', 'close'] as const;

export type MessageKind = (typeof messageKinds)[number];

export function kindByte(kind: MessageKind): number {
  return messageKinds.indexOf(kind) + 1;
}

/** `undefined` for what stands for no kind. */
export function kindOfByte(byte: number | undefined): MessageKind | undefined {
  return byte === undefined ? undefined : messageKinds[byte - 1];
}
