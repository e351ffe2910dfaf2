/** What an act in a file says, before anybody signs it. */
import { shortHex } from '../../prelude/digest.js';
import { toHex } from '../../prelude/bytes.js';
import { allianceIdOf, configurationDigestOf } from '../../management/alliance-codec.js';
import { assertNever } from '../../prelude/invariant.js';
import { actDigest } from '../../management/acts/act.js';
import { readProposal } from '../../client/governance/intentions.js';
import { lengthText } from '../durations.js';
import type { ReadAct } from './act-file.js';
import { describeAction } from './action-showing.js';
import { showExamination } from './examination-showing.js';
import { row } from './proposal-showing.js';

export function describeSaying(read: ReadAct): readonly string[] {
  const { authority, document, act } = read;
  return [
    `${authority.name} ${verb(read)}`,
    row('alliance', toHex(allianceIdOf(document))),
    row('document', `${toHex(configurationDigestOf(document))}, of epoch ${document.epoch}`),
    row('act', toHex(actDigest(act))),
    '',
    ...effectOf(read).lines,
  ];
}

export function showSaying(read: ReadAct): unknown {
  const { authority, document, body } = read;
  return {
    organization: authority.name,
    kind: body._tag,
    allianceId: toHex(allianceIdOf(document)),
    document: toHex(configurationDigestOf(document)),
    act: toHex(actDigest(read.act)),
    does: effectOf(read).json,
  };
}

function verb({ body, about }: ReadAct): string {
  const proposal = about === undefined ? undefined : readProposal(about);
  const which = proposal === undefined ? 'a proposal' : `proposal ${shortHex(actDigest(proposal.act))}`;
  switch (body._tag) {
    case 'propose':
      return `proposes, for ${lengthText(body.lengthMs)}:`;
    case 'ballot': {
      const overrides = body.overrides.length === 0 ? '' : `, overriding ${body.overrides.join(', ')}`;
      return `votes ${body.accepts ? 'YES' : 'NO'} on ${which}${overrides}:`;
    }
    case 'withdraw':
      return `withdraws ${which}:`;
    case 'acknowledge':
      return `acknowledges change ${body.change}, and that it holds the private part of each of its keys in it:`;
    default:
      return assertNever(body);
  }
}

function effectOf({ document, actions, examination, body }: ReadAct): {
  readonly json: unknown;
  readonly lines: readonly string[];
} {
  if (examination === undefined) return { json: actions.map(describeAction), lines: actions.map(describeAction) };
  const overrides = 'overrides' in body ? body.overrides : [];
  return showExamination({ document, actions, overrides, examination });
}
