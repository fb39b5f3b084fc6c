import { price, signed, signedPercent } from '../format/numbers';

/** A place in a chart of prices. */
export interface ChartPlace {
    /** Pixels from the left and the top of the chart. */
    x: number;
    y: number;
    /** The index of the bar. */
    bar: number;
    /** Seconds since 1970. */
    time: number;
    price: number;
}

/** A time in its two largest units: 3d 4h. */
export function spanText(seconds: number): string {
    const units: [string, number][] = [
        ['d', 86_400],
        ['h', 3600],
        ['min', 60],
    ];
    const parts: string[] = [];
    let rest = Math.round(Math.abs(seconds));
    for (const [unit, size] of units) {
        const count = Math.floor(rest / size);
        rest -= count * size;
        if (count > 0 && parts.length < 2) parts.push(`${count}${unit}`);
    }
    return parts.length === 0 ? '0min' : parts.join(' ');
}

/** The way from one place to another: price, percent, bars and time. */
export function measureText(from: ChartPlace, to: ChartPlace, joined: number): string {
    const bars = Math.abs(to.bar - from.bar) * joined;
    return [
        signed(to.price - from.price, price),
        signedPercent(to.price / from.price - 1),
        `${bars} ${bars === 1 ? 'bar' : 'bars'}`,
        spanText(to.time - from.time),
    ].join(' · ');
}
