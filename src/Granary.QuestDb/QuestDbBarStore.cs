using System.Buffers;
using System.Globalization;
using System.Text;
using Granary.Data.Files;
using Granary.Data.FolderStore;
using Granary.Data.Reading;
using Granary.Data.Stores;
using Granary.Data.Streaming;
using Granary.Engine.Market;
using Npgsql;

namespace Granary.QuestDb;

/// <summary>
/// Bars in QuestDB: a table for each timeframe with a symbol column. Bars are written in the line protocol and read over PostgreSQL's wire
/// protocol. A merge first reads the stored bars and sends only new ones. So an interrupted import can be run again, also on servers
/// without dedup keys.
/// </summary>
internal sealed class QuestDbBarStore(QuestDbAddress address) : IBarStore
{
    private const int Piece = 4096;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(90);

    private readonly QuestDbServer _server = new(address);

    public string Name => address.Address.ToString();

    public IBarSource Source(bool adjust = true) => new QuestDbBarSource(_server, adjust);

    public async Task<ImportResult> MergeAsync(BarsToStore bars, CancellationToken cancellationToken = default)
    {
        if (address.TablePerSymbol)
            throw new BarDataException($"{address.Address}: tables named after symbols are read only; "
                + "import into table=NAME_{timeframe}");
        if (bars.Further.Count > 0)
            throw new BarDataException($"{address.Address}: tables of QuestDB keep prices and volume, and not the column "
                + $"'{bars.Further[0]}'; import it into a folder or PostgreSQL");
        var symbol = bars.Instrument.Symbol;
        _ = SymbolFileName.Of(symbol);
        var table = address.TableOf(symbol, bars.Timeframe);
        await _server.EnsureTablesAsync(table, bars.Timeframe, cancellationToken).ConfigureAwait(false);
        var known = await _server.MarketAsync(symbol, bars.Timeframe, cancellationToken).ConfigureAwait(false);
        if (known is { } market && market.HasAdjusted != bars.HasAdjustedClose
            && await _server.RangeAsync(table, symbol, cancellationToken).ConfigureAwait(false) is { Count: > 0 })
            bars.RequireAdjustedCloseAs(market.HasAdjusted, "table");

        var there = await BarsOfAsync(table, symbol, bars.HasAdjustedClose, cancellationToken).ConfigureAwait(false);
        long added = 0, unchanged = 0;
        var before = there.Count;
        var differences = new List<BarDifference>();
        var changed = new List<(BarColumns Bars, int At)>();
        await using (var sender = IlpSender.Open(address))
        {
            var lines = new ArrayBufferWriter<byte>(1 << 20);
            foreach (var piece in bars.ReadRaw(Piece))
            {
                cancellationToken.ThrowIfCancellationRequested();
                var start = 0;
                for (var i = 0; i < piece.Count; i++)
                {
                    if (!there.TryGetValue(piece.Time[i], out var old))
                    {
                        added++;
                        continue;
                    }
                    IlpEncoder.Append(lines, table, symbol, piece, start, i - start);
                    start = i + 1;
                    var now = (piece.Open[i], piece.High[i], piece.Low[i], piece.Close[i], piece.Volume[i], piece.Adjusted?[i] ?? 0);
                    if (old == now) unchanged++;
                    else Differ(piece, i, old, now, differences, changed);
                }
                IlpEncoder.Append(lines, table, symbol, piece, start, piece.Count - start);
                if (lines.WrittenCount < 1 << 19) continue;
                await sender.SendAsync(lines.WrittenMemory, cancellationToken).ConfigureAwait(false);
                lines.ResetWrittenCount();
            }
            if (lines.WrittenCount > 0) await sender.SendAsync(lines.WrittenMemory, cancellationToken).ConfigureAwait(false);
        }
        await _server.UpdateAsync(table, symbol, changed, cancellationToken).ConfigureAwait(false);
        var instrument = FolderBarStore.Combine(known?.Instrument, bars);
        if (known is null || added + changed.Count > 0)
            await _server.DescribeAsync(instrument, bars.Timeframe, bars.HasAdjustedClose, cancellationToken).ConfigureAwait(false);
        var (count, first, last) = await ArrivedAsync(table, symbol, before + added, cancellationToken).ConfigureAwait(false);
        var result = ImportResult.Of(bars) with { Total = count, First = first, Last = last };
        return result with { Added = added, Replaced = changed.Count, Unchanged = unchanged, Differences = differences };
    }

