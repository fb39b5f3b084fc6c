using Granary.Learning.Networks;
using Granary.Learning.Numerics;

namespace Granary.Learning.Tests.Trainers;

public class GradientTests
{
    [Theory]
    [InlineData("perceptron", true)]
    [InlineData("perceptron", false)]
    [InlineData("one layer", true)]
    [InlineData("lstm", true)]
    [InlineData("lstm", false)]
    public void Every_gradient_agrees_with_finite_differences(string network, bool classify)
    {
        NetworkShape shape = network switch { "lstm" => new LstmShape(3, 5, 6), "one layer" => new PerceptronShape(3, [5]), _ => new PerceptronShape(3, [7, 5]) };
        var random = new SeededRandom(3);
        var parameters = new double[shape.Parameters];
        shape.Initialise(parameters, ref random);
        for (var i = 0; i < parameters.Length; i++)
            if (parameters[i] != 0)
                parameters[i] += 0.1 * random.NextGaussian();
        double[] input = [.. Enumerable.Range(0, network == "lstm" ? 15 : 3).Select(_ => random.NextGaussian())];
        var gradient = new double[parameters.Length];
        var workspace = new double[Math.Max(shape.GradientWorkspace, shape.ScoreWorkspace)];
        var loss = shape.Accumulate(parameters, input, 1, 0.7, classify, gradient, workspace);
        loss.ShouldBe(Loss(), 1e-12);
        var moved = 0;
        for (var i = 0; i < parameters.Length; i++)
        {
            const double Step = 1e-5;
            var at = parameters[i];
            parameters[i] = at + Step;
            var above = Loss();
            parameters[i] = at - Step;
            var below = Loss();
            parameters[i] = at;
            var difference = (above - below) / (2 * Step);
            if (difference != 0) moved++;
            // What belongs to the padding of the lanes has no gradient by design, and must not get one.
            if (at == 0 && gradient[i] == 0) continue;
            gradient[i].ShouldBe(difference, 1e-7 + 1e-6 * Math.Abs(difference), $"parameter {i}");
        }
        moved.ShouldBeGreaterThan(10);

        double Loss()
        {
            var score = shape.Score(parameters, input, workspace);
            return 0.7 * (classify ? PortableMath.Softplus(score) - score : (score - 1) * (score - 1) / 2);
        }
    }
}
