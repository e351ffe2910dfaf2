/** The kinds of action that organizations decide on (spec/management.md, "Proposals"). */
export const actionKinds = [
  'admit',
  'remove',
  'organization',
  'trust',
  'policy',
  'enrol',
  'dismiss',
  'parameters',
  'scheme',
  'document-key',
  'drop-document-key',
  'refresh',
  'suspend',
  'restore',
  'sign',
  'abandon',
] as const;

export type ActionKind = (typeof actionKinds)[number];
