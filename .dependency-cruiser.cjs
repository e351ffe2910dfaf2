/** Who may import whom: ARCHITECTURE.md, "Arrows". A folder may import itself and what is listed; everything may import prelude. */
const portableConsensus = ['statement', 'batch', 'delivery', 'range', 'manifest'].map((file) => `consensus/${file}\\.`);

const allowed = {
  prelude: [],
  quorum: [],
  schemes: ['quorum/policy', 'quorum/tree', 'quorum/quorum-system', 'quorum/access-structure'],
  consensus: ['quorum/quorum-system', 'schemes/contract/distributed-signer'],
  management: ['schemes/', 'quorum/'],
  services: ['management/', 'consensus/delivery', 'consensus/epoch-change', 'schemes/', 'quorum/'],
  transport: [],
  storage: [],
  client: ['services/', 'transport/', 'management/', ...portableConsensus, 'schemes/', 'quorum/'],
  server: ['client/', 'services/', 'transport/', 'storage/', 'management/', 'consensus/', 'schemes/', 'quorum/'],
  exports: ['client/', 'server/', 'services/', 'management/', 'consensus/', 'schemes/', 'quorum/'],
  cli: ['server/', 'client/', 'services/', 'management/', ...portableConsensus, 'schemes/', 'quorum/'],
};

const layers = Object.entries(allowed).map(([folder, targets]) => ({
  name: `layer-${folder}`,
  severity: 'error',
  comment: `src/${folder} may import only: prelude, itself${targets.map((t) => `, ${t}`).join('')}`,
  from: { path: `^src/${folder}/` },
  to: { path: '^src/', pathNot: `^src/(prelude/|${folder}/${targets.map((t) => `|${t}`).join('')})` },
}));

/** Inside quorum: how trees are written and read; policies; who may fail; what follows; what an optimizer adds. */
const quorumRooms = {
  tree: [],
  policy: ['tree'],
  trust: ['policy', 'tree'],
  analysis: ['trust', 'policy', 'tree'],
  report: ['analysis', 'trust', 'policy', 'tree'],
  strategy: ['analysis', 'trust', 'policy', 'tree'],
};

layers.push(
  ...Object.entries(quorumRooms).map(([room, targets]) => ({
    name: `quorum-${room}`,
    severity: 'error',
    from: { path: `^src/quorum/${room}/` },
    to: { path: '^src/quorum/[^/]+/', pathNot: `^src/quorum/(${[room, ...targets].join('|')})/` },
  })),
);

/** Each crypto package has one home; pure folders have no node: import. */
const homes = {
  'node-forge': '^src/server/',
  lmdb: '^src/storage/',
  '@noble/hashes': '^src/prelude/digest',
  '@noble/curves': '^src/schemes/(bls|ed25519)/',
  commander: '^src/cli/',
  highs: '^src/quorum/strategy/',
  '@chainsafe/blst': '^src/schemes/bls/',
  'mcl-wasm': '^src/schemes/bls/',
  'sodium-native': '^src/schemes/ed25519/',
};

module.exports = {
  forbidden: [
    ...layers,
    {
      name: 'no-cycles',
      severity: 'error',
      from: { path: '^src/' },
      to: { circular: true, dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'pure-folders',
      severity: 'error',
      comment: 'Pure folders have no node: import.',
      from: { path: '^src/(prelude|quorum|consensus|management|schemes/sharing)/' },
      to: { dependencyTypes: ['core'] },
    },
    ...Object.entries(homes).map(([name, home]) => ({
      name: `home-of-${name.replace(/[@/]/g, '-')}`,
      severity: 'error',
      from: { path: '^src/', pathNot: home },
      to: { path: `^node_modules/${name}/` },
    })),
    {
      name: 'portable-verification',
      severity: 'error',
      comment: 'The verifying half of a client runs without Node.',
      from: {
        path: '^src/(exports/(verify|quorum|consensus)|client/(verify|history|protocol)\\.|consensus/|schemes/(public-verifier|public-key)\\.|schemes/uses/(drand-[a-z-]+|coin-value|time-lock|sealed-message)\\.)',
      },
      to: { path: '^(node:|fs|net|tls|crypto|path|os|worker_threads|child_process)', reachable: true },
    },
    { name: 'not-to-test', severity: 'error', from: { path: '^src/' }, to: { path: '^(test|spec|bench)/' } },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.src.json' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
  },
};
