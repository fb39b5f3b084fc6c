using System.Runtime.CompilerServices;
using Granary.Data.Funding;
using Granary.Data.Reading;
using Granary.Engine.Market;
using Granary.Storage.Retries;
using Npgsql;
using Polly;

namespace Granary.Postgres.Bars;

/// <summary>
/// Reads markets from PostgreSQL, streamed in blocks by binary COPY, so memory use does not depend on the range. If the server is
/// unreachable, reading waits and then continues after the last bar.
/// </summary>
public sealed class PostgresBarSource : IBarSource, IFundingSource, IAsyncDisposable
{
    private readonly PostgresDatabase _database;
    private readonly bool _adjust;

    /// <param name="adjust">Scale prices by the adjusted close where the store has one.</param>
    public PostgresBarSource(PostgresAddress address, bool adjust = true) : this(new PostgresDatabase(address), adjust)
    {
    }

    internal PostgresBarSource(PostgresDatabase database, bool adjust) => (_database, _adjust) = (database, adjust);

    public async ValueTask<IReadOnlyList<string>> ListSymbolsAsync(Timeframe timeframe, CancellationToken cancellationToken = default) =>
        await _database.RunAsync(async connection =>
        (IReadOnlyList<string>)[.. (await PostgresBarStore.MarketsAsync(connection, _database.Address.Dataset,
            "AND bars > 0 AND timeframe = $2", [timeframe.ToString()], cancellationToken).ConfigureAwait(false)).Select(m => m.Symbol)
            .Order(StringComparer.Ordinal)],
        cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<string>> ListColumnsAsync(BarQuery query, CancellationToken cancellationToken = default) =>
        await _database.RunAsync(async connection =>
        {
            var found = await PostgresBarStore.FindAsync(connection, _database.Address.Dataset, query.Symbol, query.Timeframe,
                forUpdate: false, cancellationToken).ConfigureAwait(false);
            return (IReadOnlyList<string>)(found is { Bars: > 0 } ? found.Further
                : throw await MissingAsync(connection, query, cancellationToken).ConfigureAwait(false));
        }, cancellationToken).ConfigureAwait(false);

    public async ValueTask<IBarSeries> OpenAsync(BarQuery query, CancellationToken cancellationToken = default)
    {
        var (market, count) = await _database.RunAsync(async connection =>
        {
            var found = await PostgresBarStore.FindAsync(connection, _database.Address.Dataset, query.Symbol, query.Timeframe,
                forUpdate: false, cancellationToken).ConfigureAwait(false);
            if (found is null || found.Bars == 0) throw await MissingAsync(connection, query, cancellationToken).ConfigureAwait(false);
            if (Whole(found, query)) return (found, found.Bars);
            await using var command = new NpgsqlCommand($"SELECT count(*) FROM granary_bar WHERE {Range(found, query, null)}", connection);
            return (found, (long)(await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false))!);
        }, cancellationToken).ConfigureAwait(false);
        if (count == 0)
            throw new BarDataException(
                $"{_database.Address.Address}: {query.Symbol} has no {query.Timeframe} bars between {Text(query.From)} and "
                    + $"{Text(query.To)}, it has {Text(market.First)} to {Text(market.Last)}; change from and to");
        if (query.Columns.FirstOrDefault(c => !market.Further.Contains(c, StringComparer.Ordinal)) is { } missing)
            throw new BarDataException(FurtherNames.Unknown($"{_database.Address.Address}, {query.Symbol}", missing, market.Further));
        var series = new Series(_database, market, query, count, _adjust && market.HasAdjusted);
        var isKept = Whole(market, query) && query.Columns.Count == 0;
        var known = isKept ? _adjust && market.HasAdjusted ? market.AdjustedHash : market.RawHash : "";
        await series.FindHashAsync(known, cancellationToken).ConfigureAwait(false);
        if (known.Length == 0 && isKept)
            await KeepHashAsync(market, _adjust && market.HasAdjusted ? "adjusted_hash" : "raw_hash", series.ContentHash, cancellationToken)
                .ConfigureAwait(false);
        return series;
    }

    async ValueTask<IReadOnlyList<FundingRow>> IFundingSource.ReadFundingAsync(string symbol, CancellationToken cancellationToken) =>
        await PostgresFunding.ReadAsync(_database, symbol, cancellationToken).ConfigureAwait(false);

