using System.Text.Json;
using Granary.Backtesting.Charts;
using Granary.Contracts.Runs;
using Granary.Contracts.Why;
using Granary.Engine;
using Granary.Engine.Market;
using Granary.Modelling.Learning;
using Granary.Modelling.Weighting;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;
using Granary.Simulation.Catalogues;
using Granary.Simulation.Models;
using Granary.Simulation.Passes;
using Granary.Simulation.RunFolders;

namespace Granary.Backtesting.Why;

/// <summary>
/// Answers why a strategy of a run acted, or did not act, at a bar. The first question about a strategy runs it and its portfolio again;
/// the recorded replay then answers each further bar at once. The most recent replays stay in memory.
/// </summary>
internal sealed class RunWhy(RunLibrary library, GranaryCatalogues catalogues, TimeProvider clock)
{
    private const int MostReplays = 3;

    private readonly RecentAnswers<WhyReplay> _replays = new(MostReplays);
    // A step to a bar with a signal must not read all signals of the strategy again.
    private readonly RecentAnswers<RunRecords> _records = new(MostReplays);
    // null for a run that is no walk-forward.
    private readonly RecentAnswers<FoldedRun?> _folded = new(MostReplays);

    /// <param name="id">The id of a run in the library.</param>
    /// <exception cref="InputException">The query is wrong, or the run cannot be replayed; one sentence.</exception>
    /// <exception cref="BarDataException">The bars of the run cannot be read.</exception>
    public async Task<WhyAnswer> AnswerAsync(string id, WhyQuery query)
    {
        WhyPlace.Check(query);
        var folder = library.PathOf(id);
        var run = $"{library.VersionOf(id)}|{query.Strategy}";
        var records = await _records.FindAsync(run, () => Task.FromResult(new RunRecords(folder, query.Strategy, library.Rows)))
            .ConfigureAwait(false);
        var source = new WhySource(id, IsLive: false, $"granary why {Path.GetRelativePath(Directory.GetCurrentDirectory(), folder)}")
        {
            SignalOf = records.SignalOf,
        };
        var folded = await _folded.FindAsync(run, () => Task.Run(() => FoldedAsync(folder, query.Strategy, records))).ConfigureAwait(false);
        if (folded is not null)
            return await folded.AnswerAsync(query, source, (part, around) => _replays.FindAsync($"{run}|{part}|{around}",
                () => Task.Run(() => folded.ReplayAsync(folder, part, around, catalogues, clock)))).ConfigureAwait(false);
        var asked = new WhySearch(query, records.TimeOf, records.TradeOf);
        return await asked.AnswerAsync(source, around => _replays.FindAsync($"{run}|{around}",
            () => Task.Run(() => ReplayAsync(id, query.Strategy, around, records)))).ConfigureAwait(false);
    }

    private async Task<FoldedRun?> FoldedAsync(string folder, string strategy, RunRecords records)
    {
        var manifest = RunManifest.Read(folder);
        Require(manifest, folder);
        return manifest.Kind != RunKinds.WalkForward ? null
            : await FoldedRun.OpenAsync(folder, strategy, records, catalogues, clock).ConfigureAwait(false);
    }

    private async Task<WhyReplay> ReplayAsync(string id, string strategy, long around, RunRecords records)
    {
        var folder = library.PathOf(id);
        var manifest = RunManifest.Read(folder);
        var spec = manifest.ReadBatch(catalogues, Path.Combine(folder, "manifest.json (spec)"));
        await using var opened = await OpenedBatch.OpenAsync(spec, new BatchOpening
        {
            Threads = Environment.ProcessorCount,
            Yes = true,
            WithSearches = spec.HasSearch,
            Searched = spec.HasSearch ? StrategyReplay.SearchesOf(folder) : null,
        }, CancellationToken.None).ConfigureAwait(false);
        CheckBars(manifest, opened.Markets, id);
        var instance = Find(opened.Plan, strategy, id);
        var (plan, hasRisk) = await WithModelsAsync(opened, folder).ConfigureAwait(false);
        instance = plan.Instances[instance.Index];
        var missing = AllocatorWeights.IsFor(plan) ? "The portfolio is not shown: a policy learned its weights while the run was made."
            : hasRisk ? "The portfolio is not shown: a model of the batch caps its exposure." : null;
        var weights = PortfolioReplay.HasConstantWeights(plan) ? WeightsOf(plan, id) : null;
        var replay = await WhyReplay.RecordAsync(new StrategyPass(plan, opened.Markets), instance, around,
            new PortfolioChoice(weights) { Missing = missing }).ConfigureAwait(false);
        CheckTrades(replay.Tape, records);
        return replay.Checked(number => records.SignalOf(number)?.Decision);
    }

