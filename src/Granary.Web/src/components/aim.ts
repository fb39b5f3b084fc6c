/** A range of time, seconds since 1970. */
export interface Stretch {
    from: number;
    to: number;
}

/** The range that a chart is sent to: from an entry to an exit, a range of the page, or all bars. */
export interface Aim extends Stretch {
    /** The least number of bars in sight, around the range; 0: the range alone, joined bars will do. */
    bars: number;
}

/** The bars that a chart holds. */
export interface Held {
    /** Open times, seconds since 1970. */
    times: readonly number[];
    /** How many bars each of them joins. */
    joined: number;
    /** The range that was asked for; without an end it is infinite there. */
    asked: Stretch;
}

/** Everything that the server has. */
export const everything: Stretch = { from: -Infinity, to: Infinity };

/** The number of bars in sight around a trade. */
export const barsAround = 120;

/** The index of the last bar that opens at or before a time. */
export function indexOf(times: readonly number[], time: number): number {
    let low = 0;
    let high = times.length - 1;
    while (low < high) {
        const middle = (low + high + 1) >> 1;
        if ((times[middle] ?? 0) <= time) low = middle;
        else high = middle - 1;
    }
    return low;
}

/** The bars to show on each side of a range of so many bars. */
function roomOf(aim: Aim, span: number): number {
    return aim.bars === 0 ? 0 : Math.max(Math.ceil((aim.bars - span) / 2), Math.ceil(span / 8), 8);
}

/** The indices that an aim shows, of bars that hold it: at least its number of bars, as far as there are so many. */
export function placeOf(aim: Aim, times: readonly number[]): { from: number; to: number } {
    const last = times.length - 1;
    const [first, end] = [indexOf(times, aim.from), indexOf(times, aim.to)];
    const room = roomOf(aim, end - first);
    const from = Math.max(0, first - room);
    const to = Math.min(last, Math.max(end + room, from + aim.bars));
    return { from: Math.max(0, Math.min(from, to - aim.bars)), to };
}

/**
 * What to ask the server for, so that an aim can be shown; null where the held bars do. Bars are counted, not time: a market that sleeps at
 * night has as many bars around a trade as one that never does.
 * @param whole The bars of the whole time at the same timeframe; undefined: they are not known yet, and are asked for.
 */
export function windowFor(aim: Aim, held: Held, whole: Held | undefined): Stretch | null {
    const isWhole = held.asked.from === -Infinity && held.asked.to === Infinity;
    if (aim.from === -Infinity && aim.to === Infinity) return isWhole ? null : everything;
    const contains = held.times.length > 0 && aim.from >= held.asked.from && aim.to < held.asked.to;
    const known = contains ? held : whole;
    if (known === undefined) return isWhole ? null : everything;
    const { times, joined, asked } = known;
    const [first, end] = [indexOf(times, aim.from), indexOf(times, aim.to)];
    // Where the bars of one side end, the other side shows more.
    const room = Math.ceil(Math.max(roomOf(aim, (end - first) * joined), aim.bars) / joined);
    if (known === held && joined === 1) {
        const [beside, shown] = [roomOf(aim, end - first), placeOf(aim, times)];
        const hasLeft = asked.from === -Infinity || (first >= beside && shown.from > 0);
        const hasRight = asked.to === Infinity || (end + beside < times.length && shown.to < times.length - 1);
        if (aim.bars === 0 || (hasLeft && hasRight)) return null;
    }
    // A bar more than is needed, since a joined bar has its time from its first one.
    const [before, after] = [first - room - 1, end + room + 2];
    const next = { from: times[before] ?? asked.from, to: times[after] ?? asked.to };
    if (known !== held) return next;
    if (next.from < asked.from || next.to > asked.to) return whole === undefined ? everything : windowFor(aim, whole, whole);
    // Joined bars that become hardly finer stay.
    const width = (s: Stretch) => Math.min(s.to, times.at(-1) ?? s.to) - Math.max(s.from, times[0] ?? s.from);
    return width(next) > 0.7 * width(asked) ? null : next;
}
