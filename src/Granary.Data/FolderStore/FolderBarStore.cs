using Granary.Data.Files;
using Granary.Data.Funding;
using Granary.Data.Reading;
using Granary.Data.Stores;
using Granary.Engine.Market;
using Granary.Storage.Files;

namespace Granary.Data.FolderStore;

/// <summary>
/// A folder of bar files as a store. A merge writes a new file and renames it, so a market is either complete or unchanged.
/// </summary>
/// <param name="files">The files that may be read and written; null = all.</param>
internal sealed class FolderBarStore(string directory, PermittedFiles? files = null) : IBarStore, IFundingStore
{
    private const int Piece = 4096;
    private static readonly TimeSpan LockTimeout = TimeSpan.FromSeconds(10);

    private readonly BarStore _store = new(directory, files);

    public string Name => directory;

    public async Task<ImportResult> MergeAsync(BarsToStore bars, CancellationToken cancellationToken = default)
    {
        var path = _store.PathOf(bars.Instrument.Symbol, bars.Timeframe);
        using var hold = await LockAsync(path, cancellationToken).ConfigureAwait(false);
        return await Task.Run(() => Merge(path, bars, cancellationToken), cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<int> MergeFundingAsync(string symbol, IReadOnlyList<FundingRow> rows,
        CancellationToken cancellationToken = default)
    {
        var path = FundingStoreFile.PathOf(directory, symbol);
        using var hold = await LockAsync(path, cancellationToken).ConfigureAwait(false);
        var (merged, changed) = FundingRow.Merge(FundingStoreFile.Read(path, files), rows);
        if (changed > 0) FundingStoreFile.Write(path, merged, files);
        return changed;
    }

    public Task<IReadOnlyList<StoredMarket>> ListAsync(CancellationToken cancellationToken = default) =>
        Task.Run(_store.List, cancellationToken);

    public IBarSource Source(bool adjust = true) => new StoreBarSource(directory, adjust, files);

    public Task<IReadOnlyList<string>> RepairAsync(string symbol, Timeframe timeframe, CancellationToken cancellationToken = default) =>
        Task.FromException<IReadOnlyList<string>>(new BarDataException($"{Name}: a bar file is written whole, in order and with checksums, "
            + $"so that there is nothing to repair; one that is damaged is imported again"));

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private ImportResult Merge(string path, BarsToStore series, CancellationToken cancellationToken)
    {
        var notes = new List<string>(series.Notes);
        if (!File.Exists(path))
        {
            var first = WriteNew(path, series, cancellationToken);
            return ResultOf(series, new StoreChange { Added = first.Count }, first, notes);
        }
        using var existing = BarStoreFile.Open(path, files);
        var header = existing.Header;
        series.RequireAdjustedCloseAs(header.HasAdjusted, "store");
        var change = Compare(existing, series, cancellationToken);
        if (change.Added + change.Replaced > 0)
        {
            if (change.AdjustedCloseMoved && header.Count > change.Replaced + change.Unchanged)
                notes.Add("adjusted closes changed in the overlap, so bars outside of it are adjusted to another day; import the whole "
                    + "history once more");
            header = Write(path, existing, series, cancellationToken);
        }
        return ResultOf(series, change, header, notes);
    }

    private static ImportResult ResultOf(BarsToStore series, StoreChange change, BarStoreHeader header, List<string> notes) =>
        ImportResult.Of(series) with
        {
            Added = change.Added,
            Replaced = change.Replaced,
            Unchanged = change.Unchanged,
            Total = header.Count,
            First = header.FirstTime,
            Last = header.LastTime,
            ContentHash = header.RawHash,
            Differences = change.Differences,
            Notes = notes,
        };

    // Writes a market that the store does not have: whole columns at once.
    private BarStoreHeader WriteNew(string path, BarsToStore series, CancellationToken cancellationToken)
    {
        using var writer = new BarStoreWriter(path, series.Instrument, series.Timeframe, series.HasAdjustedClose, [.. series.Further],
            files)
        {
            RawHash = series.IsInMemory ? series.RawHash : null,
        };
        foreach (var columns in series.ReadRaw(Piece))
        {
            cancellationToken.ThrowIfCancellationRequested();
            writer.Append(columns, 0, columns.Count);
        }
        return writer.Commit(series.Instrument);
    }

    private static StoreChange Compare(BarStoreFile existing, BarsToStore series, CancellationToken cancellationToken)
    {
        var change = new StoreChange();
        var further = FurtherOf(existing, series);
        foreach (var (stored, given) in Pairs(existing, series, further))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (given is not { } b) continue;
            if (stored is not { } a)
            {
                change.Added++;
                continue;
            }
            if (a.IsSame(b))
            {
                change.Unchanged++;
                continue;
            }
            change.Replaced++;
            change.AdjustedCloseMoved |= a.Adjusted != b.Adjusted;
            change.Note(b.Time, "open", a.Open, b.Open);
            change.Note(b.Time, "high", a.High, b.High);
            change.Note(b.Time, "low", a.Low, b.Low);
            change.Note(b.Time, "close", a.Close, b.Close);
            change.Note(b.Time, "adjusted close", a.Adjusted, b.Adjusted);
            change.Note(b.Time, "volume", a.Volume, b.Volume);
            for (var f = 0; f < further.Length; f++)
                if (!a.Further[f].Equals(b.Further[f])) change.Note(b.Time, further[f], a.Further[f], b.Further[f]);
        }
        return change;
    }

    // Writes the complete market: the stored bars, overwritten by the given ones.
    private BarStoreHeader Write(string path, BarStoreFile existing, BarsToStore series, CancellationToken cancellationToken)
    {
        var instrument = Combine(existing.Header.Instrument, series);
        var further = FurtherOf(existing, series);
        using var writer = new BarStoreWriter(path, instrument, series.Timeframe, series.HasAdjustedClose, further, files);
        var buffer = new BarColumns(Piece, series.HasAdjustedClose, further.Length == 0 ? null : further);
        foreach (var (stored, given) in Pairs(existing, series, further))
        {
            var row = (given ?? stored)!.Value;
            var i = buffer.Count;
            buffer.Time[i] = row.Time;
            buffer.Open[i] = row.Open;
            buffer.High[i] = row.High;
            buffer.Low[i] = row.Low;
            buffer.Close[i] = row.Close;
            buffer.Volume[i] = row.Volume;
            if (buffer.Adjusted is not null) buffer.Adjusted[i] = row.Adjusted;
            for (var f = 0; f < buffer.Further.Length; f++) buffer.Further[f][i] = row.Further[f];
            buffer.Count = i + 1;
            if (buffer.Count < Piece) continue;
            cancellationToken.ThrowIfCancellationRequested();
            writer.Append(buffer, 0, Piece);
            buffer.Count = 0;
        }
        writer.Append(buffer, 0, buffer.Count);
        return writer.Commit(instrument);
    }

    /// <summary>Returns the instrument of a market after a merge: the stored one, updated from the new bars.</summary>
    internal static Instrument Combine(Instrument? old, BarsToStore bars)
    {
        var given = bars.Instrument;
        if (old is null) return given;
        var instrument = bars.InstrumentIsGiven ? given : old;
        return instrument with
        {
            Symbol = given.Symbol,
            PriceDecimals = old.PriceDecimals < 0 || given.PriceDecimals < 0 ? -1 : Math.Max(old.PriceDecimals, given.PriceDecimals),
            DailyEquity = old.DailyEquity && given.DailyEquity,
            CorporateActions = given.CorporateActions.Count > 0 ? given.CorporateActions : old.CorporateActions,
        };
    }

    // Stored columns first, so that a market keeps their order.
    private static string[] FurtherOf(BarStoreFile existing, BarsToStore series) =>
        [.. existing.Header.Further.Union(series.Further, StringComparer.Ordinal)];

    private readonly record struct Row(long Time, double Open, double High, double Low, double Close, double Adjusted, double Volume,
        double[] Further)
    {
        public bool IsSame(in Row other) => this with { Further = other.Further } == other && Further.AsSpan().SequenceEqual(other.Further);

        // A bar that a file gives without a column keeps what the store has of it.
        public Row Over(in Row stored, bool[] given)
        {
            if (Array.TrueForAll(given, g => g)) return this;
            var further = Further.ToArray();
            for (var f = 0; f < further.Length; f++)
                if (!given[f]) further[f] = stored.Further[f];
            return this with { Further = further };
        }
    }

    // Pairs stored and given bars by time.
    private static IEnumerable<(Row? Stored, Row? Given)> Pairs(BarStoreFile existing, BarsToStore series, string[] further)
    {
        bool[] isGiven = [.. further.Select(f => series.Further.Contains(f, StringComparer.Ordinal))];
        using var a = Rows(Stored(existing), further).GetEnumerator();
        using var b = Rows(series.ReadRaw(Piece), further).GetEnumerator();
        var hasA = a.MoveNext();
        var hasB = b.MoveNext();
        while (hasA || hasB)
        {
            if (!hasB || hasA && a.Current.Time < b.Current.Time)
            {
                yield return (a.Current, null);
                hasA = a.MoveNext();
            }
            else if (!hasA || b.Current.Time < a.Current.Time)
            {
                yield return (null, b.Current);
                hasB = b.MoveNext();
            }
            else
            {
                yield return (a.Current, b.Current.Over(a.Current, isGiven));
                hasA = a.MoveNext();
                hasB = b.MoveNext();
            }
        }
    }

    private static IEnumerable<BarColumns> Stored(BarStoreFile file)
    {
        for (var s = 0L; s < file.Header.Segments; s++)
        {
            var columns = new BarColumns(file.CountOf(s), file.Header.HasAdjusted,
                file.Header.Further.Length == 0 ? null : file.Header.Further);
            file.Read(s, 0, file.CountOf(s), columns);
            yield return columns;
        }
    }

    private static IEnumerable<Row> Rows(IEnumerable<BarColumns> pieces, string[] further)
    {
        foreach (var c in pieces)
        {
            int[] places = [.. further.Select(f => c.FurtherNames is { } names ? Array.IndexOf(names, f) : -1)];
            for (var i = 0; i < c.Count; i++)
            {
                double[] values = further.Length == 0 ? [] : Array.ConvertAll(places, p => p < 0 ? double.NaN : c.Further[p][i]);
                yield return new Row(c.Time[i], c.Open[i], c.High[i], c.Low[i], c.Close[i], c.Adjusted?[i] ?? 0, c.Volume[i], values);
            }
        }
    }

    // One import at a time per market; otherwise the later writer would undo the changes of the earlier one.
    private async Task<IDisposable> LockAsync(string path, CancellationToken cancellationToken)
    {
        var turns = path + ".lock";
        try
        {
            (files ?? PermittedFiles.All).OpenFolder(Path.GetDirectoryName(path)!, create: true).Dispose();
            return await ExclusiveFile.OpenAsync(turns, LockTimeout, cancellationToken, files: files).ConfigureAwait(false);
        }
        catch (IOException e) when (ExclusiveFile.IsInUse(e, turns))
        {
            throw new BarStoreException($"{path}: another import is writing this market; wait for it to end and run again", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw FileFaults.Writing(path, e);
        }
    }
}
