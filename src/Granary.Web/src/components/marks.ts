import { indexOf } from './aim';

export interface Mark {
    /** Seconds since 1970; the mark is drawn at the bar that contains this time. */
    time: number;
    kind: 'buy' | 'sell' | 'exit' | 'signal' | 'refused';
    text: string;
}

/** A trade as a line from its entry to its exit. */
export interface Deal {
    /** Times, seconds since 1970; without an exit the trade is open. */
    from: number;
    to: number | undefined;
    entryPrice: number;
    exitPrice: number | undefined;
    side: 'long' | 'short';
    /** The profit, of which the sign is the colour; undefined while it is not known. */
    profit: number | undefined;
    /** The prices that were furthest against and for the trade while it was open; undefined where they are not known. */
    worst?: number | undefined;
    best?: number | undefined;
    /** What the trade is, without how it ended. */
    name?: string;
    /** What the line above the chart says at its bars. */
    text: string;
}

/** A mark in the chart: one of the marks, or as many as its count says. */
export interface Bundle extends Omit<Mark, 'kind'> {
    kind: Mark['kind'] | 'below' | 'above';
    count: number;
}

/** More marks in sight than this are bundled, since they would cover the prices. */
const mostMarks = 120;
/** More marks in sight than this have no text, since the texts would overlap. */
const mostTexts = 40;
/** More marks than this at one bar are a count, however far one zooms in. */
const mostAtBar = 3;

const isBelow = (kind: Mark['kind']) => kind === 'buy' || kind === 'signal';

/**
 * The marks of a chart. As long as few are in sight, each is drawn at the bar that contains its time; else those of neighbouring bars are
 * counted: entries long and signals below the bars, all others above them.
 * @param marks In the order of their times.
 * @param sight The indices of the bars in sight.
 * @param width Pixels in which these bars are.
 */
export function bundlesOf(marks: readonly Mark[], times: readonly number[], sight: { from: number; to: number }, width: number): Bundle[] {
    const [first, last] = [times[0] ?? Infinity, times.at(-1) ?? -Infinity];
    const end = last + (times.length > 1 ? last - (times.at(-2) ?? last) : 1);
    const placed = marks.filter((m) => m.time >= first && m.time < end).map((mark) => ({ mark, bar: indexOf(times, mark.time) }));
    const seen = placed.filter((m) => m.bar >= sight.from && m.bar <= sight.to).length;
    // A count has room in 26 pixels; the steps are powers of two, so that bundles stay while one pans.
    const bars = Math.max(1, sight.to - sight.from);
    const step = seen <= mostMarks ? 1 : 2 ** Math.max(0, Math.ceil(Math.log2((26 * bars) / Math.max(width, 1))));
    const groups = new Map<string, { mark: Mark; bar: number }[]>();
    for (const m of placed) {
        const name = `${Math.floor(m.bar / step)}|${isBelow(m.mark.kind)}`;
        const group = groups.get(name);
        if (group) group.push(m);
        else groups.set(name, [m]);
    }
    const drawn: Bundle[] = [];
    for (const group of groups.values()) {
        const middle = group[group.length >> 1];
        if (middle === undefined) continue;
        const time = (bar: number) => times[bar] ?? 0;
        if (step === 1 && group.length <= mostAtBar)
            for (const { mark, bar } of group) drawn.push({ ...mark, time: time(bar), text: seen > mostTexts ? '' : mark.text, count: 1 });
        else if (group.length === 1) drawn.push({ ...middle.mark, time: time(middle.bar), text: '', count: 1 });
        else
            drawn.push({
                kind: isBelow(middle.mark.kind) ? 'below' : 'above',
                time: time(middle.bar),
                text: String(group.length),
                count: group.length,
            });
    }
    return drawn.sort((a, b) => a.time - b.time);
}

/** The next deal after a time, or the one before it; undefined where there is none. */
export function nextDeal(deals: readonly Deal[], time: number, direction: 1 | -1): Deal | undefined {
    let found: Deal | undefined;
    for (const deal of deals)
        if (direction > 0 ? deal.from > time && (!found || deal.from < found.from) : deal.from < time && (!found || deal.from > found.from))
            found = deal;
    return found;
}

/** What the chart says of the trades that a bar is in; of many only their number. */
export function dealsAt(deals: readonly Deal[], times: readonly number[], bar: number): string[] {
    const from = times[bar] ?? 0;
    // The last bar that is held ends as the one before it did.
    const to = times[bar + 1] ?? from + (from - (times[bar - 1] ?? from - 1));
    const found = deals.filter((d) => d.from < to && (d.to ?? Infinity) >= from);
    return found.length > 2 ? [`${found.length} trades`] : found.map((d) => d.text);
}
