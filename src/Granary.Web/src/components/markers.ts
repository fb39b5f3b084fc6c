import type { SeriesMarker, UTCTimestamp } from 'lightweight-charts';
import { colour } from '../theme/settings';
import type { Bundle } from './marks';

const shapes = {
    buy: { position: 'belowBar', shape: 'arrowUp', colour: 's3' },
    sell: { position: 'aboveBar', shape: 'arrowDown', colour: 's4' },
    exit: { position: 'aboveBar', shape: 'circle', colour: 'ink' },
    signal: { position: 'belowBar', shape: 'circle', colour: 's1' },
    refused: { position: 'aboveBar', shape: 'square', colour: 'edge' },
    below: { position: 'belowBar', shape: 'arrowUp', colour: 'soft' },
    above: { position: 'aboveBar', shape: 'circle', colour: 'soft' },
} as const;

/** How a mark is drawn. */
export function markerOf(mark: Bundle): SeriesMarker<UTCTimestamp> {
    const { position, shape, colour: name } = shapes[mark.kind];
    return {
        time: mark.time as UTCTimestamp,
        text: mark.text,
        position,
        shape,
        color: colour(name),
        size: mark.kind === 'signal' || mark.count > 1 ? 0.5 : 1,
    };
}
