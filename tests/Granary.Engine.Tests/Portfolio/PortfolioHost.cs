using Granary.Engine.Market;
using Granary.Engine.Portfolio;
using Granary.Engine.Portfolio.Rules;
using Granary.Engine.Trading;

namespace Granary.Engine.Tests.Portfolio;

/// <summary>Drives a portfolio bar by bar, as a host does, and keeps what it reports.</summary>
internal sealed class PortfolioHost
{
    private readonly Dictionary<(int Market, Timeframe Timeframe), int> _bars = [];
    private bool _isRowOpen;

    public PortfolioHost(PortfolioRun run)
    {
        Run = run;
        run.ReportFills(Fills.Add);
        run.Books.Closed = Closed.Add;
        run.Books.ClosedItself = (member, number, reason) => ClosedItself.Add((member, number, reason));
        run.Books.Cut = (member, number, share) => Cuts.Add((member, number, share));
        run.Books.EndedUnfilled = (member, number, end, _) => Ended.Add((member, number, end));
    }

    public PortfolioRun Run { get; }

    public List<PortfolioFill> Fills { get; } = [];

    public List<PortfolioTrade> Closed { get; } = [];

    public List<(int Member, int Number, ExitReason Reason)> ClosedItself { get; } = [];

    public List<(int Member, int Number, double Share)> Cuts { get; } = [];

    public List<(int Member, int Number, SignalEnd End)> Ended { get; } = [];

    /// <summary>Open time of the last row, UTC ticks.</summary>
    public long Time { get; private set; }

    /// <summary>A bar of each instrument in turn, at one timeframe. A bar of NaN is missing.</summary>
    public void Bars(Timeframe timeframe, params ReadOnlySpan<Bar> bars)
    {
        for (var market = 0; market < bars.Length; market++)
            if (!double.IsNaN(bars[market].Close))
                Add(market, timeframe, bars[market]);
        EndRow();
    }

    /// <summary>A flat bar of each instrument in turn: orders fill at its price. A price of NaN is a missing bar.</summary>
    public void Flat(Timeframe timeframe, long time, params ReadOnlySpan<double> prices)
    {
        for (var market = 0; market < prices.Length; market++)
            if (!double.IsNaN(prices[market]))
                Add(market, timeframe, Flat(time, prices[market]));
        EndRow();
    }

    public static Bar Flat(long time, double price, double volume = 1_000) => new(time, price, price, price, price, volume);

    /// <summary>Reports one of the bars that close together; <see cref="EndRow"/> processes them.</summary>
    public void Add(int market, Timeframe timeframe, in Bar bar)
    {
        // A host closes a row after the signals at its closes.
        if (!_isRowOpen && _bars.Count > 0) Run.Revalue(Time);
        _isRowOpen = true;
        var number = _bars.GetValueOrDefault((market, timeframe));
        _bars[(market, timeframe)] = number + 1;
        Run.OnBar(market, timeframe, BarBlock.FromBars(number, [bar]), 0);
        Time = Math.Max(Time, bar.Time);
    }

    public void EndRow()
    {
        Run.Process();
        Run.Revalue(Time);
        Run.CheckEnd();
        Run.Trim(Time);
        Run.Revalue(Time);
        _isRowOpen = false;
    }

    /// <summary>A strategy sends an exit at the last close, which fills at the next open.</summary>
    public void Exit(int member, int number, double share = 1) =>
        Run.OnExiting(member, new ExitingEvent(number, Time, Share: share));

    /// <summary>A strategy enters at the market at the last close; the entry fills at the next open.</summary>
    /// <returns>The granted quantity.</returns>
    public double Enter(int member, int number, Side side, double quantity, double price)
    {
        Run.OnSignal(member, new Signal(number, Time, side, OrderType.Market, price, quantity, 0, 0, long.MaxValue))
            .ShouldBe(Decision.Accepted);
        return Run.Granted;
    }
}
