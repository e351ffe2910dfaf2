/** What runs on an alliance, replicated on every server: applications of its own, and management beside them. */
import type { ProcessId } from '../prelude/process.js';
import { invariant } from '../prelude/invariant.js';
import type { Delivered } from '../consensus/delivery.js';
import type { Alliance } from '../management/alliance.js';
import { foundGovernance } from '../management/governance/founding.js';
import { ed25519Verify } from '../schemes/ed25519/ed25519.js';
import type { EpochControl } from '../services/epoch-control.js';
import { Membership, membershipName, type OnGovernance } from '../services/membership/membership.js';
import { readServiceCommand } from '../services/service-command.js';
import type { StateMachine } from '../services/state-machine.js';

/** The same on every server, and deterministic. */
export interface Applications {
  /** By name. */
  readonly applications: ReadonlyMap<string, StateMachine>;
  /** Which application a command is for; `undefined` for none. Commands for koinon's own services are not asked about. */
  applicationOf(delivered: Delivered): string | undefined;
}

/** All that is executed, and what ends epochs. */
export interface Services extends Applications {
  readonly control: EpochControl;
}

export interface ManagedServices extends Services {
  readonly membership: Membership;
}

export const noApplications: Applications = { applications: new Map(), applicationOf: () => undefined };

/**
 * Applications under the alliance's own management.
 *
 * @param founding - the document of epoch 1.
 * @param onEvents - hears what happens in management, after it has; see {@link Membership}.
 */
export function managedServices(founding: Alliance, own: Applications, onEvents?: OnGovernance): ManagedServices {
  const { applications } = own;
  invariant(!applications.has(membershipName), `no application is called ${membershipName}`);
  const membership = new Membership({
    founding: foundGovernance(founding),
    verify: ed25519Verify,
    ...(onEvents === undefined ? {} : { onEvents }),
  });
  return {
    membership,
    control: membership,
    applications: new Map<string, StateMachine>([...applications, [membershipName, membership]]),
    applicationOf: (delivered) => {
      const service = readServiceCommand(delivered.command)?.name;
      if (service !== undefined) return service === membershipName ? membershipName : undefined;
      return membership.mayCommand(delivered.client as ProcessId) ? own.applicationOf(delivered) : undefined;
    },
  };
}
