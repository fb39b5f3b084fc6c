namespace Granary.Simulation.Tables;

/// <summary>A row of a file of members: a symbol and a span of its membership.</summary>
/// <param name="From">UTC ticks, inclusive; 0 if the file does not say it.</param>
/// <param name="To">UTC ticks, exclusive; <see cref="long.MaxValue"/> while it lasts.</param>
/// <param name="DelistingReturn">Return of a holder from the last close to the delisting at <paramref name="To"/>; null for none.</param>
internal sealed record MemberRow(string Symbol, long From, long To, double? DelistingReturn);
