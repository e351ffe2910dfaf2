/** The organizations of an alliance for trying, deciding together: the keys of their administrators lie where founding has put them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { E, type Either } from '../../prelude/fp.js';
import { present } from '../../prelude/invariant.js';
import type { ProcessId } from '../../prelude/process.js';
import { type Executing, GovernanceClient } from '../../client/governance/governance-client.js';
import { type AskError, describeAskError } from '../../client/governance/errors.js';
import { OrganizationVoice, type VoiceError } from '../../client/governance/organization-voice.js';
import { describeVoiceError } from '../../client/governance/voice-errors.js';
import type { Action } from '../../management/proposals/action.js';
import { ed25519Sign } from '../../schemes/ed25519/ed25519.js';
import type { Overview, Views } from '../../services/membership/view-shapes.js';
import { fileNames, organizationPath } from '../../server/directory/layout.js';
import { parsePrivateKey } from '../../server/directory/private-key-file.js';

/** How often it is looked whether something has come about. */
const everyMs = 200;

/** Who speaks for an organization that is made without naming its people. */
const administrator = 'admin' as ProcessId;

export class Assembly {
  readonly client: GovernanceClient;

  /** @param alliance - its directory, with those of its organizations. */
  constructor(
    private readonly alliance: string,
    executing: Executing,
  ) {
    this.client = new GovernanceClient(executing);
  }

  voiceOf(organization: string): OrganizationVoice {
    const file = join(organizationPath(this.alliance, organization), fileNames.administratorKey);
    const seed = present(parsePrivateKey(readFileSync(file, 'utf8')), 'the key of an administrator');
    const sign = (statement: Uint8Array): Uint8Array => ed25519Sign(seed, statement);
    const keys = [{ name: administrator, sign }];
    return new OrganizationVoice({ client: this.client, organization, keys, now: Date.now });
  }

  /** The first proposes, and they vote yes, in this order; the number of the proposal. */
  async decide(actions: readonly Action[], voters: readonly [string, ...string[]]): Promise<Either<string, number>> {
    const proposed = await this.voiceOf(voters[0]).propose({ actions });
    if (E.isLeft(proposed)) return E.left(described(voters[0], proposed.left));
    const { number } = proposed.right.proposal;
    for (const voter of voters) {
      const voted = await this.voiceOf(voter).ballot(number, true);
      if (E.isLeft(voted)) return E.left(described(voter, voted.left));
    }
    return E.right(number);
  }

  /** An organization that is to be admitted has read the draft. */
  async acknowledge(organization: string): Promise<Either<string, unknown>> {
    const said = await this.voiceOf(organization).acknowledge();
    return E.mapLeft((error: VoiceError) => described(organization, error))(said);
  }

  /** Resolves with how things are as soon as they are so; the error says that they did not come to be in time. */
  async await(what: string, patienceMs: number, holds: (now: Overview) => boolean): Promise<Either<string, Overview>> {
    const deadlineMs = performance.now() + patienceMs;
    for (;;) {
      const seen = await this.client.ask('overview');
      if (E.isRight(seen) && holds(seen.right)) return seen;
      if (performance.now() > deadlineMs) return E.left(`${what}: not in time (${whatStands(seen)})`);
      await sleep(everyMs);
    }
  }

  /** The epoch has begun, and its keys have been seen to work. */
  awaitEpoch(epoch: number, patienceMs: number): Promise<Either<string, Overview>> {
    return this.await(`epoch ${epoch}`, patienceMs, (now) => now.epoch >= epoch && now.enacted);
  }

  async document(): Promise<Either<string, Views['document']>> {
    return E.mapLeft(describeAskError)(await this.client.ask('document'));
  }
}

function whatStands(seen: Either<AskError, Overview>): string {
  if (E.isLeft(seen)) return describeAskError(seen.left);
  const { epoch, change } = seen.right;
  if (change === undefined) return `epoch ${epoch}, and no change is under way`;
  return `epoch ${epoch}; change ${change.number} is ${change.state} and waits for ${change.waitsFor}`;
}

function described(organization: string, error: VoiceError): string {
  return `${organization}: ${describeVoiceError(error)}`;
}
