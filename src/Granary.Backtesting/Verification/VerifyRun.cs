using Granary.Backtesting.Runs;
using Granary.Backtesting.WalkForward;
using Granary.Contracts.Runs;
using Granary.Engine;
using Granary.Engine.Market;
using Granary.Learning.Features;
using Granary.Learning.Proofs;
using Granary.Modelling.Learning;
using Granary.Simulation.Batches;
using Granary.Simulation.Catalogues;
using Granary.Simulation.Columns;
using Granary.Simulation.LookAhead;
using Granary.Simulation.Models;
using Granary.Simulation.Passes;
using Granary.Simulation.RunFolders;

namespace Granary.Backtesting.Verification;

/// <param name="DataChanged">Symbols whose bars have changed since the run.</param>
internal sealed record VerificationResult(string Expected, string Actual, IReadOnlyList<string> DataChanged, LookAheadResult LookAhead)
{
    /// <summary>Tests of the learning code on data with known properties; empty without a learning section.</summary>
    public IReadOnlyList<ProofClaim> Proofs { get; init; } = [];

    /// <summary>Files of slower series, and of measured costs, that have changed since the run.</summary>
    public IReadOnlyList<string> FilesChanged { get; init; } = [];

    public bool Passed => Expected == Actual && DataChanged.Count == 0 && FilesChanged.Count == 0 && LookAhead.Passed
        && Proofs.All(c => c.Holds);
}

/// <summary>
/// Implements <c>verify</c>: repeats a run from its manifest, compares the digests, and checks for look-ahead.
/// </summary>
internal static class VerifyRun
{
    /// <summary>
    /// Bars per block in the repeated run. It differs from a batch's, to reveal results that depend on it. It is small, so a
    /// record of a few hundred bars has several blocks.
    /// </summary>
    public const int BlockSize = 97;

    /// <param name="catalogues">The catalogues of the process.</param>
    /// <param name="effort">The effort of the look-ahead check.</param>
    /// <exception cref="InputException">The folder is no finished run.</exception>
    public static async Task<VerificationResult> RunAsync(string runFolder, GranaryCatalogues catalogues, IBatchHost host,
        TimeProvider clock, LookAheadEffort effort, IProgress<BatchProgress>? progress, CancellationToken cancellationToken)
    {
        if (FaultOf(runFolder) is { } fault) throw new InputException(fault);
        var manifest = RunManifest.Read(runFolder);
        var spec = manifest.ReadBatch(catalogues, Path.Combine(runFolder, "manifest.json (spec)"));
        var temporary = Path.Combine(Path.GetTempPath(), "granary-verify-" + Path.GetRandomFileName());
        try
        {
            var options = new BatchOptions
            {
                Out = temporary,
                Yes = true,
                Versions = VersionUse.None,
                Validation = false,
                Optimises = spec.HasSearch && manifest.Kind != RunKinds.WalkForward
            };
            var again = manifest.Kind == RunKinds.WalkForward
                ? (await new WalkForwardRunner(host, clock).RunAsync(spec, options, null, cancellationToken)).Run
                : await new BatchRunner(host, clock).RunAsync(spec with { Outputs = new OutputSet { Names = ["results"] } }, options,
                    progress, cancellationToken);
            var changed = again.Model.Markets.Where(m => manifest.DataHashes.GetValueOrDefault(m.Symbol) != m.Hash).Select(m => m.Symbol)
                .ToList();

            await using var opened = await OpenedBatch.OpenAsync(spec,
                new BatchOpening { Threads = Environment.ProcessorCount, Yes = true, WithSearches = spec.HasSearch }, cancellationToken);
            var plan = opened.Plan.With(again.Plan?.Trials ?? []);
            var subject = new LookAheadSubject(plan, opened.Markets, host)
            {
                // The inputs of the program that recorded its trades are unknown, so they cannot be checked.
                Except = plan.Instances.Where(RecordedRuns.IsRecorded).Select(i => i.Index).ToHashSet(),
                WithModels = spec.Learning is null ? null : m => WithModelsAsync(plan, m, host, clock, temporary, cancellationToken),
            };
            var lookAhead = await LookAheadCheck.RunAsync(subject, effort, spec.Seed, cancellationToken);
            var honesty = spec.Learning is null ? [] : LearningProof.Run(1, cancellationToken, Features(spec, plan), plan.Feeds[0].Supply);
            return new VerificationResult(manifest.Digest, again.Model.Digest, changed, lookAhead)
            {
                Proofs = honesty,
                FilesChanged = [.. AsofFiles.HashesOf(spec.Data.AllAsof)
                    .Where(f => manifest.AsofHashes.GetValueOrDefault(f.Key) != f.Value).Select(f => f.Key),
                    .. spec.Execution.Costs is { } costs && costs.Hash != manifest.Costs ? [costs.File] : (string[])[]],
            };
        }
        finally
        {
            if (Directory.Exists(temporary)) Directory.Delete(temporary, recursive: true);
        }
    }

    /// <summary>Returns why a run cannot be verified, in one sentence; null if it can.</summary>
    /// <exception cref="InputException">The folder is no run.</exception>
    public static string? FaultOf(string runFolder) => RunManifest.Read(runFolder) is { Interrupted: true } manifest
        ? $"{runFolder} was interrupted and has no digest of a whole run; finish it with {RunManifest.CommandOf(manifest.Kind)} "
            + "--resume first"
        : LiveDivergence.IsLive(runFolder)
        ? $"{runFolder} is the run of a live session, whose bars came from a feed: {RunFolder.AgainstBacktest} compares it with a backtest "
            + "over the same bars. Verify the backtest that made its configuration"
        : null;

    // The features of the run's models that can be computed on hourly bars; the default ones if there are none.
    private static IReadOnlyList<FeatureSet>? Features(BatchSpec spec, BatchPlan plan)
    {
        var series = new MarketSeries(new Instrument { Symbol = "WALK" }, Timeframe.Parse("1h"));
        FeatureSet[] sets = [.. LearningReader.Read(spec).Select(s => s.Features).Distinct().Where(Computable)];
        return sets.Length > 0 ? sets : null;

        bool Computable(FeatureSet set)
        {
            try
            {
                FeatureTable.Compute(series, [], set, _ => new Dictionary<string, double[]>(), plan.Feeds[0].Supply);
                return true;
            }
            catch (InputException)
            {
                return false;
            }
        }
    }

    // Models are trained on the given bars, and not kept.
    private static async Task<BatchPlan> WithModelsAsync(BatchPlan plan, IReadOnlyDictionary<string, OpenedMarket> markets, IBatchHost host,
        TimeProvider clock, string temporary, CancellationToken cancellationToken)
    {
        var specs = LearningReader.Read(plan.Spec).Select(s => s with { Cache = Path.Combine(temporary, "models") }).ToList();
        var units = await new ModelTraining(host, clock, Environment.ProcessorCount).TrainAsync(specs, plan, markets, cancellationToken);
        return plan.WithModels(LearnBatch.Models(units));
    }
}
