/**
 * Serves states badly: chunks that are damaged, of another place, or of nothing that was asked for; offers states that are not
 * certified, and old ones; sends HANDOFFs that say otherwise. Half of the time it keeps silent.
 */
import type { Signature } from '../../../src/schemes/contract/distributed-signer.js';
import type { SnapshotCertificate } from '../../../src/consensus/manifest.js';
import type { Message } from '../../../src/consensus/message.js';
import type { Chunk } from '../../../src/consensus/state-transfer.js';
import type { TransferFrame } from '../../../src/server/state/transfer-frames.js';
import { digest } from '../../../src/prelude/digest.js';
import type { MakeAdversary, Powers } from './adversary.js';

export const badStateServer: MakeAdversary = (powers) => ({
  outgoing: (_to, message) => {
    if (message._tag === 'Range') return powers.random.chance(0.5) ? [] : forgedOffers(powers);
    return message._tag === 'Offer' ? [message, ...forgedOffers(powers)] : [message];
  },
  outgoingFrame: (_to, frame) => {
    if (powers.random.chance(0.3)) return [];
    if (frame._tag === 'Chunk') return [{ _tag: 'Chunk', chunk: damaged(powers, frame.chunk) }];
    return frame._tag === 'Handoff' ? [forgedHandoff(powers, frame), frame] : [frame];
  },
  tick: () => {
    const { random, everyone, send, sendFrame, state } = powers;
    const to = random.pick(everyone);
    for (const offer of forgedOffers(powers)) if (random.chance(0.2)) send(to, offer);
    const [held] = state().store.view.held;
    if (held === undefined || random.chance(0.5)) return;
    sendFrame(to, { _tag: 'AskChunk', state: held.state, index: random.between(0, 3) });
    const chunk = state().chunk(to, held.state, 0);
    if (chunk !== undefined) sendFrame(to, { _tag: 'Chunk', chunk: damaged(powers, chunk) });
  },
});

function damaged({ random }: Powers, chunk: Chunk): Chunk {
  const { bytes, index, path } = chunk;
  const flipped = Uint8Array.from(bytes, (byte, at) => (at === 0 ? byte ^ 1 : byte));
  return random.pick<Chunk>([
    { ...chunk, bytes: flipped },
    { ...chunk, bytes: bytes.subarray(0, Math.max(1, bytes.length - 1)) },
    { ...chunk, index: index + 1 },
    { ...chunk, path: [...path, digest(bytes)] },
    { ...chunk, state: digest(chunk.state) },
  ]);
}

/** A state further on that nobody certified, and the newest one under another's name. */
function forgedOffers({ state, config, random }: Powers): readonly Message[] {
  const { certificate } = state().store.view;
  if (certificate === undefined) return [];
  const { slot, manifest } = certificate;
  const lies: readonly SnapshotCertificate[] = [
    { ...certificate, slot: slot + config.parameters.checkpointInterval },
    { ...certificate, manifest: { ...manifest, root: digest(manifest.root) } },
    { ...certificate, signature: random.bytes(certificate.signature.length) as Signature },
  ];
  return [{ _tag: 'Offer', certificate: random.pick(lies) }];
}

function forgedHandoff({ random }: Powers, { handoff }: Extract<TransferFrame, { _tag: 'Handoff' }>): TransferFrame {
  return {
    _tag: 'Handoff',
    handoff: random.pick([
      { ...handoff, slot: handoff.slot + 1 },
      { ...handoff, configuration: digest(handoff.configuration) },
      { ...handoff, manifest: { ...handoff.manifest, root: digest(handoff.manifest.root) } },
      { ...handoff, signature: random.bytes(handoff.signature.length) as Signature },
    ]),
  };
}
