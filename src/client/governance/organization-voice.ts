/** What an organization says in management: drafted from what governance shows, signed by its administrators, carried into the log. */
import { E, type Either } from '../../prelude/fp.js';
import { allianceIdOf } from '../../management/alliance-codec.js';
import type { GateName } from '../../management/proposals/gate-names.js';
import type { ToldProposal } from '../../services/membership/result-shapes.js';
import { type AdministratorKey, signedAct, stillToSign } from './act-signing.js';
import type { AskError, SayError } from './errors.js';
import type { GovernanceClient, TakenAct } from './governance-client.js';
import {
  type BallotWish,
  changeToAcknowledge,
  draftAcknowledgement,
  draftBallot,
  type DraftedAct,
  draftProposal,
  draftWithdrawal,
  type IntentionRefused,
  type ProposalWish,
  type Seen,
} from './intentions.js';

export type Intention =
  | ({ readonly _tag: 'propose' } & ProposalWish)
  | ({ readonly _tag: 'ballot'; readonly proposal: number } & BallotWish)
  | { readonly _tag: 'withdraw'; readonly proposal: number }
  | { readonly _tag: 'acknowledge' };

export type VoiceError =
  | AskError
  | SayError
  | IntentionRefused
  /** `missing` says in words who else has to sign. */
  | { readonly _tag: 'NotEnoughSignatures'; readonly organization: string; readonly missing: string };

/** An act that was taken. */
export interface Spoken extends TakenAct {
  readonly drafted: DraftedAct;
}

export interface VoiceParts {
  readonly client: GovernanceClient;
  readonly organization: string;
  /** Of administrators; together they satisfy the organization's rule, or others sign what was drafted besides. */
  readonly keys: readonly AdministratorKey[];
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** How often an act is made anew that came at the same moment as another. */
const attempts = 8;

export class OrganizationVoice {
  constructor(private readonly parts: VoiceParts) {}

  get organization(): string {
    return this.parts.organization;
  }

  /** The act, with the signatures of the keys that are here. Nothing is said. */
  async draft(intention: Intention): Promise<Either<VoiceError, DraftedAct>> {
    const seen = await this.look();
    if (E.isLeft(seen)) return seen;
    const drafted = await this.draftFrom(seen.right, intention);
    return E.isLeft(drafted) ? drafted : E.right(this.signed(drafted.right));
  }

  /** Signs it too. */
  signed(drafted: DraftedAct): DraftedAct {
    const { act, document, authority } = drafted;
    return { ...drafted, act: signedAct(act, allianceIdOf(document), authority, this.parts.keys) };
  }

  /** Drafts, signs and says it; again where another act was examined, or taken, at the same moment. */
  async say(intention: Intention): Promise<Either<VoiceError, Spoken>> {
    let spoken = await this.sayOnce(intention);
    for (let attempt = 1; attempt < attempts && E.isLeft(spoken) && isBadMoment(spoken.left); attempt++)
      spoken = await this.sayOnce(intention);
    return spoken;
  }

  async propose(wish: ProposalWish): Promise<Either<VoiceError, Spoken & { readonly proposal: ToldProposal }>> {
    const spoken = await this.say({ _tag: 'propose', ...wish });
    if (E.isLeft(spoken)) return spoken;
    const opened = spoken.right.events.find(({ event }) => event === 'proposal-opened')?.proposal;
    if (opened === undefined)
      return E.left({ _tag: 'NotUnderstood', what: 'a result without the number of the proposal' });
    return E.right({ ...spoken.right, proposal: opened });
  }

  /** @param overrides - with a yes, the gates that the proposal overrides: a yes that does not name them would count as a no. */
  ballot(proposal: number, accepts: boolean, overrides: readonly GateName[] = []): Promise<Either<VoiceError, Spoken>> {
    return this.say({ _tag: 'ballot', proposal, accepts, overrides });
  }

  withdraw(proposal: number): Promise<Either<VoiceError, Spoken>> {
    return this.say({ _tag: 'withdraw', proposal });
  }

  /** That the organization has read the draft of the change that admits it, and holds the private part of each of its keys in it. */
  acknowledge(): Promise<Either<VoiceError, Spoken>> {
    return this.say({ _tag: 'acknowledge' });
  }

  private async sayOnce(intention: Intention): Promise<Either<VoiceError, Spoken>> {
    const drafted = await this.draft(intention);
    if (E.isLeft(drafted)) return drafted;
    const { act, authority } = drafted.right;
    const missing = stillToSign(authority, act);
    if (missing !== undefined) return E.left({ _tag: 'NotEnoughSignatures', organization: authority.name, missing });
    const taken = await this.parts.client.say(act);
    return E.isLeft(taken) ? taken : E.right({ ...taken.right, drafted: drafted.right });
  }

  private async look(): Promise<Either<AskError, Seen>> {
    const overview = await this.parts.client.ask('overview');
    if (E.isLeft(overview)) return overview;
    const document = await this.parts.client.ask('document');
    return E.isLeft(document) ? document : E.right({ overview: overview.right, document: document.right });
  }

  private async draftFrom(seen: Seen, intention: Intention): Promise<Either<VoiceError, DraftedAct>> {
    const { client, organization, now } = this.parts;
    const speaker = { organization, nowMs: now() };
    if (intention._tag === 'propose') return draftProposal(seen, speaker, intention);
    const number =
      intention._tag === 'acknowledge'
        ? changeToAcknowledge(seen.overview, organization)?.proposal
        : intention.proposal;
    if (number === undefined) return E.left({ _tag: 'NothingToAcknowledge', organization });
    const proposal = await client.ask('proposal', number);
    if (E.isLeft(proposal)) return proposal;
    switch (intention._tag) {
      case 'ballot':
        return draftBallot(seen, speaker, proposal.right, intention);
      case 'withdraw':
        return draftWithdrawal(seen, speaker, proposal.right);
      case 'acknowledge':
        return draftAcknowledgement(seen, speaker, proposal.right);
    }
  }
}

function isBadMoment(error: VoiceError): boolean {
  return error._tag === 'Refused' && (error.error === 'Busy' || error.error === 'NumberUsed');
}