    private static bool Whole(PostgresBarStore.Market market, BarQuery query) => !(query.From > market.First) && !(query.To <= market.Last);

    private async Task<BarDataException> MissingAsync(NpgsqlConnection connection, BarQuery query, CancellationToken cancellationToken)
    {
        var all = await PostgresBarStore.MarketsAsync(connection, _database.Address.Dataset, "AND bars > 0", [], cancellationToken)
            .ConfigureAwait(false);
        var timeframes = all.Where(m => m.Symbol == query.Symbol).Select(m => m.Timeframe.ToString()).ToList();
        if (timeframes.Count > 0) return new BarDataException(
            $"{_database.Address.Address}: {query.Symbol} has no {query.Timeframe} bars; use {string.Join(" or ", timeframes)}, or import "
                + $"them");
        var nearest = Spelling.Nearest(query.Symbol, all.Select(m => m.Symbol).Distinct());
        return new BarDataException(
            $"{_database.Address.Address}: the dataset '{_database.Address.Dataset}' has no symbol '{query.Symbol}'; "
                + $"{(nearest is null ? "import it first" : $"did you mean {nearest}?")}");
    }

    // Saves later readers from reading all bars again. A failed write is ignored, because a reader may lack the permission.
    private async Task KeepHashAsync(PostgresBarStore.Market market, string column, string hash, CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await _database.OpenAsync(cancellationToken).ConfigureAwait(false);
            await using var command = new NpgsqlCommand(
                $"UPDATE granary_market SET {column} = $2 WHERE id = $1 AND {column} = '' AND bars = $3 AND last_open = $4", connection)
            {
                Parameters = { new() { Value = market.Id }, new() { Value = hash }, new() { Value = market.Bars },
                    new() { Value = new DateTime(market.Last, DateTimeKind.Utc) } },
            };
            await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (NpgsqlException)
        {
            // the next reader computes it again
        }
    }

    // Only numbers and times from this program; names never become SQL.
    private static string Range(PostgresBarStore.Market market, BarQuery query, long? after) =>
        FormattableString.Invariant($"market = {market.Id}")
        + (query.From is { } from ? $" AND time >= {BinaryCopy.Literal(Math.Clamp(from, 0, DateTime.MaxValue.Ticks))}" : "")
        + (query.To is { } to ? $" AND time < {BinaryCopy.Literal(Math.Clamp(to, 0, DateTime.MaxValue.Ticks))}" : "")
        + (after is { } a ? $" AND time > {BinaryCopy.Literal(a)}" : "");

    private static string Text(long? time) =>
        time is { } t ? new DateTime(Math.Clamp(t, 0, DateTime.MaxValue.Ticks)).ToString("yyyy-MM-dd HH:mm") : "the start or end";

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    private sealed class Series(PostgresDatabase database, PostgresBarStore.Market market, BarQuery query, long count, bool adjust)
        : IBarSeries
    {
        public Instrument Instrument { get; } = market.Instrument with
        {
            Symbol = query.Symbol,
            PriceDecimals = adjust ? -1 : market.Instrument.PriceDecimals,
            IsAdjusted = adjust,
            CorporateActions = adjust ? [] : market.Instrument.CorporateActions,
        };

        public Timeframe Timeframe => market.Timeframe;

        public long Count => count;

        public IReadOnlyList<string> Columns => query.Columns;

        public string ContentHash { get; private set; } = "";

        public IReadOnlyList<string> Notes => [];

        public async Task FindHashAsync(string known, CancellationToken cancellationToken)
        {
            ContentHash = known;
            if (known.Length > 0) return;
            using var hasher = new ContentHasher();
            var counted = 0L;
            await foreach (var piece in PiecesAsync(ContentHasher.GroupSize, cancellationToken).ConfigureAwait(false))
            {
                counted += piece.Count;
                hasher.Append(piece);
            }
            if (counted != count) throw Changed();
            ContentHash = hasher.Finish();
        }

        public async IAsyncEnumerable<BarBlock> ReadAsync(int blockSize = IBarSeries.DefaultBlockSize, [EnumeratorCancellation]
            CancellationToken cancellationToken = default)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(blockSize, 1);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(blockSize, BarBlock.MaxCount);
            var index = 0L;
            await foreach (var piece in PiecesAsync(blockSize, cancellationToken).ConfigureAwait(false))
            {
                yield return piece.ToBlock(index);
                index += piece.Count;
            }
            if (index != count) throw Changed();
        }

