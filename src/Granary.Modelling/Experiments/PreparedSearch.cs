using System.Security.Cryptography;
using System.Text;
using Granary.Engine;
using Granary.Learning.Trainers;
using Granary.Modelling.Learning;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;
using Granary.Simulation.Work;

namespace Granary.Modelling.Experiments;

/// <summary>
/// A search with open bars, completed strategy runs, samples and windows, ready to make its fits. The batch alone determines it, so each
/// process that takes part prepares its own copy.
/// </summary>
internal sealed class PreparedSearch : IWorkMaker
{
    // Version of the cache records.
    private const string Format = "search 1";

    private readonly IReadOnlyDictionary<LearningSpec, WindowCache> _caches;

    private PreparedSearch(OpenedBatch opened, IReadOnlyDictionary<LearningSpec, WindowCache> caches, List<SearchUnit> units)
    {
        (Opened, _caches, Units) = (opened, caches, units);
        Work = Plan(units, caches, (long)opened.Plan.Spec.Seed);
    }

    public OpenedBatch Opened { get; }

    public List<SearchUnit> Units { get; }

    /// <summary>Searches by index.</summary>
    public List<SearchWork> Work { get; }

    /// <param name="strategies">The number of strategies to use, counted from the first one of the batch; null = all.</param>
    /// <param name="host">Runs the strategies without models.</param>
    /// <param name="keeps">
    /// Whether this process writes predictions to the registry's cache. Only one process at a time can write it.
    /// </param>
    /// <exception cref="InputException">The batch or its learning section is invalid, or the batch has no learning section.</exception>
    public static async Task<PreparedSearch> OpenAsync(BatchSpec batch, int? strategies, IBatchHost host, int threads, bool keeps,
        CancellationToken cancellationToken = default)
    {
        var opened = await LearnBatch.OpenAsync(batch, strategies, threads, cancellationToken);
        IReadOnlyDictionary<LearningSpec, WindowCache> caches = new Dictionary<LearningSpec, WindowCache>();
        try
        {
            List<LearningSpec> specs = [.. LearnBatch.Specs(opened.Plan, strategies, inWindows: true).Where(s => !s.IsOfRisk)];
            if (specs.FirstOrDefault(s => s.Search is null) is { } without)
                throw without.Place.Fault("other sections have a \"search\" in their \"experiment\", and this one has none: give it one");
            caches = specs.ToDictionary(s => s, s => keeps ? new WindowCache(CachePath(s), s.Registry.Files) : WindowCache.None);
            var trades = await StrategyTrades.RunAsync(opened.Plan, opened.Markets, host, i => specs.Any(s => s.Covers(i)),
                cancellationToken);
            return new PreparedSearch(opened, caches, await new SearchUnits(opened, specs, caches).MakeAsync(trades, cancellationToken));
        }
        catch
        {
            foreach (var cache in caches.Values) cache.Dispose();
            await opened.DisposeAsync();
            throw;
        }
    }

    public ValueTask<Func<CancellationToken, Task<WorkResult>>?> FindAsync(WorkItem item, CancellationToken cancellationToken) =>
        ValueTask.FromResult<Func<CancellationToken, Task<WorkResult>>?>(item is FitItem fit && Has(fit)
            ? token => Task.FromResult<WorkResult>(Make(fit, token)) : null);

    private bool Has(FitItem fit)
    {
        if (fit.Search < 0 || fit.Search >= Work.Count) return false;
        var work = Work[fit.Search];
        return fit.Candidate >= 0 && fit.Candidate < work.Plan.Candidates.Count
            && fit.Inner >= -1 && fit.Inner < work.Unit.Inner[work.Window.Index].Count
            && KeyOf(work, fit.Candidate, fit.Inner) == fit.Key;
    }

    /// <summary>Makes a fit of this search without reading the cache. Thread-safe.</summary>
    public SearchFit Make(FitItem fit, CancellationToken cancellationToken)
    {
        var work = Work[fit.Search];
        return work.Fits.Make(work.Unit, work.Plan.Candidates[fit.Candidate], work.FoldOf(fit.Inner), cancellationToken);
    }

    public static string KeyOf(SearchWork work, int candidate, int inner) =>
        work.Fits.KeyOf(work.Unit, work.Plan.Candidates[candidate], work.FoldOf(inner));

    public async ValueTask DisposeAsync()
    {
        foreach (var cache in _caches.Values) cache.Dispose();
        await Opened.DisposeAsync();
    }

    // Creates one search per outer window. The units of a section share its budget.
    private static List<SearchWork> Plan(List<SearchUnit> units, IReadOnlyDictionary<LearningSpec, WindowCache> caches, long seed)
    {
        var work = new List<SearchWork>();
        foreach (var (section, cache) in caches)
        {
            List<SearchUnit> own = [.. units.Where(u => u.Error is null && u.Spec.Name == section.Name)];
            if (own.Count == 0) continue;
            var plan = SearchPlan.Of(section.Search!, own.Sum(u => u.Outer.Count), seed,
                section.Place.Find("experiment")!.Find("search")!);
            var fits = new SearchFits(cache, seed);
            foreach (var unit in own)
                for (var w = 0; w < unit.Outer.Count; w++)
                    work.Add(new SearchWork(work.Count, new SearchWindow(unit, w, plan), unit, plan, fits));
        }
        return work;
    }

    private static string CachePath(LearningSpec spec)
    {
        var key = $"{Format} {typeof(ITrainer).Assembly.ManifestModule.ModuleVersionId} {spec.Name} {spec.Label}";
        return Path.Combine(spec.Cache, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key))) + ".windows");
    }
}
