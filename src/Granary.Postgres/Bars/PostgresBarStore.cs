using System.Text;
using Granary.Data.Files;
using Granary.Data.FolderStore;
using Granary.Data.Funding;
using Granary.Data.Reading;
using Granary.Data.Stores;
using Granary.Data.Streaming;
using Granary.Engine.Market;
using Npgsql;

namespace Granary.Postgres.Bars;

/// <summary>
/// Bars in PostgreSQL. A merge is one transaction. Bars are sent by binary COPY: into the table if the market has no bars at their times,
/// otherwise into a temporary table for comparison. If the server is lost during a merge, the merge is repeated after reconnecting.
/// </summary>
internal sealed class PostgresBarStore(PostgresAddress address) : IBarStore, IFundingStore
{
    private const int Piece = 4096;
    private const string Columns = "market, time, open, high, low, close, volume, adjusted";

    private readonly PostgresDatabase _database = new(address);

    public string Name => address.Address.ToString();

    public IBarSource Source(bool adjust = true) => new PostgresBarSource(_database, adjust);

    public async ValueTask<int> MergeFundingAsync(string symbol, IReadOnlyList<FundingRow> rows,
        CancellationToken cancellationToken = default)
    {
        _ = SymbolFileName.Of(symbol);
        return await PostgresFunding.MergeAsync(_database, symbol, rows, cancellationToken).ConfigureAwait(false);
    }

    public Task<ImportResult> MergeAsync(BarsToStore bars, CancellationToken cancellationToken = default)
    {
        // All stores have the same rules for names.
        _ = SymbolFileName.Of(bars.Instrument.Symbol);
        return _database.RunAsync(async connection =>
        {
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
            var result = await MergeAsync(connection, bars, cancellationToken).ConfigureAwait(false);
            await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
            return result;
        }, cancellationToken);
    }

    private async Task<ImportResult> MergeAsync(NpgsqlConnection connection, BarsToStore bars, CancellationToken cancellationToken)
    {
        var symbol = bars.Instrument.Symbol;
        var market = await FindAsync(connection, symbol, bars.Timeframe, forUpdate: true, cancellationToken).ConfigureAwait(false);
        if (market is { Bars: > 0 }) bars.RequireAdjustedCloseAs(market.HasAdjusted, "dataset");
        var instrument = FolderBarStore.Combine(market is { Bars: > 0 } ? market.Instrument : null, bars);
        var id = market?.Id ?? await AddAsync(connection, instrument, bars, cancellationToken).ConfigureAwait(false);

        var (first, last) = (long.MaxValue, long.MinValue);
        IEnumerable<BarColumns> Pieces()
        {
            foreach (var piece in bars.ReadRaw(Piece))
            {
                first = Math.Min(first, piece.Time[0]);
                last = piece.Time[piece.Count - 1];
                yield return piece;
            }
        }

        var notes = new List<string>(bars.Notes);
        var change = new StoreChange();
        var isEmpty = market is not { Bars: > 0 };
        string[] further = [.. (isEmpty ? [] : market!.Further).Union(bars.Further, StringComparer.Ordinal)];
        await CopyAsync(connection, isEmpty, id, Pieces(), bars.Further.Count == 0 ? null : further, cancellationToken)
            .ConfigureAwait(false);
        if (isEmpty)
        {
            change.Added = bars.Count;
        }
        else
        {
            await MergeIncomingAsync(connection, change, bars.Count, further, cancellationToken).ConfigureAwait(false);
            if (change.AdjustedCloseMoved && market!.Bars > change.Replaced + change.Unchanged)
                notes.Add("adjusted closes changed in the overlap, so bars outside of it are adjusted to another day; import the whole "
                    + "history once more");
        }
        if (change.Added + change.Replaced > 0)
        {
            await UpdateAsync(connection, bars, new MarketGrowth(id, instrument, change.Added, first, last, isEmpty, further),
                cancellationToken).ConfigureAwait(false);
            await InstrumentAsync(connection, instrument, cancellationToken).ConfigureAwait(false);
        }
        var now = (await FindAsync(connection, symbol, bars.Timeframe, forUpdate: false, cancellationToken).ConfigureAwait(false))!;
        return ImportResult.Of(bars) with
        {
            Added = change.Added,
            Replaced = change.Replaced,
            Unchanged = change.Unchanged,
            Total = now.Bars,
            First = now.First,
            Last = now.Last,
            ContentHash = now.RawHash,
            Differences = change.Differences,
            Notes = notes,
        };
    }

