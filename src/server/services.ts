/** What runs on an alliance, replicated on every server: applications, and the management that ends epochs. */
import { defaultSnapshotInterval } from '../management/alliance.js';
import type { Delivered } from '../consensus/delivery.js';
import type { ServerDirectory } from './directory/server-directory.js';
import { formerDocumentPath } from './directory/layout.js';
import { type Management, noManagement } from './epochs/management.js';
import { Executor, type ExecutorParts, type StateMachine } from './state/executor.js';

/** The same on every server, and deterministic. */
export interface Services {
  /** By name. */
  readonly applications: ReadonlyMap<string, StateMachine>;
  /** Which application a command is for; `undefined` for none. */
  applicationOf(delivered: Delivered): string | undefined;
  readonly management: Management;
}

const noServices: Services = {
  applications: new Map(),
  applicationOf: () => undefined,
  management: noManagement,
};

/** @param directory - as it is at the time of the call: the epoch that runs, and those that have been. */
export function executorOf(services: Services = noServices, directory: () => ServerDirectory): Executor {
  const { applications, management } = services;
  const termsOf: ExecutorParts['termsOf'] = (epoch) => {
    const { alliance, former, path } = directory();
    const document = alliance.epoch === epoch ? alliance : former.get(epoch)?.alliance;
    if (document === undefined)
      throw new Error(`${formerDocumentPath(path, epoch)} is missing: put the alliance.json of epoch ${epoch} there`);
    const { windowSlots, checkpointInterval } = document.parameters;
    return {
      windowSlots,
      checkpointInterval,
      snapshotInterval: document.parameters.snapshotInterval ?? defaultSnapshotInterval(document.parameters),
      configurationOf: (digest) => management.configurationOf(epoch, digest),
    };
  };
  return new Executor({
    allianceId: directory().allianceId,
    applications,
    applicationOf: (delivered) => services.applicationOf(delivered),
    controlOf: (delivered) => management.controlOf(delivered),
    termsOf,
  });
}
