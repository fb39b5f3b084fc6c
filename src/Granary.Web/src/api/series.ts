import { api, take, type Schemas } from './client';

type Query = { points?: number; from?: string; to?: string; strategy?: string };

/** A curve of a run, as equity or months. Prices are bars and no curve. */
export async function takeCurve(id: string, name: string, query: Query = {}): Promise<Schemas['RunCurve']> {
    const series = await take(api.GET('/api/v1/runs/{id}/series/{name}', { params: { path: { id, name }, query } }));
    if (!('values' in series)) throw new Error(`${name} is no curve of a run`);
    return series;
}
