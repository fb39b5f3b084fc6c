using Granary.Engine.Analysis;
using Granary.Engine.Backtesting;
using Granary.Engine.Market;
using Granary.Engine.Portfolio;
using Granary.Modelling.Weighting;
using Granary.Reporting.Runs;
using Granary.Simulation.Passes;
using Granary.Simulation.Telemetry;

namespace Granary.Backtesting.Runs;

/// <summary>
/// The step "portfolio": runs the shared account. Equity is written to its files row by row, trades and fills to temporary files.
/// </summary>
internal sealed class RecordedPortfolio : IDisposable
{
    private readonly RowLog<PortfolioTrade> _trades;
    private readonly RowLog<PortfolioFill> _fills;
    private readonly IReadOnlyList<string> _symbols;

    private RecordedPortfolio(RunContext run)
    {
        _trades = new RowLog<PortfolioTrade>(run.Folder.Temporary("portfolio.bin"));
        _fills = new RowLog<PortfolioFill>(run.Folder.Temporary("fills.bin"));
        _symbols = [.. run.OrderedMarkets.Select(m => m.Symbol)];
    }

    public PortfolioOutcome Outcome { get; private set; } = null!;

    /// <summary>Equity at the ends of periods; null without rows.</summary>
    public EquityTrace? Trace { get; private set; }

    /// <summary>Open times of the first and the last row, UTC ticks; −1 without rows.</summary>
    public (long First, long Last) Rows { get; private set; } = (-1, -1);

    /// <summary>Returns the trades in the order of closing.</summary>
    public IEnumerable<PortfolioTrade> Trades() => _trades.Read();

    /// <summary>Returns each change of a position with its symbol, in the order of booking.</summary>
    public IEnumerable<(string Symbol, PortfolioFill Fill)> Fills() => _fills.Read().Select(f => (_symbols[f.Market], f));

    /// <summary>Runs the portfolio over the events of the weighted strategies.</summary>
    /// <param name="members">By strategy index: not 0 if the portfolio uses the strategy's events.</param>
    public static async Task<RecordedPortfolio> OfEventsAsync(RunContext run, EventLog? log, IReadOnlyList<double> members,
        IWeightSource? schedule)
    {
        using var step = GranaryInstruments.Traces.StartActivity("portfolio");
        // Markets of weighted strategies count; without such strategies all markets, for a constant curve.
        var weighted = run.Plan.Instances.Where(i => members[i.Index] != 0).ToList();
        var marked = MarketBars.Of(weighted.Count > 0 ? weighted : run.Spec.Outputs.NeedsPortfolio ? run.Plan.Instances : [],
            symbol => run.Markets[symbol].Series);
        var pass = new PortfolioPass(run.Plan, log, members, [.. run.OrderedMarkets.Select(m => m.Instrument)], schedule,
            paths: IntrabarPaths.ReaderOf(run.Spec, run.Markets));
        var clock = new FeedClock(run.Shortest);
        var recorded = await RecordAsync(run, (row, trade, fill) => run.Options.Portfolio is { } shown
            ? shown.RunAsync(pass, marked, row, trade, fill, clock)
            : pass.RunAsync(marked, row, trade, clock, CancellationToken.None, fill));
        step?.SetTag(GranaryInstruments.Strategies, weighted.Count)
            .SetTag(GranaryInstruments.Symbols, marked.Select(m => m.Symbol).Distinct().Count())
            .SetTag(GranaryInstruments.BarCount, clock.Bars).SetTag(GranaryInstruments.Trades, recorded.Outcome.Statistics.Trades);
        return recorded;
    }

    /// <summary>Records a portfolio.</summary>
    /// <param name="portfolio">Runs the portfolio: passes rows, trades and fills to its arguments, and returns the outcome.</param>
    public static async Task<RecordedPortfolio> RecordAsync(RunContext run,
        Func<Action<EquityRow>, Action<PortfolioTrade>, Action<PortfolioFill>, Task<PortfolioOutcome>> portfolio)
    {
        var recorded = new RecordedPortfolio(run);
        try
        {
            var tracer = new EquityTracer(run.TracePeriod, run.Spec.Cash);
            using var rows = new RowFiles<EquityRow>(run.Folder.PathOf("equity"), RunTables.Equity,
                run.Spec.Outputs.Has("equity") ? run.OutputFormats : []);
            recorded.Outcome = await portfolio(row =>
            {
                rows.Add(row);
                run.Options.OnEquity?.Invoke(row);
                tracer.Add(row.Time, row.Equity);
                recorded.Rows = (recorded.Rows.First < 0 ? row.Time : recorded.Rows.First, row.Time);
            }, recorded._trades.Add, recorded._fills.Add);
            rows.Commit();
            recorded.Trace = tracer.Finish();
            return recorded;
        }
        catch
        {
            recorded.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        _trades.Dispose();
        _fills.Dispose();
    }
}
