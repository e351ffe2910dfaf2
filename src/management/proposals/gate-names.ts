/** What stands against a draft, unless it is overridden by name (spec/management.md, "Gates"). */

/** Judged of the document alone. */
export const documentGates = [
  'trust-violated',
  'amendment-forgeable',
  'amendment-divided',
  'amendment-stuck',
  'last-recovery-holder',
  'key-immovable',
] as const;

/** Judged of the present, when a change opens. */
const presentGates = ['quorum-lost', 'old-shares-at-large'] as const;

export type DocumentGate = (typeof documentGates)[number];
type PresentGate = (typeof presentGates)[number];
export type GateName = DocumentGate | PresentGate;

/** Their places are their encoding. */
export const gateNames: readonly GateName[] = [...documentGates, ...presentGates];

export function isDocumentGate(gate: GateName): gate is DocumentGate {
  return (documentGates as readonly GateName[]).includes(gate);
}
