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

export const isBelowBar = (kind: Bundle['kind']): boolean => shapes[kind].position === 'belowBar';

const sizeOf = (mark: Bundle) => (mark.kind === 'signal' || mark.count > 1 ? 0.5 : 1);

/** The pixels that a mark and its text take below or above a bar, as the library lays them out. */
export const heightOf = (mark: Bundle, barSpacing: number): number => Math.min(Math.max(barSpacing, 12), 30) * sizeOf(mark) + 20;

/** How a mark is drawn. */
export function markerOf(mark: Bundle): SeriesMarker<UTCTimestamp> {
    const { position, shape, colour: name } = shapes[mark.kind];
    return {
        time: mark.time as UTCTimestamp,
        text: mark.text,
        position,
        shape,
        color: colour(name),
        size: sizeOf(mark),
    };
}
