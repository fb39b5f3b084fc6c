using Granary.Engine.Factors;
using Granary.Engine.Market;
using Granary.Engine.Strategies;
using Granary.Engine.Trading;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;

namespace Granary.Simulation.LookAhead;

/// <summary>
/// Applies the look-ahead check to the factors: every value before a cut must stay the same if only later bars change, whether or not a
/// strategy acted on it.
/// </summary>
internal static class FactorLookAhead
{
    /// <param name="cuts">
    /// Cuts with their perturbed markets, including the other symbols that factors read.
    /// </param>
    /// <returns>Number of factors, and the factors that changed.</returns>
    public static async Task<(int Factors, IReadOnlyList<LookAheadFinding> Found)> RunAsync(BatchPlan plan,
        IReadOnlyDictionary<string, OpenedMarket> markets, IReadOnlySet<int> chosen,
        IReadOnlyList<(long Cut, IReadOnlyDictionary<string, OpenedMarket> Markets)> cuts, CancellationToken cancellationToken)
    {
        var found = new List<LookAheadFinding>();
        var count = 0;
        foreach (var feed in plan.Feeds)
        {
            var requested = FeedFactors.RequestsOf(plan, feed, chosen, markets);
            for (var s = 0; s < feed.Symbols.Count; s++)
            {
                var symbol = feed.Symbols[s];
                var series = new MarketSeries(markets[symbol].Instrument, feed.Timeframe);
                var requests = requested[s].ToList();
                count += requests.Count;
                if (requests.Count == 0) continue;
                List<string> read = [symbol, .. requests.SelectMany(r => r.CreateKernel(series, feed.Supply).ReferenceSymbols)
                    .Where(other => other != symbol).Distinct(StringComparer.Ordinal)];
                var finished = new List<KnownBars>();
                foreach (var one in read) finished.Add(await KnownBars.OfAsync(markets[one].Series, feed.Timeframe, cancellationToken));
                long[] known = [.. cuts.Select(c => finished.Min(f => f.Before(c.Cut)))];
                var truth = await ValuesAsync(read, markets, feed, requests, known, cancellationToken);
                for (var c = 0; c < cuts.Count; c++)
                {
                    var other = await ValuesAsync(read, cuts[c].Markets, feed, requests, [known[c]], cancellationToken);
                    for (var r = 0; r < requests.Count; r++)
                    {
                        var name = $"{requests[r].Key} on {symbol}:{feed.Timeframe}";
                        if (truth[r][c] != other[r][0] && found.All(f => f.Strategy != name))
                            found.Add(new LookAheadFinding(name, new DateTime(cuts[c].Cut, DateTimeKind.Utc),
                                "values of the factor changed when only later bars were changed"));
                    }
                }
            }
        }
        return (count, found);
    }

    // [request][cut]: hash of all values before each cut. The factors belong to the first symbol; they read the other symbols.
    private static async Task<UInt128[][]> ValuesAsync(List<string> symbols, IReadOnlyDictionary<string, OpenedMarket> markets,
        FeedPlan feed, List<FactorRequest> requests, long[] cuts, CancellationToken cancellationToken)
    {
        var series = new MarketSeries(markets[symbols[0]].Instrument, feed.Timeframe);
        var kernels = requests.Select(r => r.CreateKernel(series, feed.Supply)).ToList();
        var lines = requests.Select(r => r.Definition.Lines.Select(_ => new double[BarBlock.MaxCount]).ToArray()).ToList();
        var values = requests.Select(_ => new UInt128[cuts.Length]).ToArray();
        var running = new DigestState[requests.Count];
        for (var r = 0; r < running.Length; r++) running[r] = new DigestState();
        var last = cuts.Max();
        await foreach (var (block, closes) in ReferredBlocks.ReadAsync(symbols, feed.Timeframe, markets, cancellationToken))
        {
            // Number of the block's bars before each cut.
            int[] before = [.. cuts.Select(c => block.Time.BinarySearch(c) is var at && at < 0 ? ~at : at)];
            for (var r = 0; r < kernels.Count; r++)
            {
                double[][] references = [.. kernels[r].ReferenceSymbols.Select(other => other == symbols[0] ? block.Close.ToArray()
                    : closes![other])];
                kernels[r].Process(new FactorInput(block, 0, block.Count, references), new FactorOutput(lines[r], 0, block.Count));
                for (var i = 0; i <= block.Count; i++)
                {
                    for (var c = 0; c < cuts.Length; c++)
                        if (before[c] == i && i > 0) values[r][c] = running[r].Value;
                    if (i == block.Count) break;
                    foreach (var line in lines[r]) running[r].Add((ulong)i, double.IsNaN(line[i]) ? double.NaN : line[i]);
                }
            }
            if (block.Time[^1] >= last) break;
        }
        return values;
    }
}
