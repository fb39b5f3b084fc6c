import { useEffect, useMemo, useState } from 'preact/hooks';
import type { Stretch } from './aim';
import type { Deal, Mark } from './marks';
import type { Bars, Prices } from './PriceChart';

/** What a chart draws. */
export interface Drawing {
    prices: Prices;
    times: readonly number[];
    marks: readonly Mark[];
    deals: readonly Deal[];
}

/** The replay speed: milliseconds for each bar. */
const replaySpeed = 350;

const cutBars = (bars: Bars, count: number): Bars => ({
    ...bars,
    times: bars.times.slice(0, count),
    open: bars.open.slice(0, count),
    high: bars.high.slice(0, count),
    low: bars.low.slice(0, count),
    close: bars.close.slice(0, count),
    volume: bars.volume.slice(0, count),
});

/**
 * A drawing as it was when a bar had closed: later bars, marks and trades are not there, and trades that were open then have neither exit nor
 * profit.
 * @param until The open time of that bar, seconds since 1970.
 */
export function drawingAt(drawing: Drawing, until: number): Drawing {
    const { prices, times } = drawing;
    const count = times.filter((t) => t <= until).length;
    const end = times[count] ?? Infinity;
    return {
        prices: {
            ...prices,
            bars: cutBars(prices.bars, count),
            ...(prices.lines ? { lines: prices.lines.map((l) => ({ ...l, values: l.values.slice(0, count) })) } : {}),
        },
        times: times.slice(0, count),
        marks: drawing.marks.filter((m) => m.time < end),
        deals: drawing.deals
            .filter((d) => d.from < end)
            .map((d) =>
                d.to !== undefined && d.to < end
                    ? d
                    : {
                          ...d,
                          to: undefined,
                          exitPrice: undefined,
                          profit: undefined,
                          worst: undefined,
                          best: undefined,
                          text: `${d.name ?? d.side}, open`,
                      },
            ),
    };
}

/** Shows bars as they closed, one after the other. */
export function useReplay(drawing: Drawing | undefined) {
    const [until, setUntil] = useState<number>();
    const [plays, setPlays] = useState(false);
    const shown = useMemo(() => (drawing && until !== undefined ? drawingAt(drawing, until) : drawing), [drawing, until]);
    const times = drawing?.times ?? [];
    const at = shown?.times.length ?? 0;
    const next = times[at];
    useEffect(() => {
        if (!plays || next === undefined) return;
        const timer = setTimeout(() => setUntil(next), replaySpeed);
        return () => clearTimeout(timer);
    }, [plays, next]);
    return {
        shown,
        isOn: until !== undefined,
        plays: plays && next !== undefined,
        /** Begins in the middle of what is in sight. */
        begin: (sight: Stretch | undefined) => {
            const middle = sight ? (sight.from + sight.to) / 2 : (times[times.length >> 1] ?? 0);
            setUntil(times.filter((t) => t <= middle).at(-1) ?? times[0]);
        },
        step: (bars: 1 | -1) => {
            setPlays(false);
            const to = times[at - 1 + bars];
            if (to !== undefined) setUntil(to);
        },
        play: () => setPlays(!plays),
        end: () => {
            setPlays(false);
            setUntil(undefined);
        },
    };
}
