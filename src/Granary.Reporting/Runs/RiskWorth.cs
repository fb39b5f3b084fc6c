namespace Granary.Reporting.Runs;

/// <summary>A portfolio whose exposure models cap, and the same portfolio without the cap.</summary>
/// <param name="From">When the first model was asked, UTC; both are compared from then on.</param>
/// <param name="Asked">Entries that a model was asked about.</param>
/// <param name="Judged">Those of them for which it had a prediction.</param>
/// <param name="Cut">Accepted entries that the cap made smaller.</param>
/// <param name="Refused">Entries that it left no room for.</param>
/// <param name="Without">The portfolio without the cap.</param>
/// <param name="With">The portfolio with it.</param>
public sealed record RiskWorth(DateTime From, int Asked, int Judged, int Cut, int Refused, RiskFigures Without, RiskFigures With);

/// <summary>Of a portfolio over the time that is compared.</summary>
/// <param name="Return">A fraction.</param>
/// <param name="MaxDrawdown">The deepest fall from a peak of the equity at bar closes within that time, a positive fraction.</param>
/// <param name="MeanExposure">Mean over the rows of longs plus shorts as a fraction of the equity.</param>
public sealed record RiskFigures(double Return, double MaxDrawdown, double MeanExposure);
