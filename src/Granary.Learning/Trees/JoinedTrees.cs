namespace Granary.Learning.Trees;

/// <summary>The trees of an ensemble in flat arrays.</summary>
/// <param name="Values">[nodes], values of the leaves.</param>
/// <param name="Roots">[trees], index of the root node.</param>
/// <param name="Depths">[trees], ascending.</param>
/// <param name="Gain">[features], each feature's share of the total gain; adds up to 1.</param>
internal sealed record JoinedTrees(TreeNode[] Nodes, double[] Values, int[] Roots, int[] Depths, double[] Gain);
