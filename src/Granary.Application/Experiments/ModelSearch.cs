using System.Security.Cryptography;
using System.Text;
using Granary.Application.Batches;
using Granary.Application.Json;
using Granary.Application.Learning;
using Granary.Application.Simulation;
using Granary.Application.Validation;
using Granary.Learning.Trainers;

namespace Granary.Application.Experiments;

/// <summary>
/// An experiment that searches trainers, parameters, sets of features and rules under a budget of fits. The search takes place within the
/// training part of each outer window, and what it chooses is judged on the window's test, so that no test has a say in a choice.
/// </summary>
/// <remarks>
/// The rungs of all outer windows close together, after the last fit of each, so that the result does not depend on the number of threads.
/// Every prediction is kept in the registry's cache: a search that was stopped continues.
/// </remarks>
/// <param name="ledger">Counts what is tried; null counts nothing.</param>
public sealed class ModelSearch(IBatchHost host, TimeProvider clock, int threads, TrialLedger? ledger = null)
{
    // Of the records in the cache.
    private const string Format = "search 1";

    private sealed record Work(SearchWindow Window, SearchUnit Unit, SearchPlan Plan, SearchFits Fits)
    {
        public Dictionary<int, SearchFit> Outer { get; } = [];
    }

    // Inner is −1 for the outer window itself.
    private readonly record struct FitTask(Work Work, int Candidate, int Inner);

    /// <param name="strategies">"all" or how many of the batch's first strategies.</param>
    /// <exception cref="InputException">The batch or its learning section is wrong, or there is none.</exception>
    /// <exception cref="IOException">The ledger of trials cannot be written.</exception>
    public async Task<SearchReport> RunAsync(BatchSpec batch, string strategies = "all", IProgress<TrainingProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        var started = clock.GetTimestamp();
        await using var opened = await LearnBatch.OpenAsync(batch, strategies, threads, cancellationToken);
        List<LearningSpec> specs = [.. LearnBatch.Specs(opened.Plan, strategies, inWindows: true).Where(s => !s.IsOfRisk)];
        if (specs.FirstOrDefault(s => s.Search is null) is { } without)
            throw without.Place.Fault("other sections have a \"search\" in their \"experiment\", and this one has none: give it one");
        var caches = specs.ToDictionary(s => s, s => new WindowCache(CachePath(s)));
        try
        {
            var trades = await StrategyTrades.RunAsync(opened.Plan, opened.Markets, host, i => specs.Any(s => s.Covers(i)),
                cancellationToken);
            var units = await new SearchUnits(opened, specs, caches).MakeAsync(trades, cancellationToken);
            var work = Plan(units, caches, (long)opened.Plan.Spec.Seed);
            var counter = new SearchProgress(progress, work.Sum(w => w.Plan.FitsPerWindow));
            await SearchAsync(work, units, counter, cancellationToken);
            var results = new SearchResults(opened, host, [.. work.Select(w => (w.Unit, w.Plan)).DistinctBy(w => w.Unit)]);
            var found = new List<SearchedUnit>();
            foreach (var unit in units)
                found.Add(await results.OfAsync(unit, [.. work.Where(w => w.Unit == unit).Select(w => (w.Window, w.Outer))],
                    cancellationToken));
            var census = ledger is null ? null : await results.Trials.RecordAsync(ledger, cancellationToken);
            return new SearchReport(counter.Done, counter.Reused, census?.Trials, census?.New,
                clock.GetElapsedTime(started).TotalSeconds, found);
        }
        finally
        {
            foreach (var cache in caches.Values) cache.Dispose();
        }
    }

    // The search of each outer window; units of one section share its budget.
    private static List<Work> Plan(List<SearchUnit> units, IReadOnlyDictionary<LearningSpec, WindowCache> caches, long seed)
    {
        var work = new List<Work>();
        foreach (var (section, cache) in caches)
        {
            List<SearchUnit> own = [.. units.Where(u => u.Error is null && u.Spec.Name == section.Name)];
            if (own.Count == 0) continue;
            var plan = SearchPlan.Of(section.Search!, own.Sum(u => u.Outer.Count), seed,
                section.Place.Find("experiment")!.Find("search")!);
            var fits = new SearchFits(cache, seed);
            foreach (var unit in own)
                work.AddRange(Enumerable.Range(0, unit.Outer.Count)
                    .Select(w => new Work(new SearchWindow(unit, w, plan), unit, plan, fits)));
        }
        return work;
    }

    private async Task SearchAsync(List<Work> work, List<SearchUnit> units, SearchProgress counter, CancellationToken cancellationToken)
    {
        for (var rung = 0; work.Any(w => rung < w.Plan.Rungs.Count); rung++)
        {
            List<Work> open = [.. work.Where(w => rung < w.Plan.Rungs.Count)];
            await FitAsync([.. open.SelectMany(w => w.Window.Missing(w.Plan.Rungs[rung])
                .Select(m => new FitTask(w, m.Candidate, m.Inner)))], counter, cancellationToken);
            Parallel.ForEach(open, Options(cancellationToken), w => w.Window.Close(rung));
            counter.Lead(SearchLeaders.Of(units.Select(u => open.LastOrDefault(w => w.Unit == u))
                .OfType<Work>().Select(w => (w.Unit, w.Window, w.Plan))));
        }
        await FitAsync([.. work.SelectMany(w => w.Window.BestByRule.Distinct().Select(c => new FitTask(w, c, -1)))], counter,
            cancellationToken);
    }

    // Each fit goes to a place of its own, so that the order in which they end does not matter.
    private async Task FitAsync(List<FitTask> tasks, SearchProgress counter, CancellationToken cancellationToken)
    {
        var fits = new SearchFit[tasks.Count];
        await Parallel.ForEachAsync(Enumerable.Range(0, tasks.Count), Options(cancellationToken), (i, token) =>
        {
            var (work, candidate, inner) = tasks[i];
            fits[i] = work.Fits.Fit(work.Unit, work.Plan.Candidates[candidate],
                inner < 0 ? work.Unit.Outer[work.Window.Index] : work.Window.FoldOf(inner), token);
            counter.Step(fits[i].IsReused, work.Unit.Data);
            return ValueTask.CompletedTask;
        });
        foreach (var (i, (work, candidate, inner)) in tasks.Index())
            if (inner < 0) work.Outer[candidate] = fits[i];
            else work.Window.Keep(candidate, inner, fits[i]);
    }

    private ParallelOptions Options(CancellationToken cancellationToken) =>
        new() { MaxDegreeOfParallelism = Math.Max(1, threads), CancellationToken = cancellationToken };

    private static string CachePath(LearningSpec spec)
    {
        var key = $"{Format} {typeof(ITrainer).Assembly.ManifestModule.ModuleVersionId} {spec.Name} {spec.Label}";
        return Path.Combine(spec.Cache, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key))) + ".windows");
    }
}
