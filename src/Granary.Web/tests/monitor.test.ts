import { expect, test } from 'vitest';
import { firstLayout, mostPanels, moved, panelOf, read, write, type Layout } from '../src/views/monitor/layout';

const queryOf = (text: string) => Object.fromEntries(new URLSearchParams(text));
const without = (layout: Layout) => layout.panels.map((p) => ({ ...p, id: 0 }));

test('an address leads to the layout that it was written from, whatever a symbol is called', () => {
    for (const symbol of ['BTCUSDT', 'BTC/USDT', 'A:B,C', '100%', 'x&y=z', 'a b+c', '"é"']) {
        const layout: Layout = {
            columns: 1,
            panels: [
                { ...panelOf('price', 'main-1.a_b', symbol), size: 'l', wide: true },
                panelOf('trades', 'main-1.a_b'),
                { ...panelOf('equity', 'other'), size: 's' },
            ],
        };
        const again = read(queryOf(write(layout)));
        expect(again.unknown).toEqual([]);
        expect(again.layout.columns).toBe(1);
        expect(without(again.layout)).toEqual(without(layout));
    }
});

test('panels that an address names wrongly are reported, and the others stay', () => {
    const { layout, unknown } = read({
        panels: 'price:paper:m,prices:paper:m,price::m,price:paper:x,price:paper:mz,toString:paper,equity:paper',
    });
    expect(layout.panels.map((p) => p.kind)).toEqual(['price', 'equity']);
    expect(layout.panels[1]?.size).toBe('m');
    expect(layout.columns).toBe(2);
    expect(unknown).toEqual(['prices:paper:m', 'price::m', 'price:paper:x', 'price:paper:mz', 'toString:paper']);
});

test('an address has no more panels than a view, and the rest is reported', () => {
    const { layout, unknown } = read({ panels: Array.from({ length: mostPanels + 2 }, () => 'price:paper:m').join() });
    expect(layout.panels).toHaveLength(mostPanels);
    expect(unknown).toHaveLength(2);
});

test('a panel changes its place with its neighbour, and stays at an end', () => {
    const [a, b, c] = [panelOf('price', 'a'), panelOf('price', 'b'), panelOf('price', 'c')];
    expect(moved([a, b, c], c.id, -1)).toEqual([a, c, b]);
    expect(moved([a, b, c], a.id, 1)).toEqual([b, a, c]);
    const ends = [a, b, c];
    expect(moved(ends, a.id, -1)).toBe(ends);
    expect(moved(ends, c.id, 1)).toBe(ends);
    expect(moved(ends, 0, 1)).toBe(ends);
});

test('the first layout has the prices of at most four sessions', () => {
    expect(firstLayout(['a', 'b', 'c', 'd', 'e']).panels.map((p) => [p.kind, p.session])).toEqual(
        ['a', 'b', 'c', 'd'].map((s) => ['price', s]),
    );
});
