namespace Granary.Learning.Trees;

/// <summary>The trees of an ensemble in flat arrays.</summary>
/// <param name="Values">[nodes], of the leaves.</param>
/// <param name="Roots">[trees], by node.</param>
/// <param name="Depths">[trees], rising.</param>
/// <param name="Gain">[features], each feature's share of all gains; sums to 1.</param>
internal sealed record JoinedTrees(TreeNode[] Nodes, double[] Values, int[] Roots, int[] Depths, double[] Gain);
