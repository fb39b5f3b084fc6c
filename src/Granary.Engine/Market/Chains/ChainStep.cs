namespace Granary.Engine.Market.Chains;

/// <summary>The bar and the change of a chain at a time.</summary>
/// <param name="Contract">The place of the contract whose bar is the chain's; -1 if the chain has no bar.</param>
/// <param name="Change">The change of the contract that became known with these bars; null without one.</param>
internal readonly record struct ChainStep(int Contract, ListingChange? Change);
