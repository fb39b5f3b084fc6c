using System.Text;
using Granary.Application.Simulation;
using Granary.Application.Weighting;
using Granary.Engine.Analysis;
using Granary.Engine.Backtesting;
using Granary.Engine.Market;
using Granary.Engine.Portfolio;
using Granary.Reporting.Runs;

namespace Granary.Application.Runs;

/// <summary>The step "portfolio": what the shared account did. Its equity goes to equity.csv row by row, its trades to a file.</summary>
internal sealed class RecordedPortfolio : IDisposable
{
    private readonly PortfolioTradeLog _trades;

    private RecordedPortfolio(PortfolioTradeLog trades) => _trades = trades;

    public PortfolioOutcome Outcome { get; private set; } = null!;

    /// <summary>Its equity at the ends of periods; null where there is no row.</summary>
    public EquityTrace? Trace { get; private set; }

    /// <summary>Open times of its first and its last row, UTC ticks; −1 without a row.</summary>
    public (long First, long Last) Rows { get; private set; } = (-1, -1);

    public IEnumerable<PortfolioTrade> Trades() => _trades.Read();

    /// <summary>Lets the portfolio decide over the events of the strategies with a weight.</summary>
    /// <param name="members">By strategy index: not 0 where the portfolio has the strategy's events.</param>
    public static Task<RecordedPortfolio> OfEventsAsync(RunContext run, EventLog? log, IReadOnlyList<double> members,
        IWeightSource? schedule)
    {
        // Marked are the markets of weighted strategies, each at its shortest timeframe; where there is no such strategy all, for a curve
        // that is flat.
        var weighted = run.Plan.Instances.Where(i => members[i.Index] != 0).ToList();
        var marked = PortfolioPass.MarksOf(weighted.Count > 0 ? weighted : run.Spec.Outputs.NeedsPortfolio ? run.Plan.Instances : [],
            symbol => run.Markets[symbol].Series);
        var pass = new PortfolioPass(run.Plan, log, members, [.. run.OrderedMarkets.Select(m => m.Instrument)], schedule);
        var clock = new FeedClock(run.Shortest);
        return RecordAsync(run, (row, trade) => run.Options.Portfolio is { } host
            ? host.RunAsync(new RunningPortfolio(pass, marked, row, trade, clock))
            : pass.RunAsync(marked, row, trade, clock, CancellationToken.None));
    }

    /// <summary>Records a portfolio.</summary>
    /// <param name="portfolio">Gives each row and each trade to its arguments, and the outcome at the end.</param>
    public static async Task<RecordedPortfolio> RecordAsync(RunContext run,
        Func<Action<EquityRow>, Action<PortfolioTrade>, Task<PortfolioOutcome>> portfolio)
    {
        var trades = new PortfolioTradeLog(run.Folder.Temporary("portfolio.bin"));
        var recorded = new RecordedPortfolio(trades);
        try
        {
            var tracer = new EquityTracer(run.TracePeriod, run.Spec.Cash);
            var (path, unfinished) = (run.Folder.PathOf("equity.csv"), run.Folder.PathOf("equity.csv.writing"));
            var isWritten = run.Spec.Outputs.Has("equity");
            await using (var writer = isWritten
                ? new StreamWriter(unfinished, false, new UTF8Encoding(false), 1 << 16) { NewLine = "\n" } : null)
            {
                var csv = writer is null ? null : new EquityCsv(writer);
                csv?.Header();
                recorded.Outcome = await portfolio(row =>
                {
                    csv?.Row(row);
                    tracer.Add(row.Time, row.Equity);
                    recorded.Rows = (recorded.Rows.First < 0 ? row.Time : recorded.Rows.First, row.Time);
                }, trades.Add);
            }
            if (isWritten) File.Move(unfinished, path, overwrite: true);
            recorded.Trace = tracer.Finish();
            return recorded;
        }
        catch
        {
            recorded.Dispose();
            throw;
        }
    }

    public void Dispose() => _trades.Dispose();
}
