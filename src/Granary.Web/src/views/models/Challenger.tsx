import { api, take } from '../../api/client';
import { useQuery } from '../../api/useQuery';
import { Loaded } from '../../components/States';
import { ShortTable } from '../../components/ShortTable';

// What differs between any two versions, and says nothing about which is better.
const silent = ['modelHash', 'dataHash', 'createdAt'];

/** The newest version beside the current one. */
export function Challenger(props: { name: string; current: number; challenger: number }) {
    const { name, current, challenger } = props;
    const differences = useQuery(`challenger ${name} ${current} ${challenger}`, () =>
        take(api.GET('/api/v1/models/{name}/compare', { params: { path: { name }, query: { first: current, second: challenger } } })),
    );
    return (
        <>
            <h2>
                Challenger: version {challenger} against {current}
            </h2>
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
