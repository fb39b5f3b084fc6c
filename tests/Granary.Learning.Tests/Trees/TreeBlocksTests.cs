using System.Runtime.Intrinsics.X86;
using Granary.Engine.Numerics;
using Granary.Learning.Tables;
using Granary.Learning.Trainers;
using Granary.Learning.Trees;

namespace Granary.Learning.Tests.Trees;

public class TreeBlocksTests
{
    [Theory]
    [InlineData("gradient-boosting", 16, 8)]
    [InlineData("gradient-boosting", 300, 20)] // more trees than are walked together
    [InlineData("random-forest", 100, 3)]
    [InlineData("random-forest", 37, 100)] // codes in two registers, and trees that do not come in eights
    public void Blocks_give_the_sum_of_the_nodes_to_the_bit(string trainer, int trees, int width)
    {
        RequireInstructions();
        var table = Table(1500, width);
        var model = (TreeEnsemble)TrainerCatalogue.BuiltIn.Create(trainer, ("trees", trees),
            ("minLeaf", trainer == "random-forest" ? 1 : 20)).Train(table.Range(0, 1200), new TrainingOptions(3));
        for (var row = 0; row < table.Count; row++) Agree(model, table.Row(row));
    }

    [Fact]
    public void Values_on_a_threshold_and_beyond_single_precision_go_the_same_way()
    {
        RequireInstructions();
        // Whole numbers, so that many rows lie on a threshold's own side and some thresholds on values.
        var random = new PortableRandom(5);
        var values = new double[1200 * 4];
        var labels = new double[1200];
        for (var i = 0; i < labels.Length; i++)
        {
            for (var f = 0; f < 4; f++)
                values[4 * i + f] = f == 0 ? random.Next(3) - 1 : f == 1 ? 16_777_216 + random.Next(4) : random.Next(500);
            labels[i] = random.NextDouble() < 0.3 + 0.2 * values[4 * i] + 0.3 * (values[4 * i + 2] % 2) ? 1 : 0;
        }
        var table = new TrainingTable(["sign", "wide", "a", "b"], values, labels);
        var model = (TreeEnsemble)TrainerCatalogue.BuiltIn.Create("random-forest", ("trees", 64), ("minLeaf", 1))
            .Train(table.All(), new TrainingOptions(3));
        for (var row = 0; row < table.Count; row++) Agree(model, table.Row(row));
        double[] odd = [0.0, -0.0, 0.5, -0.5, 1e300, -1e300, double.Epsilon, 16_777_217, 16_777_217.5, 249.5];
        foreach (var a in odd)
            foreach (var b in odd)
                Agree(model, [a, b, b, a]);
    }

    [Fact]
    public void A_tree_that_never_split_and_a_degenerate_one_are_in_the_sum()
    {
        RequireInstructions();
        // Sixteen trees: single leaves, and chains of forty nodes to the right.
        var grown = new List<GrownTree>();
        for (var t = 0; t < 16; t++)
        {
            var length = t % 2 == 0 ? 0 : 40;
            var nodes = new TreeNode[2 * length + 1];
            Array.Fill(nodes, TreeNode.Leaf);
            // The left child is a leaf, the right one splits again.
            for (var k = 0; k < length; k++) nodes[2 * k] = new TreeNode(k - 0.5f, 0, 1);
            grown.Add(new GrownTree(nodes, [.. Enumerable.Range(0, nodes.Length).Select(n => n + t / 16.0)], length, [0]));
        }
        var model = TreeEnsemble.Join(new ModelHead("test", LearningTask.Regression, ["x"]), grown, TreeLink.Sum, 0);
        for (var x = -2.0; x < 45; x += 0.5) Agree(model, [x]);
    }

    [Fact]
    public void Trees_with_more_features_or_thresholds_than_a_byte_counts_are_read_node_by_node()
    {
        var wide = Table(400, 200);
        ((TreeEnsemble)TrainerCatalogue.BuiltIn.Create("random-forest", ("trees", 60), ("minLeaf", 1))
            .Train(wide.All(), new TrainingOptions(1))).SumOfBlocks(wide.Row(0)).ShouldBeNull();
        var fine = Enumerable.Range(0, 20)
            .Select(t => new GrownTree([new TreeNode(t, 0, 1), TreeNode.Leaf, TreeNode.Leaf], [0, 1, 2], 1, [0])).ToList();
        for (var t = 0; t < 300; t++) fine.Add(new GrownTree([new TreeNode(t, 0, 1), TreeNode.Leaf, TreeNode.Leaf], [0, 1, 2], 1, [0]));
        var model = TreeEnsemble.Join(new ModelHead("test", LearningTask.Regression, ["x"]), fine, TreeLink.Sum, 0);
        model.SumOfBlocks([7.5]).ShouldBeNull();
        model.Predict([7.5]).ShouldBe(320 + 8 + 8);
    }

    private static void Agree(TreeEnsemble model, ReadOnlySpan<double> row) =>
        BitConverter.DoubleToInt64Bits(model.SumOfBlocks(row)!.Value).ShouldBe(BitConverter.DoubleToInt64Bits(model.SumLeaves(row)));

    private static void RequireInstructions() =>
        Assert.SkipUnless(Avx512Vbmi.IsSupported, "this processor has no AVX-512 VBMI, so trees are walked node by node");

    private static TrainingTable Table(int rows, int width)
    {
        var random = new PortableRandom(9);
        var values = new double[rows * width];
        var labels = new double[rows];
        for (var i = 0; i < values.Length; i++) values[i] = random.NextGaussian();
        for (var i = 0; i < rows; i++)
            labels[i] = random.NextDouble() < PortableMath.Sigmoid(values[i * width] + values[i * width + 1] * values[i * width + 2]) ? 1
                : 0;
        return new TrainingTable(SyntheticTables.Names(width), values, labels);
    }
}
