namespace Granary.Learning.Trees;

/// <summary>How far a tree grows.</summary>
/// <param name="FeaturesPerNode">How many features each node looks at.</param>
/// <param name="MinLeaf">Fewest samples of a leaf.</param>
/// <param name="MaxDepth">Most splits from the root to a leaf.</param>
/// <param name="Shrinkage">
/// Samples that each node's mean is drawn towards its parent's by (hierarchical shrinkage, Agarwal et al. 2022); 0 for none.
/// </param>
internal sealed record TreeLimits(int FeaturesPerNode, int MinLeaf, int MaxDepth, double Shrinkage = 0);
