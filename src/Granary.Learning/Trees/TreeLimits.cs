namespace Granary.Learning.Trees;

/// <summary>Limits on the growth of a tree.</summary>
/// <param name="FeaturesPerNode">The number of features to test at each node.</param>
/// <param name="MinLeaf">The minimum number of samples in a leaf.</param>
/// <param name="MaxDepth">The maximum number of splits from the root to a leaf.</param>
/// <param name="Shrinkage">
/// The weight, in samples, of the parent's mean in each node's mean (hierarchical shrinkage, Agarwal et al. 2022); 0 for none.
/// </param>
internal sealed record TreeLimits(int FeaturesPerNode, int MinLeaf, int MaxDepth, double Shrinkage = 0);
