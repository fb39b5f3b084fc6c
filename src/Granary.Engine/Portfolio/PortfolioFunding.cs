using System.Runtime.InteropServices;

namespace Granary.Engine.Portfolio;

/// <summary>Funding that the positions of a portfolio have paid and received.</summary>
internal sealed class PortfolioFunding
{
    private readonly Dictionary<(long Day, int Market), FundingDay> _days = [];

    /// <summary>Received less paid, account currency.</summary>
    public double Net { get; private set; }

    /// <summary>By day, then instrument.</summary>
    public IReadOnlyList<FundingDay> Days => [.. _days.Values.OrderBy(d => d.Day).ThenBy(d => d.Market)];

    /// <param name="amount">Account currency; negative is paid.</param>
    /// <param name="time">Open time of the bar, UTC ticks.</param>
    public void Add(int market, double amount, long time)
    {
        Net += amount;
        var day = time / TimeSpan.TicksPerDay;
        ref var sum = ref CollectionsMarshal.GetValueRefOrAddDefault(_days, (day, market), out var isKnown);
        sum = (isKnown ? sum : new FundingDay(market, day, 0, 0, 0)).With(amount);
    }
}
