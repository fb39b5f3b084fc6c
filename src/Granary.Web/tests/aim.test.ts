import { describe, expect, it } from 'vitest';
import { barsAround, everything, placeOf, windowFor, type Aim, type Held } from '../src/components/aim';

const hour = 3600;

// A market that trades from 9 to 16 on weekdays has 35 bars of an hour a week.
const sleeping = (() => {
    const times: number[] = [];
    for (let day = 4; times.length < 9000; day++) if (day % 7 < 5) for (let h = 9; h < 16; h++) times.push((day * 24 + h) * hour);
    return times;
})();
const awake = Array.from({ length: 13_104 }, (_, i) => i * hour);

/** What a server answers: at most `most` bars, neighbours joined. */
function answer(all: readonly number[], asked: typeof everything, most: number): Held {
    const rows = all.filter((t) => t >= asked.from && t < asked.to);
    const joined = Math.max(1, Math.ceil(rows.length / most));
    return { times: rows.filter((_, i) => i % joined === 0), joined, asked };
}

/** Asks as the chart does until the aim can be shown; returns the bars in sight and the number of answers. */
function reach(all: readonly number[], aim: Aim, most = 1500) {
    const whole = answer(all, everything, most);
    let held = whole;
    for (let answers = 1; ; answers++) {
        const next = windowFor(aim, held, whole);
        if (next === null) return { held, answers, ...placeOf(aim, held.times) };
        expect(answers, JSON.stringify(next)).toBeLessThan(5);
        held = answer(all, next, most);
    }
}

describe.each([
    ['never sleeps', awake],
    ['sleeps at night and at weekends', sleeping],
])('a trade of a market that %s', (_, all) => {
    it.each([0, 1, 59, 60, 61, 700, all.length / 2, all.length - 70, all.length - 2, all.length - 1].map(Math.floor))(
        'is shown among 120 single bars, at bar %i',
        (entry) => {
            for (const bars of [0, 1, 30, 119]) {
                const [from, to] = [all[entry] ?? 0, all[Math.min(entry + bars, all.length - 1)] ?? 0];
                const { held, from: left, to: right } = reach(all, { from, to, bars: barsAround });
                expect(held.joined).toBe(1);
                expect(right - left).toBeGreaterThanOrEqual(barsAround);
                // A long trade has an eighth of its bars at each side; an odd number of bars has one more at one side.
                expect(right - left).toBeLessThanOrEqual(Math.max(barsAround + 1, bars + 2 * Math.ceil(bars / 8)));
                expect(held.times[left]).toBeLessThanOrEqual(from);
                expect(held.times[right]).toBeGreaterThanOrEqual(to);
            }
        },
    );

    it('is shown whole, with room at both sides, where it took 1,000 bars', () => {
        const [from, to] = [all[3000] ?? 0, all[4000] ?? 0];
        const { held, from: left, to: right } = reach(all, { from, to, bars: barsAround });
        expect([held.joined, right - left]).toEqual([1, 1000 + 2 * 125]);
    });
});

it('a trade of more bars than an answer has is shown as fine as the answer', () => {
    const { held, from, to } = reach(awake, { from: awake[1000] ?? 0, to: awake[9000] ?? 0, bars: barsAround });
    expect(held.joined).toBeGreaterThan(1);
    expect(held.times[from]).toBeLessThanOrEqual(awake[1000] ?? 0);
    expect(held.times[to]).toBeGreaterThanOrEqual((awake[9000] ?? 0) - held.joined * hour);
});

it('a range of the page is shown from its first bar to its last', () => {
    const { held, from, to } = reach(awake, { from: 1000 * hour, to: 2000 * hour, bars: 0 });
    expect([held.times[from], held.times[to], held.joined]).toEqual([1000 * hour, 2000 * hour, 1]);
});

it('all bars are asked for where a part is held', () => {
    const part = answer(awake, { from: 0, to: 100 * hour }, 1500);
    expect(windowFor({ ...everything, bars: 0 }, part, undefined)).toEqual(everything);
    expect(windowFor({ ...everything, bars: 0 }, answer(awake, everything, 1500), undefined)).toBeNull();
});

it('bars of another stretch are not taken for those of a trade, even where none of them is', () => {
    const empty = answer(awake, { from: -100, to: -50 }, 1500);
    expect(windowFor({ from: 50 * hour, to: 60 * hour, bars: barsAround }, empty, undefined)).toEqual(everything);
});