    /// <summary>Checks that bars belong to a run.</summary>
    /// <exception cref="InputException">They have changed.</exception>
    internal static void CheckBars(RunManifest manifest, IReadOnlyDictionary<string, OpenedMarket> markets, string id)
    {
        foreach (var (symbol, market) in markets)
            if (manifest.DataHashes.TryGetValue(symbol, out var hash) && hash != market.Series.ContentHash)
                throw new InputException($"the bars of {symbol} have changed since the run {id}, so that it cannot be replayed; run its "
                    + "batch again, and ask of that run");
    }

    private static void Require(RunManifest manifest, string folder)
    {
        if (manifest.Interrupted)
            throw new InputException($"{folder} was interrupted; finish it with {RunManifest.CommandOf(manifest.Kind)} --resume first");
        if (manifest.Kind == RunKinds.Live)
            throw new InputException($"{folder} is the run of a live session; ask of its account: the folder or address of its --state");
    }

    private static StrategyInstance Find(BatchPlan plan, string strategy, string run)
    {
        var instance = plan.Instances.FirstOrDefault(i => i.Id == strategy);
        if (instance is null)
        {
            var near = Spelling.Nearest(strategy, plan.Instances.Select(i => i.Id));
            throw new InputException($"strategy {strategy}: the run {run} has no strategy of this id"
                + (near is null ? $"; its first one is {plan.Instances[0].Id}" : $"; did you mean '{near}'?"));
        }
        return RecordedRuns.IsRecorded(instance)
            ? throw new InputException($"strategy {strategy}: its trades were recorded by another program, so that it cannot be replayed")
            : instance;
    }

    // Without an archive, models are trained again, which gives the same ones.
    private async Task<(BatchPlan Plan, bool HasRisk)> WithModelsAsync(OpenedBatch opened, string folder)
    {
        var specs = opened.Plan.Spec.Learning is null ? [] : LearningReader.Read(opened.Plan.Spec);
        if (specs.Count == 0) return (opened.Plan, false);
        var hasRisk = specs.Any(s => s.IsOfRisk);
        if (File.Exists(Path.Combine(folder, ModelArchive.Name))) return (BatchLearning.Replay(opened.Plan, folder).Plan, hasRisk);
        var training = new ModelTraining(new EmbeddedHost(Environment.ProcessorCount), clock, Environment.ProcessorCount)
        {
            Versions = VersionUse.None,
        };
        var learning = await BatchLearning.PrepareAsync(opened.Plan, opened.Markets, training, CancellationToken.None)
            .ConfigureAwait(false);
        return (learning?.Plan ?? opened.Plan, hasRisk);
    }

    private double[] WeightsOf(BatchPlan plan, string id)
    {
        var results = library.ResultsOf(id);
        return [.. plan.Instances.Select(i => results.StrategyOf(i.Id) is { Length: > 0 } json
            && JsonDocument.Parse(json).RootElement.TryGetProperty("weight", out var weight) ? weight.GetDouble() : 0)];
    }

    // The trades that had closed when the recording ended must be those of the run.
    private static void CheckTrades(StrategyTape tape, RunRecords records)
    {
        if (records.Entries() is not { } recorded) return;
        var until = tape.IsWhole ? long.MaxValue : tape.TimeOf(tape.EndRow - 1);
        var again = tape.Trades.Where(t => t.ExitTime <= until).Select(t => t.EntryTime).Order();
        if (!recorded.Where(t => t.Exit <= until && (tape.IsWhole || !t.IsOpen)).Select(t => t.Time).SequenceEqual(again))
            throw new InputException($"strategy {tape.Instance.Id}: run again, it makes other trades than the run recorded; its code or "
                + "its model has changed, so run the batch again and ask of that run");
    }
}