    // Copies into the table itself if the market is empty, otherwise into a temporary table.
    private static async Task CopyAsync(NpgsqlConnection connection, bool isEmpty, int id, IEnumerable<BarColumns> pieces,
        string[]? further, CancellationToken cancellationToken)
    {
        if (!isEmpty)
            await PostgresDatabase.ExecuteAsync(connection, "CREATE TEMPORARY TABLE incoming (LIKE granary_bar) ON COMMIT DROP",
                cancellationToken).ConfigureAwait(false);
        await using var stream = await connection.BeginRawBinaryCopyAsync(
            $"COPY {(isEmpty ? "granary_bar" : "incoming")} ({Columns}{(further is null ? "" : ", further")}) FROM STDIN (FORMAT BINARY)",
            cancellationToken).ConfigureAwait(false);
        await BinaryCopy.WriteAsync(stream, id, pieces, further, cancellationToken).ConfigureAwait(false);
    }

    // Counts the changes in the temporary table, and merges it.
    private static async Task MergeIncomingAsync(NpgsqlConnection connection, StoreChange change, long given,
        string[] further, CancellationToken cancellationToken)
    {
        // A bar that a file gives without a column keeps what the store has of it.
        const string merged = "CASE WHEN i.further IS NULL THEN b.further ELSE (SELECT array_agg(coalesce(given.e, b.further[given.o]) "
            + "ORDER BY given.o) FROM unnest(i.further) WITH ORDINALITY AS given (e, o)) END";
        const string differs = "(b.open, b.high, b.low, b.close, b.volume, b.adjusted, b.further) IS DISTINCT FROM (i.open, i.high, i.low, "
            + "i.close, i.volume, i.adjusted, " + merged + ")";
        await using (var count = new NpgsqlCommand($"SELECT count(*) FILTER (WHERE b.time IS NULL), count(*) FILTER (WHERE b.time IS "
            + $"NOT NULL AND {differs}), count(*) FILTER (WHERE b.adjusted IS DISTINCT FROM i.adjusted AND b.time IS NOT NULL) FROM "
            + $"incoming i LEFT JOIN granary_bar b ON b.market = i.market AND b.time = i.time", connection))
        await using (var reader = await count.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false))
        {
            await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
            (change.Added, change.Replaced) = (reader.GetInt64(0), reader.GetInt64(1));
            change.Unchanged = given - change.Added - change.Replaced;
            change.AdjustedCloseMoved = reader.GetInt64(2) > 0;
        }
        if (change.Replaced > 0)
            await DifferencesAsync(connection, (differs, merged), change, further, cancellationToken).ConfigureAwait(false);
        if (change.Added + change.Replaced == 0) return;
        await PostgresDatabase.ExecuteAsync(connection, $"""
            INSERT INTO granary_bar AS b SELECT * FROM incoming i
            ON CONFLICT (market, time) DO UPDATE SET open = excluded.open, high = excluded.high, low = excluded.low,
              close = excluded.close, volume = excluded.volume, adjusted = excluded.adjusted,
              further = {merged.Replace("i.further", "excluded.further", StringComparison.Ordinal)}
            WHERE {differs.Replace("i.", "excluded.", StringComparison.Ordinal)}
            """, cancellationToken).ConfigureAwait(false);
    }

    /// <param name="First">Open of the first given bar, UTC ticks.</param>
    /// <param name="WasEmpty">Whether the market had no bars, so it now has exactly the given ones.</param>
    /// <param name="Further">Names of the further columns that the market has now.</param>
    private sealed record MarketGrowth(int Id, Instrument Instrument, long Added, long First, long Last, bool WasEmpty, string[] Further);

    private static async Task UpdateAsync(NpgsqlConnection connection, BarsToStore bars, MarketGrowth growth,
        CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("""
            UPDATE granary_market SET about = $2, has_adjusted = $3, bars = bars + $4, first_open = least(first_open, $5),
              last_open = greatest(last_open, $6), raw_hash = $7, adjusted_hash = $8, further = $9, changed = now()
            WHERE id = $1 RETURNING bars, first_open, last_open
            """, connection)
        {
            Parameters =
            {
                new() { Value = growth.Id }, new() { Value = Encoding.UTF8.GetString(InstrumentJson.Bytes(growth.Instrument)) },
                new() { Value = bars.HasAdjustedClose }, new() { Value = growth.Added },
                new() { Value = new DateTime(growth.First, DateTimeKind.Utc) },
                new() { Value = new DateTime(growth.Last, DateTimeKind.Utc) },
                // The hash of the whole market is known here only if all its bars come from the file. Otherwise the first reader computes
                // it.
                new() { Value = growth.WasEmpty ? bars.RawHash ?? "" : "" },
                new() { Value = growth.WasEmpty && !bars.HasAdjustedClose ? bars.RawHash ?? "" : "" },
                new() { Value = growth.Further },
            },
        };
        await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    private static async Task DifferencesAsync(NpgsqlConnection connection, (string Differs, string Merged) sql, StoreChange change,
        string[] further, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand($"""
            SELECT i.time, b.open, b.high, b.low, b.close, b.adjusted, b.volume, i.open, i.high, i.low, i.close, i.adjusted, i.volume,
              b.further, {sql.Merged}
            FROM incoming i JOIN granary_bar b ON b.market = i.market AND b.time = i.time WHERE {sql.Differs}
              ORDER BY i.time LIMIT {StoreChange.MostDifferences}
            """, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        string[] fields = ["open", "high", "low", "close", "adjusted close", "volume"];
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            for (var f = 0; f < fields.Length && change.Differences.Count < StoreChange.MostDifferences; f++)
            {
                if (reader.IsDBNull(1 + f) || reader.IsDBNull(7 + f)) continue;
                change.Note(reader.GetDateTime(0).Ticks, fields[f], reader.GetDouble(1 + f), reader.GetDouble(7 + f));
            }
            for (var f = 0; f < further.Length; f++)
            {
                var (was, now) = (Element(reader, 13, f), Element(reader, 14, f));
                if (!was.Equals(now)) change.Note(reader.GetDateTime(0).Ticks, further[f], was, now);
            }
        }
    }

    // Of an array that may be missing, or shorter.
    private static double Element(NpgsqlDataReader reader, int column, int element) =>
        reader.IsDBNull(column) || reader.GetFieldValue<double?[]>(column) is var values && values.Length <= element ? double.NaN
            : reader.GetFieldValue<double?[]>(column)[element] ?? double.NaN;

    private async Task<int> AddAsync(NpgsqlConnection connection, Instrument instrument, BarsToStore bars,
        CancellationToken cancellationToken)
    {
        await using (var dataset = new NpgsqlCommand("INSERT INTO granary_dataset (name) VALUES ($1) ON CONFLICT DO NOTHING",
            connection)
        { Parameters = { new() { Value = address.Dataset } } })
            await dataset.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        await InstrumentAsync(connection, instrument, cancellationToken).ConfigureAwait(false);
        // Another import of the same market waits here until this one has ended.
        await using var command = new NpgsqlCommand("""
            INSERT INTO granary_market (dataset, symbol, timeframe, about, has_adjusted) VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (dataset, symbol, timeframe) DO UPDATE SET changed = now() RETURNING id, bars
            """, connection)
        {
            Parameters =
            {
                new() { Value = address.Dataset }, new() { Value = instrument.Symbol }, new() { Value = bars.Timeframe.ToString() },
                new() { Value = Encoding.UTF8.GetString(InstrumentJson.Bytes(instrument)) }, new() { Value = bars.HasAdjustedClose },
            },
        };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        if (reader.GetInt64(1) > 0)
            throw new BarStoreException($"{address.Address}: another import has just written {instrument.Symbol}; run again");
        return reader.GetInt32(0);
    }

    private async Task InstrumentAsync(NpgsqlConnection connection, Instrument instrument, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("INSERT INTO granary_instrument (dataset, symbol, venue, about) VALUES ($1, $2, $3, "
            + "$4::jsonb) ON CONFLICT (dataset, symbol) DO UPDATE SET venue = excluded.venue, about = excluded.about", connection)
        {
            Parameters = { new() { Value = address.Dataset }, new() { Value = instrument.Symbol }, new() { Value = instrument.Venue },
                new() { Value = Encoding.UTF8.GetString(InstrumentJson.Bytes(instrument)) } },
        };
        await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    internal sealed record Market(int Id, string Symbol, Timeframe Timeframe, Instrument Instrument, bool HasAdjusted, long Bars,
        long First, long Last, string RawHash, string AdjustedHash, string[] Further);

    private Task<Market?> FindAsync(NpgsqlConnection connection, string symbol, Timeframe timeframe, bool forUpdate,
        CancellationToken cancellationToken) =>
        FindAsync(connection, address.Dataset, symbol, timeframe, forUpdate, cancellationToken);

    internal static async Task<Market?> FindAsync(NpgsqlConnection connection, string dataset, string symbol, Timeframe timeframe,
        bool forUpdate, CancellationToken cancellationToken)
    {
        var found = await MarketsAsync(connection, dataset, $"AND symbol = $2 AND timeframe = $3{(forUpdate ? " FOR UPDATE" : "")}",
            [symbol, timeframe.ToString()], cancellationToken).ConfigureAwait(false);
        return found.Count > 0 ? found[0] : null;
    }

    internal static async Task<List<Market>> MarketsAsync(NpgsqlConnection connection, string dataset, string condition,
        object[] parameters, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("SELECT id, symbol, timeframe, about, has_adjusted, bars, first_open, last_open, "
            + "raw_hash, adjusted_hash, further FROM granary_market WHERE dataset = $1 " + condition,
            connection)
        { Parameters = { new() { Value = dataset } } };
        foreach (var value in parameters) command.Parameters.Add(new() { Value = value });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        var markets = new List<Market>();
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            if (!Timeframe.TryParse(reader.GetString(2), out var timeframe)) continue;
            var instrument = InstrumentJson.Read(Encoding.UTF8.GetBytes(reader.GetString(3)))
                ?? throw new BarStoreException($"granary_market, row {reader.GetInt32(0)}, about: it is not an instrument; "
                    + $"import {reader.GetString(1)} again");
            markets.Add(new Market(reader.GetInt32(0), reader.GetString(1), timeframe.Value, instrument, reader.GetBoolean(4),
                reader.GetInt64(5),
                reader.IsDBNull(6) ? 0 : reader.GetDateTime(6).Ticks, reader.IsDBNull(7) ? 0 : reader.GetDateTime(7).Ticks,
                reader.GetString(8), reader.GetString(9), reader.GetFieldValue<string[]>(10)));
        }
        return markets;
    }

    public async Task<IReadOnlyList<StoredMarket>> ListAsync(CancellationToken cancellationToken = default) =>
        await _database.RunAsync(async connection =>
        (IReadOnlyList<StoredMarket>)[.. (await MarketsAsync(connection, address.Dataset, "AND bars > 0", [], cancellationToken)
            .ConfigureAwait(false))
            .OrderBy(m => m.Symbol, StringComparer.Ordinal).ThenBy(m => m.Timeframe.Ticks)
            .Select(m => new StoredMarket(m.Symbol, m.Timeframe, m.Bars, m.First, m.Last, m.HasAdjusted, m.RawHash, null, null))],
            cancellationToken).ConfigureAwait(false);

    /// <summary>
    /// Counts the rows of a market and corrects its entry in the catalogue, for example after rows were changed by SQL. The primary key
    /// ensures that each time is unique and that rows are read in order.
    /// </summary>
    public async Task<IReadOnlyList<string>> RepairAsync(string symbol, Timeframe timeframe, CancellationToken cancellationToken = default)
    {
        var log = new List<string>();
        var before = await _database.RunAsync(async connection =>
        {
            log.Clear();
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
            var market = await FindAsync(connection, symbol, timeframe, forUpdate: true, cancellationToken).ConfigureAwait(false)
                ?? throw new BarDataException($"{address.Address}: the dataset '{address.Dataset}' has "
                    + $"no {timeframe} bars of '{symbol}'; 'granary data list' shows what it has");
            long count;
            DateTime? first, last;
            await using (var command = new NpgsqlCommand("SELECT count(*), min(time), max(time) FROM granary_bar WHERE market = $1",
                connection)
            { Parameters = { new() { Value = market.Id } } })
            await using (var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false))
            {
                await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
                (count, first, last) = (reader.GetInt64(0), reader.IsDBNull(1) ? null : reader.GetDateTime(1), reader.IsDBNull(2) ? null
                    : reader.GetDateTime(2));
            }
            if (count != market.Bars) log.Add($"the catalogue said {market.Bars} bars and there are {count}");
            if (count > 0 && (first!.Value.Ticks != market.First || last!.Value.Ticks != market.Last))
                log.Add($"the catalogue said {new DateTime(market.First):yyyy-MM-dd HH:mm} to "
                    + $"{new DateTime(market.Last):yyyy-MM-dd HH:mm} and there are {first:yyyy-MM-dd HH:mm} to {last:yyyy-MM-dd HH:mm}");
            await using (var update = new NpgsqlCommand("UPDATE granary_market SET bars = $2, first_open = $3, last_open = $4, raw_hash = "
                + "'', adjusted_hash = '', changed = now() WHERE id = $1", connection)
            {
                Parameters = { new() { Value = market.Id }, new() { Value = count }, new() { Value = (object?)first ?? DBNull.Value },
                    new() { Value = (object?)last ?? DBNull.Value } },
            })
                await update.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
            await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
            return market with { Bars = count };
        }, cancellationToken).ConfigureAwait(false);
        if (before.Bars == 0) return log;
        // The first reader computes the hashes again.
        foreach (var (adjust, known) in new[] { (false, before.RawHash), (true, before.HasAdjusted ? before.AdjustedHash : "") })
        {
            if (known.Length == 0) continue;
            await using var series = await Source(adjust).OpenAsync(new BarQuery(symbol, timeframe), cancellationToken)
                .ConfigureAwait(false);
            if (series.ContentHash != known)
                log.Add($"the {(adjust ? "adjusted" : "raw")} bars are not those that the catalogue's hash was of; runs over them have "
                    + $"another digest than before");
        }
        return log;
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();
}
