import { distributedSignerLaws } from '../../../spec/laws/distributed-signer-laws.js';
import { blsSuites } from '../../../src/schemes/bls/ciphersuite.js';
import { lawSetup, shapes } from './law-setups.js';
import { mcl, noble } from './setup.js';

for (const suite of blsSuites) {
  for (const shape of Object.values(shapes)) {
    distributedSignerLaws(`BLS, ${shape.name}, ${suite} by mcl`, () => lawSetup(shape, suite, mcl));
  }
}

for (const suite of ['min-pk-pop', 'min-sig-nul'] as const) {
  distributedSignerLaws(`BLS, 2 of 3, ${suite} by noble`, () => lawSetup(shapes.small, suite, noble));
}
