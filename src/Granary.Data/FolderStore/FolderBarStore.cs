using Granary.Data.Files;
using Granary.Data.Reading;
using Granary.Data.Stores;
using Granary.Engine.Market;
using Granary.Storage.Retries;

namespace Granary.Data.FolderStore;

/// <summary>
/// A folder of bar files as a store: a market is rewritten beside itself and renamed, so that it is there whole or as it was.
/// </summary>
public sealed class FolderBarStore(string directory) : IBarStore
{
    internal const int MostDifferences = 10;
    private const int Piece = 4096;
    private static readonly TimeSpan LockTimeout = TimeSpan.FromSeconds(10);

    private readonly BarStore _store = new(directory);

    public string Name => directory;

    public async Task<ImportResult> MergeAsync(BarsToStore bars, CancellationToken cancellationToken = default)
    {
        var path = _store.PathOf(bars.Instrument.Symbol, bars.Timeframe);
        using var hold = await LockAsync(path, cancellationToken).ConfigureAwait(false);
        return await Task.Run(() => Merge(path, bars, cancellationToken), cancellationToken).ConfigureAwait(false);
    }

    public Task<IReadOnlyList<StoredMarket>> ListAsync(CancellationToken cancellationToken = default) =>
        Task.Run(_store.List, cancellationToken);

    public IBarSource Source(bool adjust = true) => new StoreBarSource(directory, adjust);

    public Task<IReadOnlyList<string>> RepairAsync(string symbol, Timeframe timeframe, CancellationToken cancellationToken = default) =>
        Task.FromException<IReadOnlyList<string>>(new BarDataException($"{Name}: a bar file is written whole, in order and with checksums, "
            + $"so that there is nothing to mend; one that is damaged is imported again"));

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static ImportResult Merge(string path, BarsToStore series, CancellationToken cancellationToken)
    {
        using var existing = File.Exists(path) ? BarStoreFile.Open(path) : null;
        var old = existing?.Header;
        if (old is not null && old.HasAdjusted != series.HasAdjustedClose)
        {
            throw BarDataException.At(series.From, null, "adjusted close", old.HasAdjusted
                    ? $"the store's {series.Instrument.Symbol} has an adjusted close and this file has none"
                    : $"this file has an adjusted close and the store's {series.Instrument.Symbol} has none",
                "import it under another symbol or into another store");
        }

        long added = 0, replaced = 0, unchanged = 0;
        var differences = new List<BarDifference>();
        var adjustedMoved = false;
        foreach (var (stored, given) in Pairs(existing, series))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (given is not { } b) continue;
            if (stored is not { } a)
            {
                added++;
                continue;
            }
            if (a == b)
            {
                unchanged++;
                continue;
            }
            replaced++;
            adjustedMoved |= a.Adjusted != b.Adjusted;
            void Note(string field, double was, double now)
            {
                if (was != now && differences.Count < MostDifferences) differences.Add(new BarDifference(b.Time, field, was, now));
            }
            Note("open", a.Open, b.Open);
            Note("high", a.High, b.High);
            Note("low", a.Low, b.Low);
            Note("close", a.Close, b.Close);
            Note("adjusted close", a.Adjusted, b.Adjusted);
            Note("volume", a.Volume, b.Volume);
        }

        var notes = new List<string>(series.Notes);
        var header = old;
        if (added + replaced > 0)
        {
            if (adjustedMoved && old!.Count > replaced + unchanged)
                notes.Add("adjusted closes changed in the overlap, so bars outside of it are adjusted to another day; import the whole "
                    + "history once more");
            var instrument = Combine(old?.Instrument, series);
            using var writer = new BarStoreWriter(path, instrument, series.Timeframe, series.HasAdjustedClose);
            var buffer = new BarColumns(Piece, series.HasAdjustedClose);
            foreach (var (stored, given) in Pairs(existing, series))
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
                buffer.Count = i + 1;
                if (buffer.Count < Piece) continue;
                cancellationToken.ThrowIfCancellationRequested();
                writer.Append(buffer, 0, Piece);
                buffer.Count = 0;
            }
            writer.Append(buffer, 0, buffer.Count);
            header = writer.Commit(instrument);
        }
        return new ImportResult(series.From, series.Format, series.Instrument.Symbol, series.Timeframe, series.Count, added, replaced,
            unchanged, series.SkippedRows, header!.Count, header.FirstTime, header.LastTime, header.RawHash, differences, notes);
    }

    /// <summary>What a market is after a merge: as it was, with what the new bars show.</summary>
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

    private readonly record struct Row(long Time, double Open, double High, double Low, double Close, double Adjusted, double Volume);

    // Both streams side by side in order of time: what the store has, what the file has.
    private static IEnumerable<(Row? Stored, Row? Given)> Pairs(BarStoreFile? existing, BarsToStore series)
    {
        using var a = Rows(Stored(existing)).GetEnumerator();
        using var b = Rows(series.ReadRaw(Piece)).GetEnumerator();
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
                yield return (a.Current, b.Current);
                hasA = a.MoveNext();
                hasB = b.MoveNext();
            }
        }
    }

    private static IEnumerable<BarColumns> Stored(BarStoreFile? file)
    {
        if (file is null) yield break;
        for (var s = 0L; s < file.Header.Segments; s++)
        {
            var columns = new BarColumns(file.CountOf(s), file.Header.HasAdjusted);
            file.Read(s, 0, file.CountOf(s), columns);
            yield return columns;
        }
    }

    private static IEnumerable<Row> Rows(IEnumerable<BarColumns> pieces)
    {
        foreach (var c in pieces)
            for (var i = 0; i < c.Count; i++)
                yield return new Row(c.Time[i], c.Open[i], c.High[i], c.Low[i], c.Close[i], c.Adjusted?[i] ?? 0, c.Volume[i]);
    }

    // One import at a time per market; the loser of a race would undo the winner.
    private static async Task<IDisposable> LockAsync(string path, CancellationToken cancellationToken)
    {
        bool IsOpenElsewhere(Exception e) =>
            e is IOException and not (DirectoryNotFoundException or PathTooLongException) && File.Exists(path + ".lock");
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            return await RetryPolicies.FileInUse(IsOpenElsewhere, LockTimeout)
                .RunAsync(_ => Task.FromResult(new FileStream(path + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None,
                    bufferSize: 0)), cancellationToken).ConfigureAwait(false);
        }
        catch (IOException e) when (IsOpenElsewhere(e))
        {
            throw new BarStoreException($"{path}: another import is writing this market; wait for it to end and run again", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw FileFaults.Writing(path, e);
        }
    }
}
