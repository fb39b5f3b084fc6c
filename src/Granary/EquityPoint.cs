namespace Granary;

/// <summary>The value of an account at the close of a bar.</summary>
/// <param name="Time">Open time of the bar, UTC.</param>
/// <param name="Value">Account currency.</param>
public readonly record struct EquityPoint(DateTime Time, double Value);
