using Granary.Data.Funding;
using Npgsql;

namespace Granary.Postgres.Bars;

/// <summary>The funding of perpetual futures in PostgreSQL.</summary>
internal static class PostgresFunding
{
    public static Task<IReadOnlyList<FundingRow>> ReadAsync(PostgresDatabase database, string symbol,
        CancellationToken cancellationToken) => database.RunAsync(async connection =>
        {
            await using var command = new NpgsqlCommand(
                "SELECT time, rate, mark FROM granary_funding WHERE dataset = $1 AND symbol = $2 ORDER BY time", connection)
            { Parameters = { new() { Value = database.Address.Dataset }, new() { Value = symbol } } };
            await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            var rows = new List<FundingRow>();
            while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                rows.Add(new FundingRow(reader.GetDateTime(0).Ticks, Number(reader, 1), Number(reader, 2)));
            return (IReadOnlyList<FundingRow>)rows;
        }, cancellationToken);

    private static double Number(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? double.NaN : reader.GetDouble(column);

    public static Task<int> MergeAsync(PostgresDatabase database, string symbol, IReadOnlyList<FundingRow> rows,
        CancellationToken cancellationToken) => database.RunAsync(async connection =>
        {
            // One statement, so that a failed merge changes nothing. An unchanged row is not counted.
            await using var command = new NpgsqlCommand("""
                WITH dataset AS (INSERT INTO granary_dataset (name) VALUES ($1) ON CONFLICT DO NOTHING)
                INSERT INTO granary_funding AS f (dataset, symbol, time, rate, mark)
                SELECT $1, $2, given.time, given.rate, given.mark
                FROM unnest($3::timestamptz[], $4::double precision[], $5::double precision[]) AS given (time, rate, mark)
                ON CONFLICT (dataset, symbol, time) DO UPDATE SET rate = excluded.rate, mark = excluded.mark
                WHERE (f.rate, f.mark) IS DISTINCT FROM (excluded.rate, excluded.mark)
                """, connection)
            {
                Parameters =
                {
                    new() { Value = database.Address.Dataset }, new() { Value = symbol },
                    new() { Value = rows.Select(r => new DateTime(r.Time, DateTimeKind.Utc)).ToArray() },
                    new() { Value = rows.Select(r => Known(r.Rate)).ToArray() },
                    new() { Value = rows.Select(r => Known(r.Mark)).ToArray() },
                },
            };
            return await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }, cancellationToken);

    private static double? Known(double value) => double.IsNaN(value) ? null : value;
}
