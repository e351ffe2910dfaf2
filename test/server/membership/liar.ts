/** One server that lies: what it says in its own name is changed on its way, and what it has heard is said again. */
import type { ProcessId } from '../../../src/prelude/process.js';
import { E } from '../../../src/prelude/fp.js';
import { actStatement, decodeAct, encodeAct } from '../../../src/management/acts/act.js';
import { decodeBody, encodeBody, type ServerBody } from '../../../src/management/acts/act-body.js';
import { serverActsKeyId } from '../../../src/management/acts/authority.js';
import { allianceIdOf } from '../../../src/management/alliance-codec.js';
import { readEnvelope, writeEnvelope } from '../../../src/schemes/ceremony/rounds/envelope.js';
import type { MessageKind } from '../../../src/schemes/ceremony/rounds/message-kind.js';
import { messageKinds } from '../../../src/schemes/ceremony/rounds/message-kind.js';
import { ed25519Sign, publicKeyFromSeed } from '../../../src/schemes/ed25519/ed25519.js';
import type { Chance } from './chance.js';
import type { Sent } from './simulated-server.js';
import type { Simulation } from './simulation.js';

export const lies = [
  'bad deals',
  'no acknowledgements',
  'late acknowledgements',
  'wrong ready',
  'old messages',
  'anything',
  'silence',
] as const;

export type Lie = (typeof lies)[number];

export class Liar {
  constructor(
    readonly id: ProcessId,
    private readonly lie: Lie,
    private readonly chance: Chance,
  ) {}

  tamper(bytes: Uint8Array, simulation: Simulation): readonly Sent[] {
    const { chance } = this;
    const at = (ms: number): number => simulation.nowMs + ms;
    const honest = [{ act: bytes, atMs: at(0) }];
    const act = decodeAct(bytes);
    const body = E.isRight(act) ? decodeBody(act.right.body) : act;
    if (E.isLeft(body) || 'number' in body.right) return honest;
    const said = body.right;
    const kind = said._tag === 'ceremony' ? readEnvelope(said.message)?.kind : undefined;
    switch (this.lie) {
      case 'bad deals':
        return kind === 'deal' ? [this.say(simulation, spoiled(said, chance))] : honest;
      case 'no acknowledgements':
        return kind === 'acknowledge' ? [] : honest;
      case 'late acknowledgements':
        // Its later acts wait behind it.
        return kind === 'acknowledge' ? [{ act: bytes, atMs: at(chance.below(60_000)) }] : honest;
      case 'wrong ready':
        return said._tag === 'ready' ? [this.say(simulation, wrongReady(said, chance))] : honest;
      case 'old messages':
        return [...honest, ...this.heardAgain(simulation)];
      case 'silence':
        return said._tag === 'reading' || said._tag === 'share' ? honest : [];
      case 'anything':
        return this.anything(simulation, said, honest);
    }
  }

  private anything(simulation: Simulation, said: ServerBody, honest: readonly Sent[]): readonly Sent[] {
    const { chance } = this;
    switch (chance.below(7)) {
      case 0:
        return [];
      case 1:
        return [this.say(simulation, spoiled(said, chance))];
      case 2:
        return [...honest, ...this.heardAgain(simulation)];
      case 3:
        return [...honest, ...this.invented(simulation)];
      default:
        return honest;
    }
  }

  /** What somebody said before, as it was signed, or as if it were its own, or under another kind. */
  private heardAgain(simulation: Simulation): readonly Sent[] {
    const { log, nowMs } = simulation;
    const heard = this.chance.below(log.length + 1);
    const act = log[heard]?.act;
    if (act === undefined) return [];
    const decoded = decodeAct(act);
    const body = E.isRight(decoded) ? decodeBody(decoded.right.body) : decoded;
    if (E.isLeft(body) || body.right._tag !== 'ceremony' || this.chance.hits(0.5)) return [{ act, atMs: nowMs }];
    return [this.say(simulation, body.right)];
  }

  private invented(simulation: Simulation): readonly Sent[] {
    const { governance } = simulation;
    const { chance } = this;
    const { change, sharings } = governance;
    const sharing = sharings[chance.below(sharings.length + 1)];
    const lies: ServerBody[] = [
      { _tag: 'reading', readMs: simulation.nowMs * chance.below(1 << 20) },
      ...(sharing === undefined ? [] : [{ _tag: 'erased', sharing: sharing.id } as const]),
      { _tag: 'share', of: { _tag: 'enacted' }, share: chance.bytes(96) },
    ];
    if (change?.state === 'moving') {
      const { outcome } = change.moves;
      const kind: MessageKind = chance.pick(messageKinds);
      if (outcome._tag === 'running')
        lies.push({
          _tag: 'ceremony',
          message: writeEnvelope({ ceremonyId: outcome.ceremonyId, kind, body: chance.bytes(chance.below(64)) }),
        });
    }
    return [this.say(simulation, chance.pick(lies))];
  }

  private say({ files, nowMs }: Simulation, said: ServerBody): Sent {
    const { id } = this;
    const body = encodeBody(said);
    const seed = files.identitySeed(id);
    const keyId = serverActsKeyId({ id, identityKey: publicKeyFromSeed(seed) });
    const signature = ed25519Sign(seed, actStatement(allianceIdOf(files.alliance), keyId, body));
    return {
      act: encodeAct({ author: { _tag: 'server', id }, body, signatures: [{ by: id, signature }] }),
      atMs: nowMs,
    };
  }
}

function spoiled(said: ServerBody, chance: Chance): ServerBody {
  switch (said._tag) {
    case 'ceremony': {
      const message = Uint8Array.from(said.message);
      const place = 33 + chance.below(Math.max(1, message.length - 33));
      message[place] = (message[place] ?? 0) ^ (1 + chance.below(255));
      return { ...said, message };
    }
    case 'ready':
      return wrongReady(said, chance);
    case 'share':
      return { ...said, share: said.share.map((byte) => byte ^ 1) };
    default:
      return said;
  }
}

function wrongReady(said: Extract<ServerBody, { _tag: 'ready' }>, chance: Chance): ServerBody {
  const { configuration, position, signature } = said;
  switch (chance.below(3)) {
    case 0:
      return { ...said, position: (position + 1) % 4 };
    case 1:
      return { ...said, signature: signature.map((byte) => byte ^ 1) };
    default:
      return { ...said, configuration: configuration.map((byte) => byte ^ 1) as typeof configuration };
  }
}
