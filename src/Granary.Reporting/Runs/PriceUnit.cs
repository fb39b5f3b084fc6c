namespace Granary.Reporting.Runs;

/// <summary>What one point of a symbol's prices is.</summary>
/// <param name="Multiplier">Units of its currency per price point and unit.</param>
/// <param name="Currency">A code, such as "JPY".</param>
internal readonly record struct PriceUnit(double Multiplier, string Currency);
