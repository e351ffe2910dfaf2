/**
 * KEYS: every receiver announces one fresh X25519 key for each dealer, and in a masked-quotient reshare every old holder one for
 * each other old holder. Made for this attempt alone, so the log is of no use to whoever steals a long-term key (rule A1).
 */
import { concatBytes } from '../../../prelude/bytes.js';
import { type MalformedBytes, readAll, type Reader } from '../../../prelude/canonical.js';
import { E, type Either } from '../../../prelude/fp.js';
import type { ProcessId } from '../../../prelude/process.js';
import { boxReceivers } from './deal-message.js';
import { isUsablePublicKey, oneTimeKeyLength } from '../sealing/one-time-key.js';
import { afterAll, type Round, type RoundEnd, type RoundMessage, tooFew } from './round.js';
import type { CeremonySetting } from '../setting.js';
import type { AnnouncedKeys, Transcript } from '../transcript.js';

/** @param next - what follows where those who announced keys are enough for the ceremony to succeed. */
export function keysRound<G, Key>(
  setting: CeremonySetting<G, Key>,
  transcript: Transcript<G, Key>,
  next: () => RoundEnd,
): Round {
  const senders = new Set([...setting.receivers, ...setting.dealers].filter((id) => isAsked(setting, id)));
  const receive = ({ from, body, position }: RoundMessage): Either<MalformedBytes, boolean> => {
    const peers = keyPeers(setting, from);
    const read = readAll(body, (reader) => ({
      deal: readKeys(reader, peers.deal),
      mask: readKeys(reader, peers.mask),
    }));
    if (E.isLeft(read)) return read;
    transcript.keys.set(from, { ...read.right, position });
    return E.right(true);
  };
  const close = (): RoundEnd => {
    const rules = setting.rules.receivers;
    const isEnough = rules.isCommitQuorum(rules.universe.of(boxReceivers(setting, transcript)));
    return isEnough ? next() : tooFew('keys', setting.receivers, transcript.keys);
  };
  return {
    kinds: ['keys'],
    senders,
    isSingle: true,
    maxBodyLength: oneTimeKeyLength * 2 * setting.dealers.length,
    receive,
    ...afterAll(senders, close),
  };
}

/** For whose messages a process announces keys. */
export interface KeyPeers {
  /** The dealers, where the process is a receiver. */
  readonly deal: readonly ProcessId[];
  /** The other old holders, where it is one and masks are exchanged. */
  readonly mask: readonly ProcessId[];
}

export function keyPeers<G, Key>({ terms, dealers, receivers }: CeremonySetting<G, Key>, process: ProcessId): KeyPeers {
  const masks = terms.kind === 'reshare-quotient' && dealers.includes(process);
  return {
    deal: receivers.includes(process) ? dealers : [],
    mask: masks ? dealers.filter((dealer) => dealer !== process) : [],
  };
}

/** Receivers always; and who exchanges masks, even where it is no receiver and there is nobody to exchange them with. */
function isAsked<G, Key>({ terms, receivers }: CeremonySetting<G, Key>, process: ProcessId): boolean {
  return receivers.includes(process) || terms.kind === 'reshare-quotient';
}

export function writeKeys({ deal, mask }: Pick<AnnouncedKeys, 'deal' | 'mask'>): Uint8Array {
  return concatBytes(...deal.values(), ...mask.values());
}

function readKeys(reader: Reader, peers: readonly ProcessId[]): ReadonlyMap<ProcessId, Uint8Array> {
  return new Map(
    peers.map((peer) => {
      const key = reader.fixed(oneTimeKeyLength);
      return [peer, isUsablePublicKey(key) ? key : reader.fail('a public key that is not of small order')] as const;
    }),
  );
}
