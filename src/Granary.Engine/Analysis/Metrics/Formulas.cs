using System.Collections.Immutable;

namespace Granary.Engine.Analysis.Metrics;

/// <summary>A definition, for the report's appendix.</summary>
/// <param name="Name">The key in results.json, or the name of a convention.</param>
/// <param name="Text">
/// The formula in plain text; E is equity at each bar's close, r its simple returns, b the benchmark's, n their number.
/// </param>
/// <param name="Source">Publication or program that defines it.</param>
internal sealed record Formula(string Name, string Text, string Source);

/// <summary>The definitions that a report prints: conventions, every metric of a catalogue, and the validation checks.</summary>
internal static class Formulas
{
    /// <summary>Definitions that metrics build on.</summary>
    public static ImmutableArray<Formula> Conventions { get; } =
    [
        new("returns",
            "r_t = E_t / E_{t-1} − 1 for t = 1 … n; risk-free rate 0; of strategies and of the portfolio E_0 is the starting "
                + "cash, and n the number of bars or rows",
            "simple returns"),
        new("ruin",
            "at E ≤ 0 the account is closed: positions are liquidated within the bar where E, closing fees paid, reaches 0 "
                + "(at the bar's open where that is beyond it; at the closes for accounts of several symbols and for the "
                + "portfolio); what is missing below 0 is the broker's loss, and E stays 0. totalReturn and cagr are −1; volatility "
                + "and ratios are undefined",
            "contract"),
        new("margin of short positions",
            "default: a short sale needs free cash of its whole value (initial margin 100 %); its proceeds and that "
                + "collateral stay locked at the entry's price; no maintenance margin: the position is held until E reaches "
                + "0. With execution.leverage L: positions up to L · E; with execution.maintenancePercent m: all is closed at the "
                + "next open once E < m · Σ|position|",
            "contract"),
        new("buy and hold",
            "B_t = E_s / m · Σ_k C_k,t / C_k,s: the account's equity at its first row s with a bar of the m markets, in equal parts; "
                + "C_k the close of market k with splits and dividends reinvested, C_k,s its first close",
            "convention"),
        new("figures of a span",
            "the formulas over the rows from its start to before its end; E_0 is the last equity before the span; trades that were "
                + "closed in it; periodsPerYear of the whole record",
            "convention"),
        new("importance of a condition",
            "of a condition known at the entry: ω² = (SSB − (k − 1) · MSW) / (SST + MSW) over the net returns of a strategy's closed "
                + "trades in the k groups of the condition's values: SSB = Σ n_j (r̄_j − r̄)², SSW = Σ Σ (r − r̄_j)², SST = SSB + SSW, "
                + "MSW = SSW / (n − k); the share of their variance that the condition explains, less what chance explains; at or below "
                + "0 nothing; undefined with n − k < 10",
            "Hays 1963"),
        new("importance of a parameter",
            "of a parameter of a search: var(mean of f over all other parameters) / var(f), f the prediction of a tree over the space; the "
                + "mean over 64 trees of a random forest that is fitted to the trials. Not comparable with the importance of a condition",
            "Hutter, Hoos and Leyton-Brown 2014"),
        new("importance of a feature",
            "of a feature of a model: the main figure (AUC, or R²) on the test samples minus that with the feature's values shuffled; the "
                + "mean over the windows",
            "Breiman 2001"),
        new("mae, mfe", "largest move against and for the trade while open, as a fraction of the entry price", "Sweeney 1997"),
    ];

    /// <summary>Figures of the validation checks that are no metrics.</summary>
    public static ImmutableArray<Formula> Checks { get; } =
    [
        new("effectiveTrials",
            "Σ over clusters of returns (average linkage on √((1 − ρ)/2), cut at the highest mean/std of the silhouettes) of "
                + "the N whose expected maximum is √(1 − ρ̄) times that of the cluster's members, ρ̄ their mean correlation",
            "López de Prado 2018; Rousseeuw 1987; Owen and Steck 1962"),
        new("luckBar",
            "max(E(N), L) / √T: the Sharpe ratio of a year that the same choice among worthless strategies is expected to show over T "
                + "years; E(N) = (1 − γ)·Φ⁻¹(1 − 1/N) + γ·Φ⁻¹(1 − 1/(N·e)), N = effectiveTrials (of a trial budget: the trials of the "
                + "key); L = Σ w_k·e_k·σ_k / σ_P for a portfolio that joins chosen strategies, e_k = √(2/π) for a winner, E(N of its "
                + "search) for a best trial, 0 for the others; if other runs tried more, at least the L with e_k = min(E(N), "
                + "Φ⁻¹((r_k − 0.375)/(M + 0.25))), r_k the rank of the strategy's Sharpe ratio among all M trials",
            "Bailey and López de Prado 2014; Lo 2002; Blom 1958; Novy-Marx 2015"),
        new("realityCheck",
            "(b + 1) / (B + 1), b of B stationary-bootstrap samples in which max_k √n·(mean(d_k*) − mean(d_k))/ω_k* reaches "
                + "max_k √n·mean(d_k)/ω_k; d_k the strategy's return over the benchmark's, ω_k its long-run deviation; ω_k* = "
                + "ω_k·s_k*/s_k, s the deviation of the returns, where mean(d_k) < 0 at least ω_k·√½; block length from the data",
            "White 2000, Econometrica 68(5), studentised; Politis and White 2004; Patton, Politis and White 2009"),
        new("superiorPredictiveAbility",
            "the same, strategies with √n·mean(d_k)/ω_k < −√(2·ln ln n) recentred at zero",
            "Hansen 2005, Journal of Business and Economic Statistics 23(4)"),
    ];

    /// <summary>All of them, the metrics in the order of the report's tables.</summary>
    public static IEnumerable<Formula> Of(MetricCatalogue catalogue) =>
    [
        .. Conventions,
        .. catalogue.All.Where(m => m.Group != MetricGroup.Internal).Select(m => new Formula(m.Key, m.Formula, m.Source)),
        .. Checks,
    ];
}
