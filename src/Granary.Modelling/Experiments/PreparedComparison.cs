using Granary.Engine;
using Granary.Modelling.Learning;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;
using Granary.Simulation.Work;

namespace Granary.Modelling.Experiments;

/// <summary>
/// Makes fits of a comparison for the process that coordinates it. It builds samples and windows of a trainer, label and market when their
/// first fit is requested, and discards them when fits of other ones are requested.
/// </summary>
internal sealed class PreparedComparison : IWorkMaker
{
    // Requests arrive grouped by trainer, label and market. A late request of the previous group may arrive after the next group has begun.
    private const int MostKept = 2;

    private readonly OpenedBatch _opened;
    private readonly IBatchHost _host;
    private readonly IReadOnlyList<LearningSpec> _sections;
    private readonly StrategyTrades? _trades;
    private readonly Lock _lock = new();
    private readonly List<((int Candidate, int Market) Of, Task<List<UnitTraining>> Units)> _kept = [];
    private readonly CancellationTokenSource _ended = new();

    // Units of one market share their factor columns.
    private readonly SemaphoreSlim _turn = new(1);

    private PreparedComparison(OpenedBatch opened, IBatchHost host, IReadOnlyList<LearningSpec> sections, StrategyTrades? trades) =>
        (_opened, _host, _sections, _trades) = (opened, host, sections, trades);

    /// <param name="strategies">The number of strategies to use, counted from the first one of the batch; null = all.</param>
    /// <param name="host">Runs the strategies if the label needs their trades.</param>
    /// <exception cref="InputException">The batch or its learning section is invalid, or the batch has no learning section.</exception>
    public static async Task<PreparedComparison> OpenAsync(BatchSpec batch, int? strategies, IBatchHost host, int threads,
        CancellationToken cancellationToken)
    {
        var opened = await LearnBatch.OpenAsync(batch, strategies, threads, cancellationToken);
        try
        {
            var sections = ComparedSections.Of(opened.Plan, strategies);
            return new PreparedComparison(opened, host, sections, await ComparedSections.TradesAsync(sections, opened, host,
                cancellationToken));
        }
        catch
        {
            await opened.DisposeAsync();
            throw;
        }
    }

    public async ValueTask<Func<CancellationToken, Task<WorkResult>>?> FindAsync(WorkItem item, CancellationToken cancellationToken)
    {
        if (item is not FitItem fit || fit.Candidate < 0 || fit.Candidate >= _sections.Count || _sections[fit.Candidate].IsOfRisk)
            return null;
        var preparation = new UnitPreparation([_sections[fit.Candidate]], _opened.Plan, _opened.Markets);
        var (market, number) = (0, fit.Search);
        while (market < preparation.Markets.Count && number >= preparation.Markets[market]) number -= preparation.Markets[market++];
        if (number < 0 || market == preparation.Markets.Count) return null;
        var unit = (await UnitsAsync(preparation, fit.Candidate, market).WaitAsync(cancellationToken))[number];
        return unit.Error is null && fit.Inner >= UnitTraining.Whole && fit.Inner < unit.Folds.Count
            && ComparedFits.KeyOf(unit, fit.Inner) == fit.Key
                ? token => Task.FromResult<WorkResult>(ComparedFits.Make(unit, fit.Inner, token)) : null;
    }

    private Task<List<UnitTraining>> UnitsAsync(UnitPreparation preparation, int candidate, int market)
    {
        lock (_lock)
        {
            _kept.RemoveAll(k => k.Units.IsFaulted || k.Units.IsCanceled);
            var place = _kept.FindIndex(k => k.Of == (candidate, market));
            if (place >= 0) return _kept[place].Units;
            if (_kept.Count == MostKept) _kept.RemoveAt(0);
            var units = Task.Run(() => MakeAsync(preparation, market), _ended.Token);
            _kept.Add(((candidate, market), units));
            return units;
        }
    }

    private async Task<List<UnitTraining>> MakeAsync(UnitPreparation preparation, int market)
    {
        await _turn.WaitAsync(_ended.Token);
        try
        {
            await preparation.OpenAsync(_host, _trades, _ended.Token);
            return await preparation.MakeAsync(market, static (_, _) => WindowCache.None, _ended.Token);
        }
        finally
        {
            _turn.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        Task[] open;
        lock (_lock) open = [.. _kept.Select(k => k.Units)];
        await Task.WhenAll(open).ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None,
            TaskScheduler.Default);
        await _opened.DisposeAsync();
    }
}
