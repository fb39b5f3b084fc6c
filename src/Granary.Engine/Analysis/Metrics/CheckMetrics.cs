using System.Collections.Immutable;

namespace Granary.Engine.Analysis.Metrics;

/// <summary>Metrics of the validation checks.</summary>
internal static class CheckMetrics
{
    public static Metric DeflatedSharpe { get; } = new("deflatedSharpe", "Deflated Sharpe")
    {
        Formula = "probabilistic Sharpe against SR* = √V · ((1 − γ)·Φ⁻¹(1 − 1/N) + γ·Φ⁻¹(1 − 1/(N·e))), V = 1 / (n − 1) the variance "
            + "of a worthless strategy's Sharpe ratio, N the effective number of trials, γ = 0.5772…; of a portfolio SR* is luckBar",
        Source = "Bailey and López de Prado 2014, Journal of Portfolio Management 40(5); Mertens 2002",
        Unit = MetricUnit.Share,
        Better = MetricDirection.Higher,
        Group = MetricGroup.Checks,
        Needs = MetricParts.Checks,
        Compute = static (in MetricInput m) => m.Checks.DeflatedSharpe,
        Place = 23,
    };

    public static Metric ProbabilityOfOverfitting { get; } = new("probabilityOfOverfitting", "Probability of overfitting")
    {
        Formula = "share of the C(S, S/2) splits into halves of S blocks in which the in-sample best ranks below the out-of-sample "
            + "median: logit of its relative rank < 0; at the median it counts half",
        Source = "Bailey, Borwein, López de Prado and Zhu 2017, Journal of Computational Finance 20(4)",
        Unit = MetricUnit.Share,
        Better = MetricDirection.Lower,
        Group = MetricGroup.Checks,
        Needs = MetricParts.Checks,
        Compute = static (in MetricInput m) => m.Checks.ProbabilityOfOverfitting,
        Place = 24,
    };

    /// <summary>In the order of the report's table.</summary>
    public static ImmutableArray<Metric> All { get; } =
    [
        DeflatedSharpe, ProbabilityOfOverfitting,
    ];
}
