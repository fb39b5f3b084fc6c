import { expect, it } from 'vitest';
import { answerPath, whyPath } from '../src/views/why/address';
import { permits, words } from '../src/views/why/words';

it('asks the API what the address of the page names, and nothing without a bar', () => {
    const path = whyPath({ session: 'main', strategy: 'SmaCross(fast=5)@ACME:1h', at: '2022-01-03T15:00:00Z', step: -1 });
    const search = Object.fromEntries(new URL(path, 'http://here').searchParams);
    expect(answerPath(search)).toBe('/sessions/main/why?strategy=SmaCross%28fast%3D5%29%40ACME%3A1h&at=2022-01-03T15%3A00%3A00Z&step=-1');
    expect(answerPath({ run: 'first', strategy: 's' })).toBeNull();
    expect(answerPath({ run: 'first', signal: '1' })).toBeNull();
});

it('writes the keys of an answer as words', () => {
    expect(words('OrderAnswered')).toBe('order answered');
    expect(words('max-positions')).toBe('max positions');
    expect(permits(['buy', 'exit-short'])).toBe('buy, exit short');
    expect(permits(['any'])).toBe('entries and exits');
});
