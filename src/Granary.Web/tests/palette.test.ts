import { expect, it } from 'vitest';
import { matching } from '../src/views/palette/entries';

const entries = [
    { title: 'Start', summary: 'a first run' },
    { title: 'Runs', summary: 'finished runs' },
    { title: 'Live', summary: 'sessions' },
];

it('finds what has all words, with titles that begin with the first one in front', () => {
    expect(matching(entries, 'run').map((e) => e.title)).toEqual(['Runs', 'Start']);
    expect(matching(entries, 'run first').map((e) => e.title)).toEqual(['Start']);
    expect(matching(entries, '')).toHaveLength(3);
});
