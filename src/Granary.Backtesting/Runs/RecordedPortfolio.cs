using System.Runtime.InteropServices;
using System.Text;
using Granary.Engine.Analysis;
using Granary.Engine.Backtesting;
using Granary.Engine.Market;
using Granary.Engine.Portfolio;
using Granary.Engine.Trading;
using Granary.Modelling.Weighting;
using Granary.Reporting.Runs;
using Granary.Simulation.Passes;

namespace Granary.Backtesting.Runs;

/// <summary>
/// The step "portfolio": what the shared account did. Its equity goes to equity.csv row by row, its trades and fills to files.
/// </summary>
public sealed class RecordedPortfolio : IDisposable
{
    private readonly RowLog<TradeRow> _trades;
    private readonly RowLog<PortfolioFill> _fills;
    private readonly IReadOnlyList<string> _symbols;

    private RecordedPortfolio(RunContext run)
    {
        _trades = new RowLog<TradeRow>(run.Folder.Temporary("portfolio.bin"));
        _fills = new RowLog<PortfolioFill>(run.Folder.Temporary("fills.bin"));
        _symbols = [.. run.OrderedMarkets.Select(m => m.Symbol)];
    }

    [StructLayout(LayoutKind.Sequential, Pack = 1)]
    private readonly record struct TradeRow(int Member, double Weight, RunEvent Trade);

    public PortfolioOutcome Outcome { get; private set; } = null!;

    /// <summary>Its equity at the ends of periods; null where there is no row.</summary>
    public EquityTrace? Trace { get; private set; }

    /// <summary>Open times of its first and its last row, UTC ticks; −1 without a row.</summary>
    public (long First, long Last) Rows { get; private set; } = (-1, -1);

    /// <summary>In the order of their closing.</summary>
    public IEnumerable<PortfolioTrade> Trades() =>
        _trades.Read().Select(r => new PortfolioTrade(r.Member, r.Trade.ToTrade(), r.Weight));

    /// <summary>Each change of a position, in the order of booking, with its symbol.</summary>
    public IEnumerable<(string Symbol, PortfolioFill Fill)> Fills() => _fills.Read().Select(f => (_symbols[f.Market], f));

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
        return RecordAsync(run, (row, trade, fill) => run.Options.Portfolio is { } shown
            ? shown.RunAsync(pass, marked, row, trade, fill, clock)
            : pass.RunAsync(marked, row, trade, clock, CancellationToken.None, fill));
    }

    /// <summary>Records a portfolio.</summary>
    /// <param name="portfolio">Gives each row, each trade and each fill to its arguments, and the outcome at the end.</param>
    public static async Task<RecordedPortfolio> RecordAsync(RunContext run,
        Func<Action<EquityRow>, Action<PortfolioTrade>, Action<PortfolioFill>, Task<PortfolioOutcome>> portfolio)
    {
        var recorded = new RecordedPortfolio(run);
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
                }, t => recorded._trades.Add(new TradeRow(t.Member, t.Weight, RunEvent.Of(t.Trade, t.Trade.SymbolIndex))),
                recorded._fills.Add);
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

    public void Dispose()
    {
        _trades.Dispose();
        _fills.Dispose();
    }
}
