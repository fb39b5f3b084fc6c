namespace Granary.Engine.Market.Chains;

/// <summary>A bar of a contract.</summary>
/// <param name="Contract">Its place among the contracts of the chain.</param>
/// <param name="OpenInterest">At the bar's close; NaN if it is not known.</param>
internal readonly record struct ContractBar(int Contract, Bar Bar, double OpenInterest = double.NaN);
