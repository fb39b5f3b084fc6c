using Granary.Engine.Analysis;
using Granary.Engine.Numerics;

namespace Granary.Simulation.Validation;

/// <summary>
/// The ranks of strategies among all trials. A batch that lists the best strategies of an earlier one has chosen them, and their results
/// are as good as their ranks by luck alone (Novy-Marx, Backtesting strategies based on multiple signals, 2015).
/// </summary>
internal sealed class TrialRanks
{
    private readonly List<double> _sharpes = [];

    /// <summary>Adds a trial.</summary>
    /// <param name="sharpe">Its Sharpe ratio per day; without one it has no rank.</param>
    public void Add(double sharpe)
    {
        if (double.IsFinite(sharpe)) _sharpes.Add(sharpe);
    }

    /// <summary>
    /// Returns the luck of a portfolio, in standard errors: the sum of the loads times the expected results of worthless strategies with
    /// the ranks of the members; at least 0.
    /// </summary>
    /// <param name="effective">Effective number of independent trials.</param>
    public double LuckOf(IReadOnlyList<TriedMember> members, double effective)
    {
        _sharpes.Sort();
        var most = SharpeConfidence.ExpectedMaximum(1, effective);
        double luck = 0;
        foreach (var member in members)
            if (double.IsFinite(member.DailySharpe)) luck += member.Load * Math.Min(most, Expected(member.DailySharpe));
        return Math.Max(0, luck);
    }

    // The expected normal order statistic of a rank: Blom, Statistical estimates and transformed beta-variables, 1958.
    private double Expected(double sharpe)
    {
        var (below, above) = (Below(sharpe), _sharpes.Count - Below(Math.BitIncrement(sharpe)));
        var rank = (below + 1 + (_sharpes.Count - above)) / 2.0;
        return NormalDistribution.Quantile(Math.Clamp((rank - 0.375) / (_sharpes.Count + 0.25), 1e-9, 1 - 1e-9));
    }

    private int Below(double sharpe)
    {
        var at = _sharpes.BinarySearch(sharpe);
        if (at < 0) return ~at;
        while (at > 0 && _sharpes[at - 1] == sharpe) at--;
        return at;
    }
}
