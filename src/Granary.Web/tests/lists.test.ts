import { expect, test } from 'vitest';
import { chosenColumns } from '../src/components/ColumnMenu';
import { choicesOf, filterOfList } from '../src/components/listFilter';
import { matching } from '../src/components/LocalList';
import { csvCell } from '../src/components/saveRows';
import type { Column } from '../src/components/Table';

test('fields, dates and the own conditions of an address are one filter', () => {
    const fields = [
        { key: 'side', title: 'Side', choices: ['long', 'short'] },
        { key: 'strategy', title: 'Strategy' },
    ];
    const search = { side: 'long', strategy: 'SmaCross(fast=5,slow=50)', since: '2022-06-01', until: '2022-06-30', where: 'pnlNet>0' };
    // The commas of an id separate conditions, so that each part is one.
    expect(filterOfList(fields, 'entryTime', search)).toBe(
        'side=long,strategy~SmaCross(fast=5,strategy~slow=50),entryTime>=2022-06-01,entryTime<2022-07-01,pnlNet>0',
    );
    expect(filterOfList(fields, undefined, search)).toBe('side=long,strategy~SmaCross(fast=5,strategy~slow=50),pnlNet>0');
    expect(filterOfList(fields, 'entryTime', {})).toBe('');
});

const columns: Column<{ symbol: string; side: string }>[] = [
    { id: 'symbol', title: 'Symbol', width: 1, value: (r) => r.symbol, cell: (r) => r.symbol },
    { id: 'side', title: 'Side', width: 1, value: (r) => r.side, cell: (r) => r.side },
];

test('each word of a filter is a part of a value, and the first column always stays', () => {
    const rows = [
        { symbol: 'ACME', side: 'buy' },
        { symbol: 'ACME', side: 'sell' },
        { symbol: 'BOLT', side: 'sell' },
    ];
    expect(matching(rows, columns, 'acme, SELL')).toEqual([rows[1]]);
    expect(matching(rows, columns, '')).toEqual(rows);
    expect(chosenColumns(columns, 'side').map((c) => c.id)).toEqual(['symbol', 'side']);
    expect(chosenColumns(columns, 'symbol').map((c) => c.id)).toEqual(['symbol']);
    expect(chosenColumns(columns, undefined)).toEqual(columns);
});

test('a cell of a CSV file with a comma, a quote or a line end is quoted', () => {
    const cells = [csvCell('A(x=1,y=2)'), csvCell('a"b'), csvCell('a\rb'), csvCell('a\nb'), csvCell(1.5), csvCell(undefined)];
    expect(cells).toEqual(['"A(x=1,y=2)"', '"a""b"', '"a\rb"', '"a\nb"', '1.5', '']);
});

test('each of several lists has its own choices in the address', () => {
    const search = { symbol: 'ACME', 'events-symbol': 'BOLT', 'events-sort': '-price', 'orders-sort': 'created' };
    expect(choicesOf('events', search)).toEqual({ symbol: 'BOLT', sort: '-price' });
    expect(choicesOf(undefined, search)).toEqual(search);
});
