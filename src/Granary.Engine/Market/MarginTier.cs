namespace Granary.Engine.Market;

/// <summary>A step of an exchange's maintenance margin.</summary>
/// <param name="From">Notional of the position from which on the step applies, quote currency.</param>
/// <param name="Rate">Maintenance margin as a fraction of the notional.</param>
/// <param name="Amount">What is subtracted from it, quote currency, so the margin has no jump at the step.</param>
/// <param name="MaxLeverage">The greatest leverage of a position of this size; 0 = no limit.</param>
internal readonly record struct MarginTier(double From, double Rate, double Amount, double MaxLeverage);
