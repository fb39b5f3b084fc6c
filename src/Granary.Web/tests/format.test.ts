import { afterEach, describe, expect, it } from 'vitest';
import { bytes, counted, figure, number, percent, price, short, signed, signedPercent, tone, weight } from '../src/format/numbers';
import { ago, date, duration, time, learnZones } from '../src/format/times';
import { zone } from '../src/theme/settings';

afterEach(() => (zone.value = 'UTC'));

describe('figures', () => {
    it('have thousands marks and a true minus sign', () => {
        expect(number(-1234.5, 1)).toBe('−1,234.5');
        expect(number(-0.001, 2)).toBe('0.00');
        expect(number(undefined)).toBe('–');
        expect(number(Infinity)).toBe('∞');
    });

    it('show fractions in percent, gains with their sign', () => {
        expect(percent(0.1125)).toBe('11.25%');
        expect(signedPercent(0.2437)).toBe('+24.37%');
        expect(signedPercent(-0.02)).toBe('−2.00%');
        expect(signedPercent(undefined)).toBe('–');
        expect(signed(0.2437, (v) => signedPercent(v))).toBe('+24.37%');
        expect(signed(0.00001, (v) => percent(v))).toBe('0.00%');
    });

    it('give a weight the decimals that it has', () => {
        expect([1, 10, 0, 0.05, 1 / 3, undefined].map(weight)).toEqual(['1', '10', '0', '0.05', '0.3333', '–']);
    });

    it('shorten large counts', () => {
        expect(short(4_180_000)).toBe('4.18M');
        expect(short(999)).toBe('999');
        expect(bytes(1536)).toBe('1.5 kB');
    });

    it('give a price the decimals that tell it from its neighbours', () => {
        expect(price(48_231.5)).toBe('48,231.50');
        expect(price(0.001234)).toBe('0.001234');
        expect(price(1.2345e-8)).toBe('0.000000012345');
        expect(price(0)).toBe('0.00');
        // As Granary.Engine's DigitsTests.
        expect([101.5, 0.1 + 0.2, 101.505, 101 / 3, 1_234_567.891234].map((v) => figure(v, 2))).toEqual([
            '101.50',
            '0.30',
            '101.505',
            '33.666667',
            '1,234,567.89',
        ]);
        expect([1.12345, 0.0000123, 7.519612345678901, 0.000012345678901, 0].map((v) => figure(v, null))).toEqual([
            '1.12345',
            '0.0000123',
            '7.5196123',
            '0.000012345679',
            '0',
        ]);
    });

    it('count and colour', () => {
        expect(counted(1, 'strategy', 'strategies')).toBe('1 strategy');
        expect(counted(1008, 'strategy', 'strategies')).toBe('1,008 strategies');
        expect([tone(1), tone(-1), tone(0), tone(null)]).toEqual(['gain', 'loss', '', '']);
    });
});

describe('times', () => {
    it('are shown in the chosen zone', () => {
        expect(time('2026-11-21T22:03:59Z')).toBe('2026-11-21 22:03');
        zone.value = 'Asia/Tokyo';
        expect(time('2026-11-21T22:03:59Z')).toBe('2026-11-22 07:03');
        expect(date(0)).toBe('1970-01-01');
    });

    it('of a market are shown in the zone of its exchange, and all others in UTC', () => {
        zone.value = 'exchange';
        learnZones({ ACME: 'America/New_York' });
        expect(time('2026-01-02T15:00:00Z', 'ACME')).toBe('2026-01-02 10:00');
        expect(time('2026-01-02T15:00:00Z', 'OTHER')).toBe('2026-01-02 15:00');
        expect(time('2026-01-02T15:00:00Z')).toBe('2026-01-02 15:00');
        zone.value = 'Asia/Tokyo';
        expect(time('2026-01-02T15:00:00Z', 'ACME')).toBe('2026-01-03 00:00');
    });

    it('without a zone are UTC', () => expect(time('2026-01-02T03:04:05')).toBe('2026-01-02 03:04'));

    it('have durations with units', () => {
        expect([1.74, 42, 200, 7500, 180_000].map(duration)).toEqual(['1.7 s', '42 s', '3 min 20 s', '2 h 5 min', '2 d 2 h']);
        expect(ago('2026-01-01T00:00:00Z', Date.parse('2026-01-01T00:05:00Z'))).toBe('5 min ago');
    });
});
