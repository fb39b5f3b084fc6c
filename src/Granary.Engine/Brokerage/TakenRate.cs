namespace Granary.Engine.Brokerage;

/// <summary>The value of a currency in the account's, from a time on.</summary>
/// <param name="Currency">Such as JPY.</param>
/// <param name="Time">From when it counts, UTC ticks: when it was quoted, or after the bars before it if it came later.</param>
/// <param name="At">When it was known at its source, UTC ticks.</param>
/// <param name="Since">When the oldest of the rates was known from which it was computed, UTC ticks.</param>
internal sealed record TakenRate(string Currency, double Rate, long Time, long At, long Since);
