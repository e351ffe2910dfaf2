/**
 * What the change of epochs is told of the log by whoever manages the alliance: which commands are controls, and which
 * configurations of the next epoch the log holds. All of it is a function of the log, so that every server ends an epoch alike.
 */
import type { Digest } from '../../prelude/digest.js';
import type { Delivered } from '../../consensus/delivery.js';
import type { Control, NextConfiguration } from '../../consensus/epoch-change.js';
import type { Alliance } from '../../management/alliance.js';
import { identityVerifier } from '../../management/alliance-keys.js';
import { ed25519Verify } from '../../schemes/ed25519/ed25519.js';

export interface Management {
  /** The control that a command is, if whoever issued it may; read after the command was applied. */
  controlOf(delivered: Delivered): Control | undefined;
  /** A valid configuration of the epoch that follows `epoch`, as far as the log holds it. */
  configurationOf(epoch: number, digest: Digest): NextConfiguration | undefined;
}

/** An alliance whose first epoch never ends. */
export const noManagement: Management = {
  controlOf: () => undefined,
  configurationOf: () => undefined,
};

/** What the rules of an epoch need to know of the document of the next. */
export function nextConfigurationOf(alliance: Alliance): NextConfiguration {
  return { system: alliance.trust.system, identities: identityVerifier(alliance, ed25519Verify) };
}
