/** A process that runs stretches of seeds, as it is told to. */
import { runStretch, type Stretch } from './tally.js';

process.on('message', (stretch: Stretch) => {
  void runStretch(stretch).then((tally) => process.send?.(tally));
});
