using System.Globalization;
using Granary.Engine.Analysis.Metrics;
using Granary.Reporting.Runs;

namespace Granary.Simulation.Validation;

/// <summary>Costs of an account that add up to a gain, so its result depends on being paid for trading.</summary>
/// <param name="Commission">Rebates less commissions, account currency; 0 unless it is a gain.</param>
/// <param name="Funding">Funding received less that paid, account currency; 0 unless it is a gain.</param>
/// <param name="Profit">Profit of the account with these gains, account currency.</param>
internal sealed record CostGains(double Commission, double Funding, double Profit)
{
    public static CostGains None { get; } = new(0, 0, 0);

    public bool IsAny => Commission > 0 || Funding > 0;

    /// <param name="statistics">Metrics of the account.</param>
    /// <param name="cash">The account's starting cash.</param>
    public static CostGains Of(MetricSet statistics, double cash)
    {
        static double Positive(double value) => value > 0 ? value : 0;
        return new CostGains(Positive(-statistics[TradeMetrics.Commission]), Positive(statistics[ExposureMetrics.Funding]),
            statistics.FinalEquity - cash);
    }

    /// <summary>States the gains beside the profit, without a full stop; empty if there are none.</summary>
    public string Sentence => string.Join("; ", new[] { Part("commission", Commission, " of rebates"), Part("funding", Funding, "") }
        .Where(part => part.Length > 0));

    /// <summary>The gains as figures of the check of the costs.</summary>
    internal IReadOnlyList<(string Name, double Value)> Figures =>
        [.. new[] { (ValidationChecks.CommissionGain, Commission), (ValidationChecks.FundingGain, Funding) }.Where(g => g.Item2 > 0)];

    private string Part(string cost, double gain, string of) => gain > 0
        ? string.Create(CultureInfo.InvariantCulture,
            $"{cost} adds up to a gain of {gain:#,0.##}{of}, beside a profit of {Profit:#,0.##} in all")
        : "";
}
