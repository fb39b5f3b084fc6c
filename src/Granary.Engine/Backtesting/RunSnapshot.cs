namespace Granary.Engine.Backtesting;

/// <summary>
/// Progress of a run that another thread may be processing. Each number is from one of the newest bars, not necessarily all from the same
/// one.
/// </summary>
/// <param name="Bars">Bars seen so far; with several instruments, time slices.</param>
/// <param name="Trades">Trades closed so far.</param>
/// <param name="Equity">Cash and open position at the close of the last marked bar, in the account's currency.</param>
/// <param name="Positions">Open position of each symbol, base units, negative = short; symbols without one are left out.</param>
internal sealed record RunSnapshot(long Bars, int Trades, double Equity, IReadOnlyDictionary<string, double> Positions);
