using Granary.Backtesting.Verification;
using Granary.Engine.Numerics;

namespace Granary.Trading.Parity;

/// <summary>An account and its backtest at a time.</summary>
/// <param name="Account">Equity of the account.</param>
/// <param name="Backtest">Equity of the backtest of the final bars.</param>
/// <param name="Gap">The account minus the backtest, by trade and cause.</param>
/// <param name="Digest">Digest of the backtest of the final bars.</param>
internal sealed record ReplayedDay(double Account, double Backtest, LiveDivergence Gap, string Digest, BarCounts Bars)
{
    /// <summary>The amounts by cause. What the trades do not have is unexplained.</summary>
    public IReadOnlyDictionary<string, double> Causes => field ??= CausesOf();

    private Dictionary<string, double> CausesOf()
    {
        var parts = Gap.Causes;
        var causes = parts.ToDictionary(c => c.Cause, c => Rounded(c.Amount), StringComparer.Ordinal);
        var rest = Account - Backtest - parts.Sum(c => c.Amount);
        causes[DivergenceCauses.Unexplained] = Rounded(causes[DivergenceCauses.Unexplained] + rest);
        return causes;
    }

    /// <summary>Whether an amount exceeds rounding errors.</summary>
    public bool Counts(double amount) => Math.Abs(amount) > Tolerance.Amount * Math.Abs(Backtest);

    private double Rounded(double amount) => Counts(amount) ? amount : 0;
}
