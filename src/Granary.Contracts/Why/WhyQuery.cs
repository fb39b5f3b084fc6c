namespace Granary.Contracts.Why;

/// <summary>
/// Asks why a strategy acted, or did not act. It names one bar by <paramref name="At"/>, <paramref name="Trade"/> or
/// <paramref name="Signal"/>, or a span by <paramref name="From"/> and <paramref name="To"/>.
/// </summary>
/// <param name="Strategy">Id of the strategy.</param>
/// <param name="Symbol">One of the strategy's symbols; null = the first, or that of the trade or signal.</param>
/// <param name="At">A time within the bar, UTC; at a time between two bars, the earlier one.</param>
/// <param name="Trade">Number of the trade, from 1 in the order of trades.csv: the bar of its signal.</param>
/// <param name="Signal">Number of the signal, from 1: the column number of signals.csv.</param>
/// <param name="From">First time of a span, UTC; null with <paramref name="To"/> = from the first bar.</param>
/// <param name="To">Exclusive end of a span, UTC; null with <paramref name="From"/> = to the last bar.</param>
/// <param name="Step">Bars to go on from the named bar; negative = back.</param>
public sealed record WhyQuery(string Strategy, string? Symbol = null, DateTime? At = null, int? Trade = null, int? Signal = null,
    DateTime? From = null, DateTime? To = null, int Step = 0);
