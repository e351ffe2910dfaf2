/** This server's part in moving the keys of one change: its secrets in memory, its claims and shares on disk, before anything is said. */
import type { RandomBytes } from '../../prelude/random.js';
import type { Change } from '../../management/governance/governance.js';
import type { Moves } from '../../management/changes/moves.js';
import { roleName } from '../../management/proposals/key-roles.js';
import type { SpokenIdentity } from '../../management/changes/spoken-identity.js';
import type { LinearKeyShare } from '../../schemes/contract/linear-key-share.js';
import type { AllianceKeyShare } from '../../schemes/registry.js';
import { type KeptShare, type MoveEffect, MoveParticipant } from '../../services/membership/move-participant.js';
import { assertNever } from '../../prelude/invariant.js';
import type { ChangeStore } from './change-files.js';
import { isListedIn, type OwnServer } from './own-server.js';
import type { KeptShareFile } from './kept-share-codec.js';

export interface KeyMoverParts {
  readonly server: OwnServer;
  readonly change: Change;
  readonly files: ChangeStore;
  readonly random: RandomBytes;
  /** Brings a message of a ceremony into the log; false where it could not be taken. */
  readonly post: (message: Uint8Array) => boolean;
  readonly clock: () => number;
}

/** A round in which nothing has happened for so long is voted to go on with those who have spoken. */
const patienceMs = 10_000;

export class KeyMover {
  readonly change: number;
  private readonly participant: MoveParticipant;
  /** What could not be taken, in order: a participant says each but once. */
  private readonly unsaid: Uint8Array[] = [];
  private waitsFor = '';
  private sinceMs = 0;

  constructor(private readonly parts: KeyMoverParts) {
    const { server, change, files, random } = parts;
    this.change = change.number;
    const { claimed, kept } = files.leftovers(change.number);
    this.participant = new MoveParticipant({
      me: server.id,
      identities: identitiesAtHand(server, change),
      shares: linearShares(server.shares),
      handedOver: handedOver(change, files),
      claimed,
      kept: kept.flatMap(asKept),
      random,
    });
  }

  /** Does what there is to do now; whenever the log has said something. Failures of the disk are thrown: nothing was said then. */
  watch(moves: Moves): void {
    this.flush();
    for (const effect of this.participant.watch(moves)) this.carryOut(effect);
  }

  /** Votes to go on without those who have been waited for long enough. */
  hasten(moves: Moves): void {
    const { outcome } = moves;
    const { clock, post } = this.parts;
    if (outcome._tag !== 'running') return;
    const waitsFor = `${outcome.role} ${outcome.attempt} ${outcome.round} ${outcome.awaited.join(' ')}`;
    if (waitsFor !== this.waitsFor) [this.waitsFor, this.sinceMs] = [waitsFor, clock()];
    if (clock() - this.sinceMs < patienceMs) return;
    this.sinceMs = clock();
    const vote = this.participant.voteToClose(moves);
    if (vote !== undefined) post(vote.message);
  }

  /** Forgets what was drawn; what is on disk stays. */
  close(): void {
    this.participant.erase();
  }

  private flush(): void {
    while (this.unsaid[0] !== undefined && this.parts.post(this.unsaid[0])) this.unsaid.shift();
  }

  private carryOut(effect: MoveEffect): void {
    const { files } = this.parts;
    switch (effect._tag) {
      case 'claim':
        files.claim(this.change, effect.ceremonyId);
        return;
      case 'keep': {
        const { role, ceremonyId, acknowledgement, share } = effect;
        if (isOfAlliance(share)) files.keep(this.change, { role, ceremonyId, acknowledgement, share });
        return;
      }
      case 'post':
        this.unsaid.push(effect.message);
        this.flush();
        return;
      case 'erase':
        files.forget(this.change, effect.ceremonyId);
        return;
      default:
        assertNever(effect);
    }
  }
}

function identitiesAtHand(server: OwnServer, { draft }: Change): ReadonlySet<SpokenIdentity> {
  const listing = { document: server.alliance, draft: draft.document } as const;
  const names = (['document', 'draft'] as const).filter((name) => isListedIn(server, listing[name]));
  return new Set<SpokenIdentity>(names);
}

function handedOver({ draft }: Change, files: ChangeStore): ReadonlyMap<string, LinearKeyShare<string>> {
  const roles = draft.moves.filter(({ kind }) => kind === 'accept').map(({ role }) => roleName(role));
  return linearShares(
    new Map(
      roles.flatMap((role) => {
        const share = files.handedOver(role);
        return share === undefined ? [] : [[role, share] as const];
      }),
    ),
  );
}

type LinearShare = Exclude<AllianceKeyShare, { _tag: 'multisig' }>;

function linearShares(shares: ReadonlyMap<string, AllianceKeyShare>): ReadonlyMap<string, LinearKeyShare<string>> {
  const linear = [...shares].filter((entry): entry is [string, LinearShare] => entry[1]._tag !== 'multisig');
  return new Map(linear);
}

function asKept({ role, ceremonyId, acknowledgement, share }: KeptShareFile): readonly KeptShare[] {
  return share._tag === 'multisig' ? [] : [{ role, ceremonyId, acknowledgement, share }];
}

/** The schemes whose keys ceremonies move. */
function isOfAlliance(share: LinearKeyShare<string>): share is LinearShare {
  return share._tag === 'bls' || share._tag === 'shoup-rsa';
}
