using Granary.Learning.Proofs;

namespace Granary.Learning.Tests.Trainers;

public class GradientTests
{
    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    public void Every_gradient_agrees_with_finite_differences(long seed)
    {
        var results = GradientCheck.Run(seed);
        results.Select(r => r.Of).ShouldBe(
        [
            "perceptron of two layers, logistic loss", "perceptron of two layers, squared error", "perceptron of one layer, logistic loss",
            "perceptron of one layer, squared error",
            "LSTM, logistic loss", "LSTM, squared error", "logistic at its minimum", "svm at its minimum",
        ]);
        foreach (var result in results)
            result.Holds.ShouldBeTrue($"{result.Of}: {result.Worst} of what is allowed, {result.Compared} parameters");
        results.Take(6).ShouldAllBe(r => r.Compared > 10);
    }
}
