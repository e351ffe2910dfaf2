/** What acts say (spec/management.md, "Acts"), and its canonical bytes. */
import { type Reader, readAll, Writer } from '../../prelude/canonical.js';
import { type Digest, digestLength } from '../../prelude/digest.js';
import { E, type Either, pipe } from '../../prelude/fp.js';
import { assertNever } from '../../prelude/invariant.js';
import {
  type Ed25519PublicKey,
  ed25519PublicKey,
  publicKeyLength,
  signatureLength,
} from '../../schemes/ed25519/encoding.js';
import { type GateName, gateNames } from '../proposals/gate-names.js';
import type { ActRefused } from './act-errors.js';

/** By an organization; `number` is above that of every act of it before. */
export type OrganizationBody = { readonly number: number } & (
  | {
      readonly _tag: 'propose';
      /** The document that it is written against. */
      readonly base: Digest;
      /** Canonical JSON: `action-codec`. */
      readonly actions: Uint8Array;
      readonly effect: Digest;
      readonly overrides: readonly GateName[];
      readonly lengthMs: number;
    }
  | {
      readonly _tag: 'ballot';
      readonly proposal: Digest;
      readonly accepts: boolean;
      readonly overrides: readonly GateName[];
    }
  | { readonly _tag: 'withdraw'; readonly proposal: Digest }
  | { readonly _tag: 'acknowledge'; readonly change: number; readonly draft: Digest }
);

export interface BroughtKey {
  /** As `roleName` writes it. */
  readonly role: string;
  readonly key: Ed25519PublicKey;
}

/** What a share is of. */
export type Shared = { readonly _tag: 'enacted' } | { readonly _tag: 'document'; readonly proposal: Digest };

/** By a server. */
export type ServerBody =
  | {
      readonly _tag: 'join';
      readonly change: number;
      readonly draft: Digest;
      /** Of a certified state that it holds. */
      readonly slot: number;
      readonly keys: readonly BroughtKey[];
    }
  | { readonly _tag: 'reading'; readonly readMs: number }
  | { readonly _tag: 'ceremony'; readonly message: Uint8Array }
  | {
      readonly _tag: 'ready';
      readonly configuration: Digest;
      readonly position: number;
      readonly signature: Uint8Array;
    }
  | { readonly _tag: 'share'; readonly of: Shared; readonly share: Uint8Array }
  | { readonly _tag: 'erased'; readonly sharing: Digest };

export type ActBody = OrganizationBody | ServerBody;

/** In bytes, but for counts. */
export const bodyLimits = {
  /** Of the actions of a proposal, one of which may carry a document that is to be signed. */
  actions: 320 * 1024,
  ceremony: 2 << 20,
  share: 64 * 1024,
  broughtKeys: 64,
  roleName: 80,
} as const;

const tags = {
  propose: 1,
  ballot: 2,
  withdraw: 3,
  acknowledge: 4,
  join: 16,
  reading: 17,
  ceremony: 18,
  ready: 19,
  share: 20,
  erased: 21,
} as const satisfies Record<ActBody['_tag'], number>;

export function encodeBody(body: ActBody): Uint8Array {
  const writer = new Writer().u8(tags[body._tag]);
  switch (body._tag) {
    case 'propose':
      writer.u64(body.number).fixed(body.base).bytes(body.actions).fixed(body.effect);
      return writeGates(writer, body.overrides).u64(body.lengthMs).finish();
    case 'ballot':
      return writeGates(writer.u64(body.number).fixed(body.proposal).bool(body.accepts), body.overrides).finish();
    case 'withdraw':
      return writer.u64(body.number).fixed(body.proposal).finish();
    case 'acknowledge':
      return writer.u64(body.number).u64(body.change).fixed(body.draft).finish();
    case 'join':
      writer.u64(body.change).fixed(body.draft).u64(body.slot);
      return writer.list(body.keys, (each, { role, key }) => each.text(role).fixed(key)).finish();
    case 'reading':
      return writer.u64(body.readMs).finish();
    case 'ceremony':
      return writer.bytes(body.message).finish();
    case 'ready':
      return writer.fixed(body.configuration).u16(body.position).fixed(body.signature).finish();
    case 'share':
      return writeShared(writer, body.of).bytes(body.share).finish();
    case 'erased':
      return writer.fixed(body.sharing).finish();
    default:
      return assertNever(body);
  }
}

