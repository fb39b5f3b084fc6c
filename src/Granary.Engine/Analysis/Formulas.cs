namespace Granary.Engine.Analysis;

/// <summary>A statistic's definition, for the report's appendix.</summary>
/// <param name="Name">The key in results.json.</param>
/// <param name="Text">The formula in plain text; E is equity at each bar's close, r its simple returns, b the benchmark's, n their number.</param>
/// <param name="Source">Where the definition comes from.</param>
public sealed record Formula(string Name, string Text, string Source);

/// <summary>Every statistic that a report prints, with its formula and source.</summary>
public static class Formulas
{
    public static IReadOnlyList<Formula> All { get; } =
    [
        new("returns", "r_t = E_t / E_{t-1} − 1 for t = 1 … n; risk-free rate 0; of strategies and of the portfolio E_0 is the starting cash, and n the number of bars or rows", "simple returns"),
        new("periodsPerYear", "daily 252, or 365 where there are Saturdays; weekly 52; monthly 12; intraday: bars per distinct UTC day × 252 or 365", "convention"),
        new("totalReturn", "E_last / E_first − 1", "textbook"),
        new("cagr", "(E_last / E_first)^(365.25 / days) − 1, days = calendar days from first to last", "textbook, calendar form"),
        new("ruin", "at E ≤ 0 the account is closed: positions are liquidated within the bar where E, closing fees paid, reaches 0 (at the bar's open where that is beyond it; "
            + "at the closes for accounts of several symbols and for the portfolio); what is missing below 0 is the broker's loss, and E stays 0. "
            + "totalReturn and cagr are −1; volatility and ratios are undefined", "contract"),
        new("margin of short positions", "default: a short sale needs free cash of its whole value (initial margin 100 %); its proceeds and that collateral stay locked at the entry's price; "
            + "no maintenance margin, so that the position is held until E reaches 0. With execution.leverage L: positions up to L · E; with execution.maintenancePercent m: "
            + "all is closed at the next open once E < m · Σ|position|", "contract"),
        new("volatility", "std(r, ddof 1) · √periodsPerYear", "textbook"),
        new("sharpe", "mean(r) / std(r, ddof 1) · √periodsPerYear", "Sharpe 1994, Journal of Portfolio Management 21(1)"),
        new("sortino", "mean(r) / √mean(min(r, 0)²) · √periodsPerYear, the mean over all r", "Sortino and Price 1994, Journal of Investing 3(3)"),
        new("calmar", "cagr / maxDrawdown", "Young 1991, over the whole record"),
        new("maxDrawdown", "max(1 − E / cummax(E))", "textbook"),
        new("maxDrawdownDays", "calendar days from the deepest drawdown's peak to the first later E ≥ peak, or to the last point", "convention"),
        new("longestUnderwaterDays", "the most calendar days from any peak to its recovery, or to the last point", "convention"),
        new("ulcerIndex", "√mean((1 − E / cummax(E))²), a fraction", "Martin and McCann 1989"),
        new("monthsProfitable", "share of calendar months (UTC) whose last E exceeds the last E before the month; the first month starts from E_first", "convention"),
        new("weeksProfitable", "the same by weeks from Monday to Sunday", "convention"),
        new("omega", "Σ max(r, 0) / Σ max(−r, 0)", "Keating and Shadwick 2002, threshold 0"),
        new("var95", "−q, q the 5 % quantile of r with linear interpolation", "historical simulation"),
        new("cvar95", "−mean(r | r ≤ q)", "Rockafellar and Uryasev 2000, historical form"),
        new("periodsProfitableInMarket, var95InMarket, cvar95InMarket", "the same of the periods with r ≠ 0 alone", "convention"),
        new("skew", "m₃ / m₂^1.5, population moments", "textbook"),
        new("kurtosis", "m₄ / m₂², population moments, raw: 3 for the normal distribution", "textbook"),
        new("trackingError", "std(r − b, ddof 1) · √periodsPerYear, over the times that both have", "textbook"),
        new("informationRatio", "mean(r − b) / std(r − b, ddof 1) · √periodsPerYear", "Grinold and Kahn 2000"),
        new("beta", "cov(r, b) / var(b)", "textbook"),
        new("alpha", "(mean(r) − beta · mean(b)) · periodsPerYear", "Jensen 1968"),
        new("correlation", "cov(r, b) / (std(r) · std(b))", "Pearson"),
        new("trades", "closed round trips; what is open at the end is no trade", "contract"),
        new("winRate", "trades with pnl_net > 0 over all trades", "convention"),
        new("expectancy", "mean(pnl_net)", "textbook"),
        new("averageWin", "mean(pnl_net | pnl_net > 0)", "textbook"),
        new("averageLoss", "mean(pnl_net | pnl_net < 0), negative", "textbook"),
        new("profitFactor", "Σ wins / |Σ losses|, net of commission", "textbook"),
        new("exposure", "share of bars at whose close a position is held", "contract"),
        new("equityAverage", "mean(E) over every row", "convention"),
        new("grossExposureAverage, grossExposureMost", "mean and greatest of Σ|position| / E over every row", "convention"),
        new("daysInMarket", "UTC days with a position at one of their rows or at the row before, or with a change of E", "convention"),
        new("daysProfitable, daysLosing", "share of days with r > 0, with r < 0; …InMarket: of the days in the market; a day with r = 0 is neither", "convention"),
        new("dailyVar95, dailyCvar95", "var95 and cvar95 of the returns of UTC days, …InMarket: of the days in the market alone", "historical simulation"),
        new("mae, mfe", "largest move against and for the trade while open, as a fraction of the entry price", "Sweeney 1997"),
        new("edgeRatio", "mean(mfe) / mean(mae)", "Faith 2007"),
        new("probabilisticSharpe", "Φ((SR − SR*) · √(n − 1) / √(1 − γ₃·SR + (γ₄ − 1)/4·SR²)), SR per period, γ₄ raw", "Bailey and López de Prado 2012, Journal of Risk 15(2)"),
        new("minimumTrackRecordLength", "1 + (1 − γ₃·SR + (γ₄ − 1)/4·SR²) · (z₀.₉₅ / (SR − SR*))², in returns", "Bailey and López de Prado 2012"),
        new("deflatedSharpe", "probabilistic Sharpe against SR* = √V · ((1 − γ)·Φ⁻¹(1 − 1/N) + γ·Φ⁻¹(1 − 1/(N·e))), V = 1 / (n − 1) the variance of a worthless strategy's Sharpe ratio, N the effective number of trials, γ = 0.5772…", "Bailey and López de Prado 2014, Journal of Portfolio Management 40(5); Mertens 2002"),
        new("effectiveTrials", "Σ over clusters of returns (average linkage on √((1 − ρ)/2), cut at the highest mean/std of the silhouettes) of the N whose expected maximum is √(1 − ρ̄) times that of the cluster's members, ρ̄ their mean correlation", "López de Prado 2018; Rousseeuw 1987; Owen and Steck 1962"),
        new("probabilityOfOverfitting", "share of the C(S, S/2) splits into halves of S blocks in which the in-sample best ranks below the out-of-sample median: logit of its relative rank < 0; at the median it counts half", "Bailey, Borwein, López de Prado and Zhu 2017, Journal of Computational Finance 20(4)"),
        new("realityCheck", "(b + 1) / (B + 1), b of B stationary-bootstrap samples in which max_k √n·(mean(d_k*) − mean(d_k))/ω_k* reaches max_k √n·mean(d_k)/ω_k; d_k the strategy's return over the benchmark's, ω_k its long-run deviation, block length from the data", "White 2000, Econometrica 68(5), studentised; Politis and White 2004; Patton, Politis and White 2009"),
        new("superiorPredictiveAbility", "the same, strategies with √n·mean(d_k)/ω_k < −√(2·ln ln n) recentred at zero", "Hansen 2005, Journal of Business and Economic Statistics 23(4)"),
    ];
}