    private async Task<Dictionary<long, (double Open, double High, double Low, double Close, double Volume, double Adjusted)>> BarsOfAsync(
        string table, string symbol, bool withAdjusted, CancellationToken cancellationToken)
    {
        var there = new Dictionary<long, (double Open, double High, double Low, double Close, double Volume, double Adjusted)>();
        await foreach (var piece in _server.ReadAsync(new(table, "ts", symbol), withAdjusted, Piece, cancellationToken)
            .ConfigureAwait(false))
            for (var i = 0; i < piece.Count; i++)
                there[piece.Time[i]] = (piece.Open[i], piece.High[i], piece.Low[i], piece.Close[i], piece.Volume[i],
                    piece.Adjusted?[i] ?? 0);
        return there;
    }

    private static void Differ(BarColumns piece, int i,
        (double Open, double High, double Low, double Close, double Volume, double Adjusted) old,
        (double Open, double High, double Low, double Close, double Volume, double Adjusted) now, List<BarDifference> differences,
        List<(BarColumns, int)> changed)
    {
        changed.Add((piece, i));
        foreach (var (field, was, value) in new[] { ("open", old.Open, now.Open), ("high", old.High, now.High), ("low", old.Low, now.Low),
            ("close", old.Close, now.Close), ("adjusted close", old.Adjusted, now.Adjusted), ("volume", old.Volume, now.Volume) })
            if (was != value && differences.Count < StoreChange.MostDifferences)
                differences.Add(new BarDifference(piece.Time[i], field, was, value));
    }

    // Lines become visible shortly after the server accepted them. Lines that do not arrive were rejected.
    private async Task<(long Count, long First, long Last)> ArrivedAsync(string table, string symbol, long expected,
        CancellationToken cancellationToken)
    {
        var watch = System.Diagnostics.Stopwatch.StartNew();
        while (true)
        {
            var range = await _server.RangeAsync(table, symbol, cancellationToken).ConfigureAwait(false);
            if (range.Count == expected) return range;
            if (range.Count > expected) throw new BarStoreException($"{address.Address}: '{table}' has {range.Count} rows "
                + $"of {symbol} where {expected} are meant to be, so another import ran at the same time or rows are there twice; drop the "
                + $"table and import again");
            if (watch.Elapsed > Timeout) throw new BarStoreException($"{address.Address}: of {expected} rows "
                + $"of {symbol} only {range.Count} arrived in '{table}' within {Timeout.TotalSeconds:0} s; look into the server's log, "
                + $"and run the import again: it goes on where it was");
            await Task.Delay(watch.ElapsedMilliseconds < 500 ? 20 : 200, cancellationToken).ConfigureAwait(false);
        }
    }

    public async Task<IReadOnlyList<StoredMarket>> ListAsync(CancellationToken cancellationToken = default)
    {
        var markets = new List<StoredMarket>();
        foreach (var timeframe in Timeframe.All)
        {
            foreach (var (symbol, table, column) in await _server.SymbolsAsync(timeframe, cancellationToken).ConfigureAwait(false))
            {
                var (count, first, last) = await _server.RangeAsync(table, address.TablePerSymbol ? null : symbol, cancellationToken,
                    column).ConfigureAwait(false);
                var known = await _server.MarketAsync(symbol, timeframe, cancellationToken).ConfigureAwait(false);
                if (count > 0)
                    markets.Add(new StoredMarket(symbol, timeframe, count, first, last, known?.HasAdjusted ?? false, "", null, null));
            }
        }
        return [.. markets.OrderBy(m => m.Symbol, StringComparer.Ordinal).ThenBy(m => m.Timeframe.Ticks)];
    }

    public Task<IReadOnlyList<string>> RepairAsync(string symbol, Timeframe timeframe, CancellationToken cancellationToken = default) =>
        Task.FromException<IReadOnlyList<string>>(new BarDataException($"{Name}: QuestDB takes no rows out of a table, so that nothing is "
            + $"repaired in it; import the right bars again, which replaces what differs, or put the market's rows into a new table"));

    public ValueTask DisposeAsync() => _server.DisposeAsync();
}
