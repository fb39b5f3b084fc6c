using Granary.Engine.Factors;
using Granary.Engine.Market;
using Granary.Engine.Trading;

namespace Granary.Backtesting.WalkForward;

/// <summary>
/// The models of one strategy over several consecutive windows; each entry is judged by the model of its window.
/// </summary>
/// <param name="models">The start of each window's trading, UTC ticks, ascending, with its model; null if the model could not be
/// created.</param>
internal sealed class ScheduledModel(IReadOnlyList<(long From, IEntryModel? Model)> models) : IEntryModel
{
    /// <summary>The models by window.</summary>
    public IReadOnlyList<(long From, IEntryModel? Model)> Models => models;

    public string Name { get; } = models.First(m => m.Model is not null).Model!.Name;

    public IEntryFilter Attach(MarketSeries series, FactorPlan plan) =>
        new WindowFilters([.. models.Select(m => (m.From, m.Model?.Attach(series, plan)))]);

    private sealed class WindowFilters((long From, IEntryFilter? Filter)[] windows) : IEntryFilter
    {
        private BarBlock _block = null!;

        public void Bind(BarBlock block, FactorSheet sheet)
        {
            _block = block;
            foreach (var (_, filter) in windows) filter?.Bind(block, sheet);
        }

        public EntryAdvice Advise(int index, Side side)
        {
            var time = _block.Time[index];
            var at = windows.Length - 1;
            while (at > 0 && windows[at].From > time) at--;
            return windows[at].Filter is not { } filter ? EntryAdvice.NoOpinion : filter.Advise(index, side) with { Version = at + 1 };
        }

        public RunEventKinds Kinds => windows.Aggregate(RunEventKinds.None, (kinds, w) => kinds | (w.Filter?.Kinds ?? RunEventKinds.None));

        // A signal concerns the filter that judged it. Of the other events, each filter takes those of its own signals.
        public void On(in RunEvent e)
        {
            if (e.Kind != RunEventKinds.Signal)
                foreach (var (_, filter) in windows) filter?.On(e);
            else if (e.Signal.ModelVersion is > 0 and var window)
                windows[window - 1].Filter!.On(e);
        }
    }
}
