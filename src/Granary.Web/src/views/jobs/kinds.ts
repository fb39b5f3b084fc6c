import { api, take } from '../../api/client';
import type { Schema } from '../../api/jsonSchema';
import { useQuery } from '../../api/useQuery';

export interface Kind {
    name: string;
    summary: string;
    schema: Schema;
}

/** The kinds of jobs that the server has, with the schemas of their requests. */
export function useKinds() {
    return useQuery('kinds of jobs', async () =>
        (await take(api.GET('/api/v1/catalogue/jobs'))).map((k): Kind => ({
            name: k.name,
            summary: k.summary,
            schema: (k.schema ?? {}) as Schema,
        })),
    );
}

/** Whether a job of the kind runs a batch. */
export function isBatchKind(kind: Kind): boolean {
    return kind.schema.properties?.batch !== undefined;
}
