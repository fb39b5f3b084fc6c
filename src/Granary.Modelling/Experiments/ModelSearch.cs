using Granary.Engine;
using Granary.Modelling.Learning;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;
using Granary.Simulation.Validation;
using Granary.Simulation.Work;

namespace Granary.Modelling.Experiments;

/// <summary>
/// Searches trainers, parameters, feature sets and rules within a budget of fits. Each search uses only the training part of an outer
/// window. The window's test measures the chosen model and never influences a choice.
/// </summary>
/// <remarks>
/// All outer windows close a rung together, after the last fit of each. The result therefore does not depend on the number of threads or
/// silos. The registry's cache keeps every prediction, so an interrupted search can continue.
/// </remarks>
/// <param name="ledger">Counts the trials; null = the user's, <see cref="TrialLedger.None"/> counts none.</param>
/// <param name="fitter">Makes the fits; null = the threads of this process.</param>
internal sealed class ModelSearch(IBatchHost host, TimeProvider clock, int threads, TrialLedger? ledger = null, IWorkHost? fitter = null)
{
    private readonly TrialLedger _ledger = ledger ?? TrialLedger.OfUser();

    private readonly IWorkHost _fitter = fitter ?? new LocalWork(threads);

    // Inner is −1 for a fit on the outer window itself.
    private readonly record struct FitTask(SearchWork Work, int Candidate, int Inner);

    /// <param name="strategies">The number of strategies to use, counted from the first one of the batch; null = all.</param>
    /// <exception cref="InputException">The batch or its learning section is invalid, or the batch has no learning section.</exception>
    /// <exception cref="IOException">The trial ledger cannot be written.</exception>
    public async Task<SearchReport> RunAsync(BatchSpec batch, int? strategies = null, IProgress<TrainingProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        var started = clock.GetTimestamp();
        await using var search = await PreparedSearch.OpenAsync(batch, strategies, host, threads, keeps: true, cancellationToken);
        var work = search.Work;
        var counter = new SearchProgress(progress, work.Sum(w => w.Plan.FitsPerWindow));
        await SearchAsync(search, counter, cancellationToken);
        var results = new SearchResults(search.Opened, host, [.. work.Select(w => (w.Unit, w.Plan)).DistinctBy(w => w.Unit)]);
        var found = new List<SearchedUnit>();
        foreach (var unit in search.Units)
            found.Add(await results.OfAsync(unit, [.. work.Where(w => w.Unit == unit).Select(w => (w.Window, w.Outer))],
                cancellationToken));
        var census = _ledger.IsNone ? null : await results.Trials.RecordAsync(_ledger, cancellationToken);
        return new SearchReport(counter.Done, counter.Reused, census?.Trials, census?.New, clock.GetElapsedTime(started).TotalSeconds,
            found);
    }

    private async Task SearchAsync(PreparedSearch search, SearchProgress counter, CancellationToken cancellationToken)
    {
        var work = search.Work;
        for (var rung = 0; work.Any(w => rung < w.Plan.Rungs.Count); rung++)
        {
            List<SearchWork> open = [.. work.Where(w => rung < w.Plan.Rungs.Count)];
            await FitAsync(search, [.. open.SelectMany(w => w.Window.Missing(w.Plan.Rungs[rung])
                .Select(m => new FitTask(w, m.Candidate, m.Inner)))], counter, cancellationToken);
            Parallel.ForEach(open, Options(cancellationToken), w => w.Window.Close(rung));
            counter.Lead(SearchLeaders.Of(search.Units.Select(u => open.LastOrDefault(w => w.Unit == u))
                .OfType<SearchWork>().Select(w => (w.Unit, w.Window, w.Plan))));
        }
        await FitAsync(search, [.. work.SelectMany(w => w.Window.BestByRule.Distinct().Select(c => new FitTask(w, c, -1)))],
            counter, cancellationToken);
    }

    // Each fit is stored under its own key, so that the order of completion does not matter.
    private async Task FitAsync(PreparedSearch search, List<FitTask> tasks, SearchProgress counter, CancellationToken cancellationToken)
    {
        var fits = new SearchFit?[tasks.Count];
        Parallel.For(0, tasks.Count, Options(cancellationToken), i =>
        {
            var (work, candidate, inner) = tasks[i];
            fits[i] = work.Fits.Find(PreparedSearch.KeyOf(work, candidate, inner), work.FoldOf(inner));
            if (fits[i] is not null) counter.Step(isReused: true, work.Unit.Data);
        });
        int[] missing = [.. Enumerable.Range(0, tasks.Count).Where(i => fits[i] is null)];
        FitItem[] wanted = [.. missing.Select(i => tasks[i]).Select(t => new FitItem(t.Work.Number, t.Candidate, t.Inner,
            PreparedSearch.KeyOf(t.Work, t.Candidate, t.Inner)))];
        await _fitter.RunAsync(wanted, (item, token) => Task.FromResult(search.Make(item, token)), (t, fit) =>
        {
            var work = tasks[missing[t]].Work;
            work.Fits.Keep(wanted[t].Key, fit);
            fits[missing[t]] = fit;
            counter.Step(isReused: false, work.Unit.Data);
        }, cancellationToken);
        foreach (var (i, (work, candidate, inner)) in tasks.Index())
            if (inner < 0) work.Outer[candidate] = fits[i]!;
            else work.Window.Keep(candidate, inner, fits[i]!);
    }

    private ParallelOptions Options(CancellationToken cancellationToken) =>
        new() { MaxDegreeOfParallelism = Math.Max(1, threads), CancellationToken = cancellationToken };
}
