import type { Place } from './ChartFrame';

const line = 15;

/** Vertical places of labels, none of which covers a neighbour that is near on the horizontal. */
export function placesOf(points: readonly Place[], reach: number): number[] {
    const places: number[] = [];
    const order = points.map((_, i) => i).sort((a, b) => (points[a]?.y ?? 0) - (points[b]?.y ?? 0));
    const placed: Place[] = [];
    for (const i of order) {
        const { x, y } = points[i] ?? { x: 0, y: 0 };
        const candidates = Array.from({ length: 2 * points.length }, (_, k) => y + (k % 2 === 0 ? -1 : 1) * Math.ceil(k / 2) * line);
        const free = candidates.find((c) => placed.every((p) => Math.abs(p.x - x) > reach || Math.abs(p.y - c) >= line - 1)) ?? y;
        placed.push({ x, y: free });
        places[i] = free;
    }
    return places;
}
