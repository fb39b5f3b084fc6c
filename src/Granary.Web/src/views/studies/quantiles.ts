const [dots, dashes, both] = [
    [2, 3],
    [9, 4],
    [9, 3, 2, 3],
];
/** The quantiles between the outermost ones, by their number: dashes tell them apart also in print. */
const between: Record<number, { colour: string; dashed: readonly number[] | undefined }[]> = {
    3: [{ colour: 'soft', dashed: dots }],
    4: [
        { colour: 's4', dashed: dashes },
        { colour: 's3', dashed: both },
    ],
    5: [
        { colour: 's4', dashed: dashes },
        { colour: 'soft', dashed: dots },
        { colour: 's3', dashed: both },
    ],
};

/** The line of a quantile among so many: the highest is solid, the lowest has long dashes. */
export function quantileStyle(q: number, count: number): { colour: string; dashed?: readonly number[] } {
    if (q === 0) return { colour: 's2', dashed: [14, 3] };
    if (q === count - 1) return { colour: 's1' };
    const middle = between[count]?.[q - 1];
    return middle?.dashed ? { colour: middle.colour, dashed: middle.dashed } : { colour: 'soft', dashed: q % 2 === 0 ? [2, 3] : [9, 4] };
}
