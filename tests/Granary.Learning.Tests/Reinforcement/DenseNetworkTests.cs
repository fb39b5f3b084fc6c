using Granary.Engine.Numerics;
using Granary.Learning.Networks;

namespace Granary.Learning.Tests.Reinforcement;

public class DenseNetworkTests
{
    [Fact]
    public void Starting_weights_of_a_layer_are_orthogonal_with_its_gain()
    {
        var network = new DenseNetwork(5, [9], 3, Activation.Tanh);
        var parameters = new double[network.Parameters];
        var random = new PortableRandom(1);
        network.Initialise(parameters, 0.01, ref random);
        for (var i = 0; i < 5; i++)
            for (var k = 0; k <= i; k++)
            {
                var product = 0.0;
                for (var o = 0; o < 9; o++) product += parameters[network.WeightAt(0, i, o)] * parameters[network.WeightAt(0, k, o)];
                product.ShouldBe(i == k ? 2 : 0, 1e-12);
            }
        for (var o = 0; o < 3; o++)
        {
            var square = 0.0;
            for (var i = 0; i < 9; i++) square += Math.Pow(parameters[network.WeightAt(1, i, o)], 2);
            square.ShouldBe(1e-4, 1e-15);
        }
    }

    [Fact]
    public void A_row_has_the_same_bits_alone_and_in_a_batch()
    {
        var network = new DenseNetwork(6, [20, 12], 5, Activation.Tanh);
        var parameters = new double[network.Parameters];
        var random = new PortableRandom(2);
        network.Initialise(parameters, 1, ref random);
        var rows = new double[7 * network.RowWidth];
        for (var r = 0; r < 7; r++)
            for (var i = 0; i < 6; i++) rows[r * network.RowWidth + i] = random.NextGaussian();
        var batch = network.Forward(parameters, rows, 7, new NetworkWorkspace(network, 7)).ToArray();
        var alone = new NetworkWorkspace(network, 1);
        for (var r = 0; r < 7; r++)
            network.Forward(parameters, rows.AsSpan(r * network.RowWidth), 1, alone).ToArray()
                .ShouldBe(batch[(r * network.AnswerWidth)..((r + 1) * network.AnswerWidth)]);
    }
}
