using System.Collections.Concurrent;
using Granary.Data.BarFiles;
using Granary.Data.Files;
using Granary.Data.Lean;
using Granary.Data.Reading;
using Granary.Data.Sources;
using Granary.Data.Stores;
using Granary.Engine.Market;
using Granary.Storage.Files;

namespace Granary.Data.Import;

/// <summary>Implements <c>data import</c> of many markets: markets in parallel, the files of each market in their order.</summary>
internal static class MarketsImport
{
    /// <param name="files">The symbol of each is in its name (see <see cref="ImportFiles.SymbolOf"/>), or its symbols are in it where it
    /// has several.</param>
    /// <param name="options">Options for reading the files.</param>
    /// <param name="progress">Markets that have ended, and how many there are.</param>
    /// <returns>One result for each file that was imported, by symbol; one sentence for each market that was not, or not wholly.</returns>
    public static async Task<(IReadOnlyList<ImportResult> Results, IReadOnlyList<string> Faults)> RunAsync(IReadOnlyList<string> files,
        BarFileOptions options, Func<string, IReadOnlyList<string>, ImportRequest> request, BarStoreCatalogue stores,
        IProgress<(int Done, int Markets)>? progress = null, CancellationToken cancellationToken = default)
    {
        var looked = new ConcurrentDictionary<string, FileMarkets>(StringComparer.Ordinal);
        FileMarkets Look(TextFile file) => looked.GetOrAdd(file.DisplayName, _ => BarFile.Look(file, options));
        var markets = files.SelectMany(f => SymbolsOf(f, options.Files, Look).Select(s => (Symbol: s, File: f)))
            .GroupBy(m => m.Symbol, m => m.File, StringComparer.Ordinal).OrderBy(m => m.Key, StringComparer.Ordinal).ToList();
        var results = new IReadOnlyList<ImportResult>[markets.Count];
        var faults = new ConcurrentDictionary<int, string>();
        var done = 0;
        await Parallel.ForEachAsync(Enumerable.Range(0, markets.Count), cancellationToken, async (i, token) =>
        {
            try
            {
                results[i] = await BarImport.RunAsync(request(markets[i].Key, [.. markets[i]]), stores, Look, token).ConfigureAwait(false);
            }
            catch (BarDataException e)
            {
                // A fault of one market must not stop the others.
                (results[i], faults[i]) = ([], e.Message);
            }
            progress?.Report((Interlocked.Increment(ref done), markets.Count));
        }).ConfigureAwait(false);
        return ([.. results.SelectMany(r => r)], [.. faults.OrderBy(f => f.Key).Select(f => f.Value)]);
    }

    private static IReadOnlyList<string> SymbolsOf(string file, PermittedFiles permitted, Func<TextFile, FileMarkets> look)
    {
        try
        {
            if (LeanLocation.Of(file) is null && look(TextFile.Open(file, permitted)).Symbols is { Count: > 0 } inside) return inside;
        }
        catch (BarDataException)
        {
            // The import of the market reports it.
        }
        return [ImportFiles.SymbolOf(file)];
    }
}
