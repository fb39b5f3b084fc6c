using Granary.Engine.Backtesting;
using Granary.Engine.Market;
using Granary.Engine.Portfolio;
using Granary.Modelling.Allocation;
using Granary.Reporting.Runs;
using Granary.Simulation.Batches;
using Granary.Simulation.Passes;

namespace Granary.Backtesting.WalkForward;

/// <summary>A row of an account, with the cumulative costs up to it.</summary>
/// <param name="Holds">Whether a trade is open.</param>
/// <param name="Financing">Dividends, borrow fees, interest, and losses that the broker bears at ruin.</param>
internal readonly record struct AccountRow(EquityRow Row, bool Holds, double Commission, double Financing, double Funding);

/// <summary>The result of an account that followed the runs of some groups.</summary>
/// <param name="Trades">Trades in the order of closing, each with the index of its group; their members are strategies.</param>
internal sealed record FollowedAccount(
    PortfolioOutcome Outcome, IReadOnlyList<AccountRow> Rows, IReadOnlyList<(int Group, PortfolioTrade Own)> Trades,
    IReadOnlyList<(string Symbol, PortfolioFill Fill)> Fills);

/// <summary>
/// One account that follows the runs of groups with equal weights, as the portfolio of a batch follows its strategies: sizes, limits, cash,
/// models and ruin work as in the plan's portfolio. Each selection has its weight during its windows.
/// </summary>
/// <param name="input">The input, whose plan has the portfolio section.</param>
internal sealed class StitchedPortfolio(WalkForwardInput input)
{
    private readonly BatchPlan _plan = input.Plan;
    private readonly IReadOnlyList<WalkForwardWindow> _windows = input.Windows;
    private readonly Timeframe _shortest = input.Plan.Feeds.MinBy(f => f.Timeframe.Ticks)!.Timeframe;

    /// <param name="groups">The runs of each group in order of time.</param>
    /// <param name="weights">The weights of the groups over time; null = equal weights.</param>
    public async Task<FollowedAccount> RunAsync(IReadOnlyList<IReadOnlyList<AccountRun>> groups, CancellationToken cancellationToken,
        IWeightSource? weights = null)
    {
        var log = new RunLog([.. groups.SelectMany(runs => runs)]);
        var groupOf = new Dictionary<int, int>();
        for (var g = 0; g < groups.Count; g++)
            foreach (var run in groups[g])
                groupOf[run.Strategy.Index] = g;
        var (rows, trades, part) = (new List<AccountRow>(), new List<(int, PortfolioTrade)>(), 1.0 / groups.Count);
        var instruments = input.OrderedMarkets.Select(m => m.Instrument).ToList();
        // Every strategy counts as a member, so that each market counts at the closes of all timeframes that any of them could trade.
        var pass = new PortfolioPass(_plan, log, [.. _plan.Instances.Select(_ => part)], instruments, weights ?? Schedule(groups, part),
            paths: Paths);
        void Row(EquityRow row) =>
            rows.Add(new AccountRow(row, pass.Account.OpenTrades > 0, pass.Account.Commission, pass.Account.Financing,
                pass.Account.Funding));
        void Trade(PortfolioTrade trade) => trades.Add((groupOf[trade.Member], trade));
        var fills = new List<(string, PortfolioFill)>();
        void Fill(PortfolioFill fill) =>
            fills.Add((instruments[fill.Market].Symbol, fill with { Member = groupOf[fill.Member] }));
        var outcome = await pass.RunAsync(Marks(), Row, Trade, new FeedClock(_shortest), cancellationToken, Fill);
        return new FollowedAccount(outcome, rows, trades, fills);
    }

    /// <summary>Has the portfolio follow the groups with equal weights, and each of its steps go through others.</summary>
    /// <param name="groups">The runs of each group in order of time.</param>
    /// <param name="steps">Makes these from the driver and the instruments.</param>
    public Task FollowAsync(IReadOnlyList<IReadOnlyList<AccountRun>> groups,
        Func<PortfolioDriver, IReadOnlyList<Instrument>, IPortfolioSteps> steps, CancellationToken cancellationToken)
    {
        var (part, instruments) = (1.0 / groups.Count, input.OrderedMarkets.Select(m => m.Instrument).ToList());
        var driver = new PortfolioDriver(_plan, [.. _plan.Instances.Select(_ => part)], instruments, Schedule(groups, part), paths: Paths);
        return new PortfolioMerge(_plan, new RunLog([.. groups.SelectMany(runs => runs)]), steps(driver, instruments))
            .RunAsync(_ => true, Marks(), cancellationToken);
    }

    /// <summary>Returns the history of some groups, in the order of the portfolio.</summary>
    /// <param name="groups">The runs of each group in order of time.</param>
    /// <param name="units">The groups to read.</param>
    public async Task<AllocationHistory> ReadAsync(IReadOnlyList<IReadOnlyList<AccountRun>> groups, AllocationUnits units,
        CancellationToken cancellationToken)
    {
        var instruments = input.OrderedMarkets.Select(m => m.Instrument).ToList();
        var timeline = new PortfolioTimeline(instruments.Select((x, i) => (x.Symbol, i))
            .ToDictionary(x => x.Symbol, x => x.i, StringComparer.Ordinal))
        { Paths = Paths };
        await new PortfolioMerge(_plan, new RunLog([.. groups.SelectMany(runs => runs)]), timeline)
            .RunAsync(i => units.PlaceOf(i) >= 0, Marks(), cancellationToken);
        return new AllocationHistory(_plan, timeline, instruments);
    }

    /// <summary>When the first signals of the first selections are known, UTC ticks.</summary>
    public long Begin => _windows[0].At + _shortest.Ticks;

    // A selection's first signals are known when the first bar of its window has closed.
    private WeightSchedule Schedule(IEnumerable<IReadOnlyList<AccountRun>> groups, double part)
    {
        var schedule = new WeightSchedule(_plan.Instances.Count) { Begin = Begin };
        foreach (var run in groups.SelectMany(runs => runs))
        {
            schedule.Set(run.Strategy.Index, _windows[run.Windows.First].At + _shortest.Ticks, part);
            schedule.Set(run.Strategy.Index, _windows[run.Windows.Last].To + _shortest.Ticks, 0);
        }
        return schedule;
    }

    private Func<string, Timeframe, IntrabarPath?>? Paths => IntrabarPaths.ReaderOf(_plan.Spec,
        input.Markets.ToDictionary(m => m.Key, m => m.Value.Market, StringComparer.Ordinal));

    // Bars before the first window count too, because limits use them.
    private IReadOnlyList<MarketBars> Marks() =>
        MarketBars.Of(_plan.Instances, symbol => input.Markets[symbol].Cut(0, _windows[^1].To, 0));

    // The consecutive runs of a strategy as one sequence of signals.
    private sealed class RunLog(IReadOnlyList<AccountRun> runs) : IEventLog
    {
        public IReadOnlyList<FollowedRun> RunsOf(int strategy)
        {
            var (followed, earlier) = (new List<FollowedRun>(), 0);
            for (var r = 0; r < runs.Count; r++)
            {
                if (runs[r].Strategy.Index != strategy) continue;
                followed.Add(new FollowedRun(r, earlier));
                earlier += runs[r].Signals;
            }
            return followed;
        }

        public int ChunkCount(int log) => runs[log].Followed.ChunkCount(runs[log].Strategy.Index);

        public byte[] Read(int log, int chunk) => runs[log].Followed.Read(runs[log].Strategy.Index, chunk);
    }
}
