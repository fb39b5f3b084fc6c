using System.Collections.Concurrent;
using Granary.Contracts.MarketData;
using Granary.Data.BarFiles;
using Granary.Data.Quality;
using Granary.Data.Reading;
using Granary.Engine;
using Granary.Engine.Market;

namespace Granary.Simulation.MarketData;

/// <summary>
/// The bar files of a data folder with what is in them. Each file is read and checked once, in the background, and again when its size or
/// its time of change differs.
/// </summary>
/// <param name="dataFolder">Path of the data folder.</param>
/// <param name="options">The formats of files.</param>
internal sealed class BarFileLibrary(string dataFolder, BarFileOptions options)
{
    private readonly string _folder = Path.GetFullPath(dataFolder);

    // A list that needs longer is answered with what is known by then.
    private static readonly TimeSpan s_patient = TimeSpan.FromSeconds(0.5);

    private readonly ConcurrentDictionary<string, Known> _known = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private Task _reading = Task.CompletedTask;
    private Found[] _waiting = [];

    private readonly record struct Found(string Path, long Bytes, DateTime Changed);

    private sealed record Known(long Bytes, DateTime Changed, IReadOnlyList<BarFileEntry> Markets);

    /// <summary>Returns a page of the files that are read; the others are counted and read in the background.</summary>
    /// <param name="own">Further folders, relative to the data folder with '/', such as a caller's uploads.</param>
    /// <param name="skipped">Full paths of folders that are not searched, such as the runs'.</param>
    /// <exception cref="InputException">The query is invalid.</exception>
    public async Task<BarFilePage> ListAsync(BarFileQuery query, IEnumerable<string> own, IReadOnlyCollection<string> skipped,
        CancellationToken cancellationToken)
    {
        var files = await Task.Run(() => FilesIn(own, skipped), cancellationToken).ConfigureAwait(false);
        Found[] Unread() => [.. files.Where(f => !(_known.TryGetValue(f.Path, out var k) && k.Bytes == f.Bytes && k.Changed == f.Changed))];
        if (Unread() is { Length: > 0 } unread)
        {
            Task reading;
            lock (_gate)
            {
                _waiting = unread;
                if (_reading.IsCompleted)
                    _reading = Task.Factory.StartNew(Read, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
                reading = _reading;
            }
            await Task.WhenAny(reading, Task.Delay(s_patient, cancellationToken)).ConfigureAwait(false);
        }
        return query.Of(files.SelectMany(f => _known.TryGetValue(f.Path, out var k) ? k.Markets : []), Unread().Length);
    }

    private List<Found> FilesIn(IEnumerable<string> own, IReadOnlyCollection<string> skipped)
    {
        var found = new List<Found>();
        foreach (var place in new SourceLibrary(_folder, options).Folders(own, skipped))
        {
            try
            {
                foreach (var file in new DirectoryInfo(place).EnumerateFiles())
                    if (CsvBarSource.SymbolOf(file.FullName) is not null && file.LinkTarget is null)
                        found.Add(new Found(file.FullName, file.Length, file.LastWriteTimeUtc));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // A folder that cannot be read has no files that a batch can use.
            }
        }
        return found;
    }

    private void Read()
    {
        while (true)
        {
            Found[] files;
            lock (_gate) (files, _waiting) = (_waiting, []);
            if (files.Length == 0) return;
            foreach (var file in files)
                if (!_known.TryGetValue(file.Path, out var k) || k.Bytes != file.Bytes || k.Changed != file.Changed)
                    _known[file.Path] = new Known(file.Bytes, file.Changed, MarketsIn(file));
        }
    }

    private List<BarFileEntry> MarketsIn(Found file)
    {
        var relative = Path.GetRelativePath(_folder, file.Path).Replace(Path.DirectorySeparatorChar, '/');
        var (place, symbol) = (Path.GetDirectoryName(relative)?.Replace(Path.DirectorySeparatorChar, '/'),
            CsvBarSource.SymbolOf(file.Path)!);
        var entry = new BarFileEntry
        {
            File = relative,
            Source = "csv:" + (string.IsNullOrEmpty(place) ? "." : place),
            Symbol = symbol,
            Bars = 0,
            Bytes = file.Bytes,
            Findings = 0,
        };
        try
        {
            var inspection = BarFile.Inspect(file.Path, options);
            entry = entry with { Format = inspection.Format, Timeframe = inspection.Timeframe?.ToString() };
            // The files of single days are of one market, which the folder names.
            if (inspection.IsOfDay || inspection.Timeframe is not { } timeframe) return [entry];
            return [.. (inspection.Symbols.Count == 0 ? [symbol] : inspection.Symbols)
                .Select(s => Checked(entry with { Symbol = s }, file.Path, timeframe))];
        }
        catch (Exception e) when (e is BarDataException or BarStoreException or IOException or UnauthorizedAccessException)
        {
            // Only tables are expected to have bars; other texts are files of another use.
            return file.Path.EndsWith(".csv", StringComparison.OrdinalIgnoreCase) ? [Faulty(entry, e)] : [];
        }
    }

    private BarFileEntry Checked(BarFileEntry entry, string path, Timeframe timeframe)
    {
        try
        {
            var report = DataCheck.FileAsync(path, new BarQuery(entry.Symbol, timeframe), options).GetAwaiter().GetResult();
            var odd = report.Findings.Where(f => f.Severity != Severity.Info).ToList();
            return entry with
            {
                Bars = report.Bars,
                First = report.Bars > 0 ? new DateTime(report.First, DateTimeKind.Utc) : null,
                Last = report.Bars > 0 ? new DateTime(report.Last, DateTimeKind.Utc) : null,
                Findings = odd.Count,
                Severity = odd.Count > 0 ? odd[0].Severity.ToString() : null,
                Odd = odd.Count > 0 ? odd[0].Sentence : null,
            };
        }
        catch (Exception e) when (e is BarDataException or BarStoreException or IOException or UnauthorizedAccessException)
        {
            return Faulty(entry, e);
        }
    }

    private BarFileEntry Faulty(BarFileEntry entry, Exception fault) => entry with
    {
        Findings = 1,
        Severity = nameof(Severity.Error),
        Odd = fault.Message.Replace(_folder + Path.DirectorySeparatorChar, "", StringComparison.Ordinal),
    };
}
