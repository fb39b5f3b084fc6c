namespace Granary.Reporting.Runs;

/// <summary>The worth of one point of a symbol's prices.</summary>
/// <param name="Multiplier">Units of its currency per price point and unit.</param>
/// <param name="Currency">A code, such as "JPY".</param>
internal readonly record struct PriceUnit(double Multiplier, string Currency);
