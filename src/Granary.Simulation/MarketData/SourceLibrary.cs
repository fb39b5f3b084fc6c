using Granary.Contracts.MarketData;
using Granary.Data.BarFiles;
using Granary.Data.Reading;
using Granary.Data.Synthetic;
using Granary.Data.Tables;
using Granary.Engine.Catalogues;
using Granary.Engine.Market;

namespace Granary.Simulation.MarketData;

/// <summary>
/// Lists the sources of bars that a batch can name: stores and folders of bar files in a data folder, and generated markets.
/// </summary>
/// <param name="folder">Full path of the data folder.</param>
/// <param name="options">The formats of files.</param>
internal sealed class SourceLibrary(string folder, BarFileOptions options)
{
    /// <summary>Markets that need no files: a year of the sample symbols.</summary>
    private const string Sample = "generated:?from=2023-01-01&to=2024-01-01";

    // A link may lead out of the data folder, or back into it.
    private static readonly EnumerationOptions s_search = new()
    {
        RecurseSubdirectories = true,
        MaxRecursionDepth = 3,
        IgnoreInaccessible = true,
        AttributesToSkip = FileAttributes.Hidden | FileAttributes.System | FileAttributes.ReparsePoint,
    };

    /// <summary>Returns the stores, then the folders of bar files, then the generated markets.</summary>
    /// <param name="own">Further folders, relative to the data folder with '/', such as a caller's uploads.</param>
    /// <param name="skipped">Full paths of folders that are not searched, such as the runs'.</param>
    public async Task<IReadOnlyList<SourceEntry>> ListAsync(IEnumerable<string> own, IReadOnlyCollection<string> skipped,
        CancellationToken cancellationToken)
    {
        var sources = new StoreLibrary(folder, options.Files).List()
            .SelectMany(s => s.Markets.Where(m => m.Fault is null).GroupBy(m => m.Timeframe)
            .Select(g => new SourceEntry("store:" + s.Store, g.Key, [.. g.Select(m => m.Symbol)]))).ToList();
        foreach (var found in Folders(own, skipped))
        {
            if (await OfFilesAsync(found, cancellationToken).ConfigureAwait(false) is { } source) sources.Add(source);
            foreach (var entry in options.Formats?.Tables.Entries ?? [])
                if (await OfTablesAsync(found, entry, cancellationToken).ConfigureAwait(false) is { } tables)
                    sources.Add(tables);
        }
        sources.Add(new SourceEntry(Sample, Timeframe.H1.ToString(), DataGeneration.SampleSymbols));
        return sources;
    }

    /// <summary>Returns the full paths of the folders that may have bar files, in order.</summary>
    /// <inheritdoc cref="ListAsync"/>
    internal IEnumerable<string> Folders(IEnumerable<string> own, IReadOnlyCollection<string> skipped) =>
        Directory.EnumerateDirectories(folder, "*", s_search).Append(folder)
            .Where(d => !skipped.Any(s => s != folder && (d == s
                || d.StartsWith(s + Path.DirectorySeparatorChar, StringComparison.Ordinal))))
            .Where(d => !File.Exists(Path.Combine(d, "manifest.json"))) // a run
            .Concat(own.Select(o => Path.Combine(folder, o)).Where(Directory.Exists)).Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal);

    // Null for a folder without such tables of bars; partitions belong to the folder above them.
    private async Task<SourceEntry?> OfTablesAsync(string of, CatalogueEntry<ITableFormat> format, CancellationToken cancellationToken)
    {
        try
        {
            if (Path.GetFileName(of).Contains('=') || CsvBarSource.FirstTable(of, format.Value) is not { } first
                || BarFile.Inspect(first, options).Timeframe is not { } timeframe) return null;
            var symbols = await CsvBarSource.OfTables(of, options, format.Value).ListSymbolsAsync(timeframe, cancellationToken)
                .ConfigureAwait(false);
            var relative = Path.GetRelativePath(folder, of).Replace(Path.DirectorySeparatorChar, '/');
            return symbols.Count == 0 ? null : new SourceEntry($"{format.Name}:{relative}", timeframe.ToString(), symbols);
        }
        catch (Exception e) when (e is BarDataException or BarStoreException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    // Null for a folder whose first file has no bars. The first file decides, so that a folder of other files costs no more.
    private async Task<SourceEntry?> OfFilesAsync(string of, CancellationToken cancellationToken)
    {
        try
        {
            var first = Directory.EnumerateFiles(of).Where(f => CsvBarSource.SymbolOf(f) is not null).Order(StringComparer.Ordinal)
                .FirstOrDefault();
            if (first is null || BarFile.Inspect(first, options).Timeframe is not { } timeframe) return null;
            var symbols = await new CsvBarSource(of, options).ListSymbolsAsync(timeframe, cancellationToken).ConfigureAwait(false);
            var relative = Path.GetRelativePath(folder, of).Replace(Path.DirectorySeparatorChar, '/');
            return symbols.Count == 0 ? null : new SourceEntry("csv:" + relative, timeframe.ToString(), symbols);
        }
        catch (Exception e) when (e is BarDataException or BarStoreException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