/** Byte strings inside are views of `bytes`. */
export function decodeBody(bytes: Uint8Array): Either<ActRefused, ActBody> {
  return pipe(
    readAll(bytes, readBody),
    E.mapLeft(({ expected }): ActRefused => ({ _tag: 'MalformedAct', expected })),
  );
}

function readBody(reader: Reader): ActBody {
  const tag = reader.u8();
  switch (tag) {
    case tags.propose:
      return {
        _tag: 'propose',
        number: reader.u64(),
        base: readDigest(reader),
        actions: reader.bytes(bodyLimits.actions),
        effect: readDigest(reader),
        overrides: readGates(reader),
        lengthMs: reader.u64(),
      };
    case tags.ballot:
      return {
        _tag: 'ballot',
        number: reader.u64(),
        proposal: readDigest(reader),
        accepts: reader.bool(),
        overrides: readGates(reader),
      };
    case tags.withdraw:
      return { _tag: 'withdraw', number: reader.u64(), proposal: readDigest(reader) };
    case tags.acknowledge:
      return { _tag: 'acknowledge', number: reader.u64(), change: reader.u64(), draft: readDigest(reader) };
    case tags.join:
      return {
        _tag: 'join',
        change: reader.u64(),
        draft: readDigest(reader),
        slot: reader.u64(),
        keys: reader.list(bodyLimits.broughtKeys, readBroughtKey),
      };
    case tags.reading:
      return { _tag: 'reading', readMs: reader.u64() };
    case tags.ceremony:
      return { _tag: 'ceremony', message: reader.bytes(bodyLimits.ceremony) };
    case tags.ready:
      return {
        _tag: 'ready',
        configuration: readDigest(reader),
        position: reader.u16(),
        signature: reader.fixed(signatureLength),
      };
    case tags.share:
      return { _tag: 'share', of: readShared(reader), share: reader.bytes(bodyLimits.share) };
    case tags.erased:
      return { _tag: 'erased', sharing: readDigest(reader) };
    default:
      return reader.fail('something that an act may say');
  }
}

function readDigest(reader: Reader): Digest {
  return reader.fixed(digestLength) as Digest;
}

function readBroughtKey(reader: Reader): BroughtKey {
  const role = reader.text(bodyLimits.roleName);
  const key = ed25519PublicKey(reader.fixed(publicKeyLength));
  return key === undefined ? reader.fail('an Ed25519 public key') : { role, key };
}

function writeShared(writer: Writer, of: Shared): Writer {
  return writer.option(of._tag === 'document' ? of.proposal : undefined, (each, proposal) => each.fixed(proposal));
}

function readShared(reader: Reader): Shared {
  const proposal = reader.option(readDigest);
  return proposal === undefined ? { _tag: 'enacted' } : { _tag: 'document', proposal };
}

/** In the order of their names' list, each once. */
function writeGates(writer: Writer, gates: readonly GateName[]): Writer {
  const places = [...new Set(gates)].map((gate) => gateNames.indexOf(gate)).sort((a, b) => a - b);
  return writer.list(places, (each, place) => each.u8(place));
}

function readGates(reader: Reader): readonly GateName[] {
  let last = -1;
  return reader.list(gateNames.length, (each) => {
    const place = each.u8();
    const gate = gateNames[place];
    if (gate === undefined || place <= last) return each.fail('gates, in order');
    last = place;
    return gate;
  });
}
