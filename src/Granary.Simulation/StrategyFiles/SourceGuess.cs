using Granary.Data.BarFiles;
using Granary.Data.Reading;
using Granary.Engine;
using Granary.Engine.Market;
using Granary.Simulation.Batches;
using Granary.Simulation.Catalogues;
using Granary.Storage.Addresses;

namespace Granary.Simulation.StrategyFiles;

/// <summary>Finds the timeframe and the symbols of a source of bars.</summary>
internal static class SourceGuess
{
    private const int MostNamed = 8;

    /// <summary>Returns the timeframe of the bars: the first file's, or the longest one up to a day that a store has.</summary>
    /// <exception cref="InputException">The source does not show one.</exception>
    public static async Task<(Timeframe Timeframe, string Sentence)> TimeframeAsync(GranaryCatalogues catalogues, Address source,
        CancellationToken cancellationToken)
    {
        if (source is { IsFolder: true, Scheme: not Address.Store, Path: { } path })
            return FirstFile(source, path) is { } first
                && BarFile.Inspect(first, new BarFileOptions { Formats = catalogues.Formats }).Timeframe is { } found
                ? (found, $"timeframe {found}, by the rows of {Path.GetFileName(first)}; --timeframe gives another")
                : throw Unknown(source);
        if (source.Scheme is not (Address.Store or "generated")) throw Unknown(source);
        var opened = catalogues.Sources.Open(source);
        var has = new List<Timeframe>();
        foreach (var timeframe in Timeframe.All)
            if ((await opened.ListSymbolsAsync(timeframe, cancellationToken)).Count > 0)
                has.Add(timeframe);
        if (has.Count == 0) throw Unknown(source);
        var longest = has.Where(t => t.Ticks <= Timeframe.D1.Ticks).DefaultIfEmpty(has[0]).MaxBy(t => t.Ticks);
        return (longest, has.Count == 1 ? $"timeframe {longest}, the only one of {source}"
            : $"timeframe {longest}, of {string.Join(' ', has)} in {source}; --timeframe gives another");
    }

    /// <summary>Names the symbols of a source.</summary>
    public static async Task<string> SymbolsAsync(GranaryCatalogues catalogues, DataSpec data, CancellationToken cancellationToken)
    {
        var symbols = await BatchSources.SymbolsAsync(BatchSources.Open(catalogues, data), data, cancellationToken);
        return $"symbols, all {symbols.Count} of the source ({string.Join(", ", symbols.Take(MostNamed))}"
            + (symbols.Count > MostNamed ? " …)" : ")") + "; --symbols gives others";
    }

    private static string? FirstFile(Address source, string path)
    {
        try
        {
            if (File.Exists(path)) return source.Scheme == Address.Csv ? path : null;
            return Directory.EnumerateFiles(path).Where(f => CsvBarSource.SymbolOf(f) is not null).Order(StringComparer.Ordinal)
                .FirstOrDefault();
        }
        catch (DirectoryNotFoundException e)
        {
            throw new InputException($"{source}: there is no such folder; name a folder with a CSV file for each symbol", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"{source} cannot be read: {e.Message.TrimEnd('.')}; make it readable, or name another source", e);
        }
    }

    private static InputException Unknown(Address source) =>
        new($"{source} does not show the timeframe of its bars; name it, as --timeframe 1d");
}
