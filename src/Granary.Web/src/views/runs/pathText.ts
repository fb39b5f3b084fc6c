import { counted, none, number, percent } from '../../format/numbers';
import type { ResampledMethod, Resampling } from './run';

/** The name of a quantile: 5 %, Median. */
export const quantileName = (share: number): string => (share === 0.5 ? 'Median' : `${number(share * 100)}%`);

const figureNames: Record<string, string> = {
    finalEquity: 'Final equity',
    maxDrawdown: 'Largest drawdown',
    underwaterDays: 'Longest under water, days',
};

export const figureName = (figure: string): string => figureNames[figure] ?? figure;

export const figureText = (figure: string, value: number): string => (figure === 'maxDrawdown' ? percent(value) : number(value));

type Event = ResampledMethod['events'][number];

/** The event of a probability in words. */
export function eventName(e: Pick<Event, 'event' | 'months'>, of: Pick<Resampling, 'goal' | 'ruin'>): string {
    if (e.event === 'ruin') return `Ruin: equity down to ${percent(1 - of.ruin, 1)} of the start at any time`;
    if (e.event === 'goal') return `Goal: a profit of ${percent(of.goal, 1)} at any time`;
    return `Loss after ${counted(e.months ?? 0, 'month')}`;
}

/** The events of all methods, ruin and goal first, then losses by their horizon. */
export function eventsOf(methods: readonly ResampledMethod[]): Pick<Event, 'event' | 'months'>[] {
    const known = new Map<string, Event>();
    for (const e of methods.flatMap((m) => m.events))
        if (!known.has(`${e.event}${e.months ?? ''}`)) known.set(`${e.event}${e.months ?? ''}`, e);
    return [...known.values()].sort((a, b) => (a.months ?? 0) - (b.months ?? 0));
}

/** The probability of an event by a method; undefined if the method has none. */
export const probabilityOf = (m: ResampledMethod, e: Pick<Event, 'event' | 'months'>): number | undefined =>
    m.events.find((o) => o.event === e.event && o.months === e.months)?.probability;

/** The risks that the table lists; the chart has all. */
export const listedRisks = [0.01, 0.05, 0.1, 0.5];

/** The largest multiple of the actual size of which a record says something: beyond it, margin and the size of orders decide. */
export const mostSize = 10;

/**
 * A position size in words. A method without blocks keeps the trades but not the losses that came together, so it says nothing of other
 * sizes.
 */
export function sizeText(method: Pick<ResampledMethod, 'meanBlock'>, size: number | null | undefined): string {
    if (method.meanBlock === undefined) return none;
    if (size === null || size === undefined || size > mostSize) return 'more than 10 times';
    if (size <= 1 / 1024) return 'below 1/1,024 of the actual one';
    return `${Number(size.toPrecision(3)).toLocaleString('en-US', { maximumSignificantDigits: 3 })} times the actual one`;
}
