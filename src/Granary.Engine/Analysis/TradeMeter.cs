namespace Granary.Engine.Analysis;

/// <summary>Running sums over closed trades, net of commission, in the order of their closing.</summary>
public struct TradeMeter
{
    public int Trades { get; private set; }

    public int Wins { get; private set; }

    /// <summary>Quote currency, positive.</summary>
    public double GrossProfit { get; private set; }

    /// <summary>Quote currency, positive; trades that break even are neither wins nor losses.</summary>
    public double GrossLoss { get; private set; }

    public int Losses { get; private set; }

    public double NetProfit { get; private set; }

    /// <summary>Commission of closed trades and of the entries of open ones.</summary>
    public double Commission { get; internal set; }

    /// <summary>Dividends received less those owed, borrow fees and interest, of closed and open trades.</summary>
    public double Financing { get; internal set; }

    /// <summary>Funding of perpetual futures received less that paid, a part of <see cref="Financing"/>.</summary>
    public double Funding { get; internal set; }

    /// <summary>Closed trades that were liquidated.</summary>
    public int Liquidations { get; internal set; }

    /// <summary>Bars that touched both stop and target of a trade and were decided by the path of smaller bars.</summary>
    public int IntrabarByPath { get; internal set; }

    /// <summary>Such bars that the batch's rule decided although smaller bars were requested.</summary>
    public int IntrabarByRule { get; internal set; }

    public long BarsHeld { get; private set; }

    public int LongestWinStreak { get; private set; }

    public int LongestLossStreak { get; private set; }

    private int _streak;

    internal void Add(double net, int bars)
    {
        Trades++;
        NetProfit += net;
        BarsHeld += bars;
        if (net > 0)
        {
            Wins++;
            GrossProfit += net;
            _streak = _streak > 0 ? _streak + 1 : 1;
            if (_streak > LongestWinStreak) LongestWinStreak = _streak;
        }
        else if (net < 0)
        {
            Losses++;
            GrossLoss -= net;
            _streak = _streak < 0 ? _streak - 1 : -1;
            if (-_streak > LongestLossStreak) LongestLossStreak = -_streak;
        }
        else
        {
            _streak = 0;
        }
    }

    /// <summary>
    /// Computes the measurements that the metrics need. Single trades are not kept, so their extremes and excursions are NaN.
    /// </summary>
    internal readonly TradeMeasures Measure() => new()
    {
        Trades = Trades,
        Wins = Wins,
        Losses = Losses,
        GrossProfit = GrossProfit,
        GrossLoss = GrossLoss,
        NetProfit = NetProfit,
        LargestWin = double.NaN,
        LargestLoss = double.NaN,
        LongestWinStreak = LongestWinStreak,
        LongestLossStreak = LongestLossStreak,
        ProfitDeviation = double.NaN,
        Bars = BarsHeld,
        BarsKnown = Trades,
    };
}
