namespace Granary.Reporting.Runs;

/// <summary>Compares a portfolio whose exposure models cap with the same portfolio without the cap.</summary>
/// <param name="From">The first request to a model, UTC; the comparison starts here.</param>
/// <param name="Asked">The number of entries for which a model was requested.</param>
/// <param name="Judged">The number of these entries for which it had a prediction.</param>
/// <param name="Cut">The number of accepted entries that the cap reduced.</param>
/// <param name="Refused">The number of entries that the cap refused.</param>
/// <param name="Without">The portfolio without the cap.</param>
/// <param name="With">The portfolio with it.</param>
internal sealed record RiskWorth(DateTime From, int Asked, int Judged, int Cut, int Refused, RiskFigures Without, RiskFigures With);

/// <summary>Figures of a portfolio over the compared period.</summary>
/// <param name="Return">Total return, as a fraction.</param>
/// <param name="MaxDrawdown">Maximum drawdown of the equity at bar closes within the period, a positive fraction.</param>
/// <param name="MeanExposure">Mean over the rows of longs plus shorts, as a fraction of equity.</param>
internal sealed record RiskFigures(double Return, double MaxDrawdown, double MeanExposure);
