using Granary.Backtesting.Runs;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;

namespace Granary;

/// <summary>Keeps what a run has in memory before its files are written: the equity by bar, and the trades.</summary>
internal sealed class RunRecorder
{
    private readonly List<EquityPoint> _equity = [];
    private IReadOnlyDictionary<int, IReadOnlyList<BacktestTrade>> _trades = new Dictionary<int, IReadOnlyList<BacktestTrade>>();
    private IReadOnlyList<BacktestTrade> _portfolio = [];

    public BatchOptions Options(BacktestOptions options) => new()
    {
        Out = options.Out,
        Threads = options.Threads,
        Yes = options.RunsLargeGrids,
        Validation = options.Validation,
        OnEquity = row => _equity.Add(new EquityPoint(BacktestTrade.Utc(row.Time), row.Equity)),
        OnFinished = Keep,
    };

    public BacktestResult Result(BatchRun run, BatchSpec spec) => new(run,
        [.. run.Model.Strategies.Select(s => new BacktestStrategy(s, _trades.GetValueOrDefault(s.Index) ?? [], spec,
            run.Model.Section<ParameterSearchResults>()))],
        new BacktestPortfolio(_equity, _portfolio, run.Model.Portfolio is { } metrics ? new Metrics(metrics) : null));

    private void Keep(RunModel model, IRunEvents events)
    {
        _trades = model.Strategies.Where(s => s is { Stats: not null, HasListedTrades: true })
            .ToDictionary(s => s.Index, s => (IReadOnlyList<BacktestTrade>)[.. events.Trades(s.Index).Select(t => BacktestTrade.Of(s, t))]);
        _portfolio = [.. events.PortfolioTrades().Select(t => BacktestTrade.Of(model.Strategies[t.Member], t.Trade))];
    }
}
