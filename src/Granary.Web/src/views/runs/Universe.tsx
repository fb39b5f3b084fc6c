import { LineChart } from '../../components/LineChart';
import { ShortTable } from '../../components/ShortTable';
import { counted, number, signedPercent, tone } from '../../format/numbers';
import { date } from '../../format/times';

/** The members of a run's universe over time, as results.json has them. */
export interface Universe {
    rule: string;
    onLeave: string;
    symbols: number;
    members: number;
    atEnd: number;
    counts: { time: string; members: number }[];
    changeCount: number;
    changes: { time: string; joined: string[]; left: string[] }[];
    lacking?: string[];
    survivorship?: {
        symbols: number;
        return: number | null;
        sharpe: number | null;
        survivorReturn: number | null;
        survivorSharpe: number | null;
        rerun: number;
    };
}

/** The number of members over time, who joined and left, and what survivorship would have added. */
export function UniverseSection(props: { of: Universe }) {
    const { rule, onLeave, symbols, members, atEnd, counts, changeCount, changes, lacking, survivorship: s } = props.of;
    // The number holds until the next change, so the line has steps.
    const steps = counts.flatMap((c, i) => {
        const time = Date.parse(c.time) / 1000;
        const before = counts[i - 1];
        return [...(before ? [{ time: time - 1, members: before.members }] : []), { time, members: c.members }];
    });
    return (
        <section id="universe">
            <h2>Universe</h2>
            <p class="lead">
                Entries were possible in the members of the time: {rule}. Of {counted(symbols, 'symbol')}, {number(members)} were members at
                some time, and {number(atEnd)} at the end. A position in a symbol that left was{' '}
                {onLeave === 'close' ? 'closed at the next open' : 'held until its own exit'}.
            </p>
            {counts.length > 1 && (
                <LineChart
                    title="Members"
                    unit="symbols"
                    summary="The number of members from each change on"
                    x={steps.map((c) => c.time)}
                    format={(v) => number(v)}
                    height={150}
                    lines={[{ name: 'Members', values: steps.map((c) => c.members), colour: 'portfolio' }]}
                />
            )}
            {s && (
                <ShortTable
                    label="What survivorship would have added"
                    rows={[
                        { name: 'The members of the time', total: s.return, sharpe: s.sharpe },
                        {
                            name: `The ${number(s.symbols)} members at the end, as if they always had been`,
                            total: s.survivorReturn,
                            sharpe: s.survivorSharpe,
                        },
                    ]}
                    columns={[
                        { title: 'Universe', cell: (r) => r.name },
                        { title: 'Total return', figure: true, cell: (r) => signedPercent(r.total, 2), tone: (r) => tone(r.total) },
                        { title: 'Sharpe ratio', figure: true, cell: (r) => number(r.sharpe, 2) },
                    ]}
                />
            )}
            {changes.length > 0 && (
                <details>
                    <summary>
                        {changeCount > changes.length ? `The last ${changes.length} of ` : ''}
                        {counted(changeCount, 'change')}
                    </summary>
                    <ShortTable
                        label="Who joined and who left"
                        rows={changes}
                        columns={[
                            { title: 'From', nowrap: true, cell: (c) => date(c.time) },
                            { title: 'Joined', cell: (c) => c.joined.join(', ') },
                            { title: 'Left', cell: (c) => c.left.join(', ') },
                        ]}
                    />
                </details>
            )}
            {lacking && (
                <p class="note">
                    The source does not have {counted(lacking.length, 'member')}: {lacking.join(', ')}.
                </p>
            )}
        </section>
    );
}
