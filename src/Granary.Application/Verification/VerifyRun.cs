using System.Text;
using Granary.Application.Batches;
using Granary.Application.Hosting;
using Granary.Application.Json;
using Granary.Engine.Market;

namespace Granary.Application.Verification;

/// <param name="DataChanged">Symbols whose bars are no longer those of the run.</param>
public sealed record VerificationResult(string Expected, string Actual, IReadOnlyList<string> DataChanged, CausalityResult Causality)
{
    public bool Passed => Expected == Actual && DataChanged.Count == 0 && Causality.Passed;
}

/// <summary>The use case behind <c>verify</c>: runs a run again from its manifest, compares the digests, and looks for look-ahead.</summary>
public static class VerifyRun
{
    /// <exception cref="InputException">The folder is not of a finished run.</exception>
    public static async Task<VerificationResult> RunAsync(string runFolder, IBatchHost host, TimeProvider clock, int sample, int cuts, IProgress<BatchProgress>? progress, CancellationToken cancellationToken)
    {
        var manifest = RunManifest.Read(runFolder);
        if (manifest.Interrupted) throw new InputException($"{runFolder} was interrupted and has no digest of a whole run; finish it with backtest --resume first");
        var spec = BatchReader.Read(Path.Combine(runFolder, "manifest.json (spec)"), Encoding.UTF8.GetBytes(manifest.BatchText), manifest.Folder);
        var temporary = Path.Combine(Path.GetTempPath(), "granary-verify-" + Path.GetRandomFileName());
        try
        {
            var again = await new BatchRunner(host, clock).RunAsync(spec with { Outputs = new OutputSet { Names = ["results"] } },
                new BatchOptions { Out = temporary, Yes = true }, progress, cancellationToken);
            var changed = again.Model.Markets.Where(m => manifest.DataHashes.GetValueOrDefault(m.Symbol) != m.Hash).Select(m => m.Symbol).ToList();

            var source = BarSources.Open(spec.Data, spec.Folder);
            var plan = BatchPlan.Make(spec, await BarSources.SymbolsAsync(source, spec.Data, cancellationToken), yes: true);
            var markets = new Dictionary<string, OpenedMarket>(StringComparer.Ordinal);
            try
            {
                foreach (var symbol in plan.Feeds.SelectMany(f => f.Symbols).Distinct(StringComparer.Ordinal))
                {
                    var series = await source.OpenAsync(new BarQuery(symbol, spec.Data.Timeframe, spec.Data.From, spec.Data.To), cancellationToken);
                    markets[symbol] = new OpenedMarket(symbol, series, series.Instrument);
                }
                var causality = await CausalityCheck.RunAsync(plan, markets, host, sample, cuts, spec.Seed, cancellationToken);
                return new VerificationResult(manifest.Digest, again.Model.Digest, changed, causality);
            }
            finally
            {
                foreach (var market in markets.Values) await market.Series.DisposeAsync();
            }
        }
        finally
        {
            if (Directory.Exists(temporary)) Directory.Delete(temporary, recursive: true);
        }
    }
}