        private BarDataException Changed() =>
            new($"{database.Address.Address}: the bars of {query.Symbol} changed while they were read; run again");

        private async IAsyncEnumerable<BarColumns> PiecesAsync(int size, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await using var cursor = new Cursor(database, market, query, adjust, size);
            BarColumns? rest = null;
            while (await cursor.NextAsync(cancellationToken).ConfigureAwait(false) is { } piece)
            {
                if (adjust) piece.Adjust();
                // After a lost connection, pieces begin elsewhere; blocks must be complete nevertheless.
                if (rest is null && piece.Count == size)
                {
                    yield return piece;
                    continue;
                }
                for (var start = 0; start < piece.Count;)
                {
                    rest ??= new BarColumns(size, adjust, piece.FurtherNames);
                    var n = Math.Min(piece.Count - start, size - rest.Count);
                    rest.Append(piece, start, n);
                    start += n;
                    if (rest.Count < size) continue;
                    yield return rest;
                    rest = null;
                }
            }
            if (rest is { Count: > 0 }) yield return rest;
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    /// <summary>Reads a market's bars piece by piece. It reopens a lost connection after the last bar that was read.</summary>
    private sealed class Cursor(PostgresDatabase database, PostgresBarStore.Market market, BarQuery query, bool adjust, int size)
        : IAsyncDisposable
    {
        private readonly ResiliencePipeline _away = RetryPolicies.ServerAway(PostgresDatabase.Away, database.ReconnectTimeout,
            database.Clock);
        private NpgsqlConnection? _connection;
        private IAsyncEnumerator<BarColumns>? _reader;
        private long? _last;

        /// <returns>The next bars; null after the last one.</returns>
        public async Task<BarColumns?> NextAsync(CancellationToken cancellationToken)
        {
            try
            {
                return await _away.RunAsync(ReadAsync, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (PostgresDatabase.Away(e))
            {
                throw database.NotBack($"{query.Symbol}:{market.Timeframe}", e);
            }
            catch (NpgsqlException e)
            {
                throw database.Fault(e);
            }
        }

        private async Task<BarColumns?> ReadAsync(CancellationToken cancellationToken)
        {
            try
            {
                if (_reader is null)
                {
                    _connection = await database.OpenAsync(cancellationToken).ConfigureAwait(false);
                    var columns = $"time, open, high, low, close, volume{(adjust ? ", coalesce(adjusted, close)" : "")}"
                        + string.Concat(query.Columns.Select(c => FormattableString.Invariant(
                            $", coalesce(further[{Array.IndexOf(market.Further, c) + 1}], 'NaN')")));
                    var stream = await _connection.BeginRawBinaryCopyAsync(
                        $"COPY (SELECT {columns} FROM granary_bar WHERE {Range(market, query, _last)} ORDER BY time) TO STDOUT (FORMAT "
                            + $"BINARY)", cancellationToken).ConfigureAwait(false);
                    _reader = Whole(stream, cancellationToken).GetAsyncEnumerator(cancellationToken);
                }
                if (!await _reader.MoveNextAsync().ConfigureAwait(false)) return null;
                _last = _reader.Current.Time[_reader.Current.Count - 1];
                return _reader.Current;
            }
            catch
            {
                await DisposeAsync().ConfigureAwait(false);
                throw;
            }
        }

        private async IAsyncEnumerable<BarColumns> Whole(Stream stream, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await using (stream.ConfigureAwait(false))
                await foreach (var piece in BinaryCopy.ReadAsync(stream, adjust,
                    query.Columns.Count == 0 ? null : [.. query.Columns], size, cancellationToken).ConfigureAwait(false))
                    yield return piece;
        }

        public async ValueTask DisposeAsync()
        {
            foreach (var open in (IAsyncDisposable?[])[_reader, _connection])
            {
                try
                {
                    if (open is not null) await open.DisposeAsync().ConfigureAwait(false);
                }
                catch (Exception e) when (e is NpgsqlException or IOException or InvalidOperationException)
                {
                    // The connection has ended already.
                }
            }
            (_reader, _connection) = (null, null);
        }
    }
}
