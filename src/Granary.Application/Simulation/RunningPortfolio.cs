using Granary.Engine.Backtesting;
using Granary.Engine.Market;
using Granary.Engine.Portfolio;
using Granary.Reporting.Runs;

namespace Granary.Application.Simulation;

/// <summary>The portfolio pass of a batch from its start to its end. Any thread may ask how it stands.</summary>
/// <param name="pass">The pass, which runs once.</param>
/// <param name="bars">As in <see cref="PortfolioPass.RunAsync"/>, as are the others.</param>
public sealed class RunningPortfolio(PortfolioPass pass,
    IReadOnlyDictionary<string, (Timeframe Timeframe, IAsyncEnumerable<BarBlock> Blocks)> bars, Action<EquityRow> equityRow,
    Action<PortfolioTrade> trade, Action<PortfolioFill> fill, FeedClock clock)
{
    private readonly TaskCompletionSource<PortfolioOutcome> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _lock = new();
    private EquityRow? _last;
    private int _open;
    private long _trades, _tradesAtRow;
    private int _begun;

    /// <summary>Completes with the outcome of the pass, or its fault.</summary>
    public Task<PortfolioOutcome> Ended => _ended.Task;

    /// <summary>Runs the pass on a thread of the pool; repeated calls change nothing.</summary>
    public void Begin()
    {
        if (Interlocked.Exchange(ref _begun, 1) == 0) _ = Task.Run(RunAsync);
    }

    private async Task RunAsync()
    {
        try
        {
            _ended.SetResult(await pass.RunAsync(bars, Row, Trade, clock, CancellationToken.None, fill));
        }
        catch (Exception e)
        {
            _ended.SetException(e);
        }
    }

    private void Row(EquityRow row)
    {
        equityRow(row);
        lock (_lock) (_last, _open, _tradesAtRow) = (row, pass.Account.OpenTrades, _trades);
    }

    private void Trade(PortfolioTrade closed)
    {
        trade(closed);
        _trades++;
    }

    /// <summary>The portfolio as it stands.</summary>
    public BatchPortfolio Standing
    {
        get
        {
            lock (_lock)
                return new BatchPortfolio(_last is { } row ? new DateTime(row.Time, DateTimeKind.Utc) : null, _last?.Equity, _last?.Cash,
                    _last?.Exposure, _last?.Drawdown, _open, _tradesAtRow, Ended.IsCompleted);
        }
    }
}
