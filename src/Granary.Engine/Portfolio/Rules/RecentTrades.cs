namespace Granary.Engine.Portfolio.Rules;

/// <summary>Returns of the most recent closed trades, net of costs, and statistics of them.</summary>
internal sealed class RecentTrades(int length)
{
    private readonly double[] _returns = new double[length];
    private long _count;

    public int Count => (int)Math.Min(_count, _returns.Length);

    public void Add(double netReturn) => _returns[_count++ % _returns.Length] = netReturn;

    /// <summary>The share of trades with a gain; NaN without a trade.</summary>
    public double WinRate => Count == 0 ? double.NaN : Sums(Count).Wins / (double)Count;

    // Sums over the most recent trades, newest first.
    private (int N, int Wins, double Won, int Losses, double Lost) Sums(int most)
    {
        var (n, wins, won, losses, lost) = (Math.Min(Count, most), 0, 0.0, 0, 0.0);
        for (var i = 1; i <= n; i++)
        {
            var r = _returns[(_count - i) % _returns.Length];
            if (r > 0)
            {
                wins++;
                won += r;
            }
            else if (r < 0)
            {
                losses++;
                lost -= r;
            }
        }
        return (n, wins, won, losses, lost);
    }

    /// <summary>Whether the rule leaves it switched on.</summary>
    public bool Meets(EnablementRule rule)
    {
        var (n, wins, won, _, lost) = Sums(rule.Trades);
        if (n < rule.MinTrades) return true;
        return (rule.MinProfitFactor is not { } factor || won >= factor * lost) && (rule.MinWinRate is not { } rate || wins >= rate * n)
            && (rule.MinExpectancyPercent is not { } expectancy || won - lost >= expectancy / 100 * n);
    }

    /// <summary>
    /// Kelly's fraction W − (1 − W) / R, with the share of wins W and the ratio R of the average gain to the average loss; NaN with too
    /// few trades.
    /// </summary>
    public double Kelly(int most, int least)
    {
        var (n, wins, won, losses, lost) = Sums(most);
        if (n < least || n == 0) return double.NaN;
        if (wins == 0) return 0;
        var share = wins / (double)n;
        return losses == 0 ? share : share - (1 - share) / (won / wins / (lost / losses));
    }
}
