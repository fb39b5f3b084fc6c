import { api, take, type Schemas } from '../../api/client';
import { useQuery } from '../../api/useQuery';
import { Figures } from '../../components/Figures';
import { Loaded } from '../../components/States';
import { ShortTable } from '../../components/ShortTable';
import { number, signedNumber } from '../../format/numbers';
import { date } from '../../format/times';

// Fields that differ between any two versions and do not show which is better.
const silent = ['modelHash', 'dataHash', 'createdAt'];

/** Compares the newest version with the current one: predictions and differences. */
export function Challenger(props: { name: string; current: number; challenger: number }) {
    const { name, current, challenger } = props;
    const path = { name };
    const test = useQuery(`challenge ${name} ${current} ${challenger}`, () =>
        take(api.GET('/api/v1/models/{name}/challenge', { params: { path, query: { current, challenger } } })),
    );
    const differences = useQuery(`challenger ${name} ${current} ${challenger}`, () =>
        take(api.GET('/api/v1/models/{name}/compare', { params: { path, query: { first: current, second: challenger } } })),
    );
    return (
        <>
            <h2>
                Challenger: version {challenger} against {current}
            </h2>
            <Loaded query={test} height={160}>
                {(found) => <Test found={found} />}
            </Loaded>
            <Loaded query={differences} height={160}>
                {(all) => (
                    <ShortTable
                        label="Differences of the challenger"
                        rows={all.filter((d) => !silent.includes(d.field))}
                        columns={[
                            { title: 'Field', cell: (d) => d.field },
                            { title: 'Current', cell: (d) => d.first || '–' },
                            { title: 'Challenger', cell: (d) => d.second || '–' },
                        ]}
                    />
                )}
            </Loaded>
        </>
    );
}

function Test(props: { found: Schemas['ModelChallenge'] }) {
    const { found } = props;
    const name = found.figure === 'auc' ? 'AUC' : 'R²';
    return (
        <>
            <p class="notice calm">{found.conclusion}</p>
            {found.windows.length > 0 && (
                <>
                    <Figures
                        figures={[
                            { name: `${name}, mean difference`, value: signedNumber(found.mean, 4), note: 'challenger less current' },
                            {
                                name: '95% interval',
                                value: found.low == null ? '–' : `${signedNumber(found.low, 3)} to ${signedNumber(found.high, 3)}`,
                                note: 'paired by window, Student’s t',
                            },
                            { name: 'p-value', value: number(found.pValue, 3), note: 'that it is no better' },
                            { name: 'Windows', value: number(found.windows.length), note: 'of both versions' },
                        ]}
                    />
                    <ShortTable
                        label="Windows of the challenger"
                        rows={found.windows}
                        columns={[
                            { title: 'Test window', nowrap: true, cell: (w) => `${date(w.testFrom)} to ${date(w.testTo)}` },
                            { title: 'Current', figure: true, cell: (w) => number(w.current, 3) },
                            { title: 'Challenger', figure: true, cell: (w) => number(w.challenger, 3) },
                            { title: 'Difference', figure: true, cell: (w) => signedNumber(w.challenger - w.current, 3) },
                        ]}
                    />
                </>
            )}
        </>
    );
}
