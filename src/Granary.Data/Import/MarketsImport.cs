using System.Collections.Concurrent;
using Granary.Data.Reading;
using Granary.Data.Sources;
using Granary.Data.Stores;
using Granary.Engine.Market;

namespace Granary.Data.Import;

/// <summary>The use case behind <c>data import</c> of many markets: markets side by side, the files of each in their order.</summary>
public static class MarketsImport
{
    /// <param name="files">The symbol of each is in its name; see <see cref="ImportFiles.SymbolOf"/>.</param>
    /// <param name="progress">Markets that have ended, and how many there are.</param>
    /// <returns>One result for each file that was imported, by symbol; one sentence for each market that was not, or not wholly.</returns>
    public static async Task<(IReadOnlyList<ImportResult> Results, IReadOnlyList<string> Faults)> RunAsync(IReadOnlyList<string> files,
        Func<string, IReadOnlyList<string>, ImportRequest> request, BarStoreCatalogue stores,
        IProgress<(int Done, int Markets)>? progress = null, CancellationToken cancellationToken = default)
    {
        var markets = files.GroupBy(ImportFiles.SymbolOf, StringComparer.Ordinal).OrderBy(m => m.Key, StringComparer.Ordinal).ToList();
        var results = new IReadOnlyList<ImportResult>[markets.Count];
        var faults = new ConcurrentDictionary<int, string>();
        var done = 0;
        await Parallel.ForEachAsync(Enumerable.Range(0, markets.Count), cancellationToken, async (i, token) =>
        {
            try
            {
                results[i] = await BarImport.RunAsync(request(markets[i].Key, [.. markets[i]]), stores, token).ConfigureAwait(false);
            }
            catch (BarDataException e)
            {
                // The others are good bars all the same.
                (results[i], faults[i]) = ([], e.Message);
            }
            progress?.Report((Interlocked.Increment(ref done), markets.Count));
        }).ConfigureAwait(false);
        return ([.. results.SelectMany(r => r)], [.. faults.OrderBy(f => f.Key).Select(f => f.Value)]);
    }
}
