using Granary.Contracts.Batches;
using Granary.Engine.Backtesting;
using Granary.Engine.Market;
using Granary.Engine.Portfolio;
using Granary.Reporting.Runs;

namespace Granary.Simulation.Passes;

/// <summary>Runs the portfolio pass of a batch and reports its current state. Thread-safe.</summary>
internal sealed class RunningPortfolio
{
    private readonly Lock _lock = new();
    private EquityRow? _last;
    private int _open;
    private long _trades, _tradesAtRow;
    private bool _hasBegun, _isDone;

    /// <summary>Runs a pass; see <see cref="PortfolioPass.RunAsync"/> for the arguments.</summary>
    public async Task<PortfolioOutcome> RunAsync(PortfolioPass pass, IReadOnlyList<MarketBars> bars, Action<EquityRow> equityRow,
        Action<PortfolioTrade> trade, Action<PortfolioFill> fill, FeedClock clock)
    {
        lock (_lock) _hasBegun = true;
        var outcome = await pass.RunAsync(bars, Row, Trade, clock, CancellationToken.None, fill);
        lock (_lock) _isDone = true;
        return outcome;

        void Row(EquityRow row)
        {
            equityRow(row);
            lock (_lock) (_last, _open, _tradesAtRow) = (row, pass.Account.OpenTrades, _trades);
        }

        void Trade(PortfolioTrade closed)
        {
            trade(closed);
            _trades++;
        }
    }

    /// <summary>Current state of the portfolio; null before the pass begins.</summary>
    public BatchPortfolio? Snapshot
    {
        get
        {
            lock (_lock)
                return !_hasBegun ? null : new BatchPortfolio(_last is { } row ? new DateTime(row.Time, DateTimeKind.Utc) : null,
                    _last?.Equity, _last?.Cash, _last?.Exposure, _last?.Drawdown, _open, _tradesAtRow, _isDone);
        }
    }
}
