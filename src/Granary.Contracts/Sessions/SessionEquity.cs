namespace Granary.Contracts.Sessions;

/// <summary>
/// Equity of a session's account by bar, with the expected equity from the daily returns of its deployment's backtest.
/// </summary>
/// <param name="Times">Opens of the bars, UTC; at most <see cref="AccountCurve.MostPoints"/>.</param>
/// <param name="Equity">Cash and positions at the last closes, account currency.</param>
/// <param name="Drawdown">Loss since the highest equity before, a fraction of it.</param>
/// <param name="Expected">Expected equity, from the mean daily return; empty if the account trades no known deployment.</param>
/// <param name="Low">Lower end of the 95 % interval; empty likewise.</param>
/// <param name="High">Upper end of that interval; empty likewise.</param>
public sealed record SessionEquity(IReadOnlyList<DateTime> Times, IReadOnlyList<double> Equity, IReadOnlyList<double> Drawdown,
    IReadOnlyList<double> Expected, IReadOnlyList<double> Low, IReadOnlyList<double> High);
