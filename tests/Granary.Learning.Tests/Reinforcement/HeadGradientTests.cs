using Granary.Engine.Numerics;
using Granary.Learning.Networks;
using Granary.Reinforcement.Policies;
using Granary.Reinforcement.Training;

namespace Granary.Learning.Tests.Reinforcement;

/// <summary>The gradient of the whole loss beside central differences, for each head and both activations.</summary>
public class HeadGradientTests
{
    private const int Samples = 12, Observations = 3;

    [Theory]
    [InlineData("categorical", Activation.Tanh)]
    [InlineData("gaussian", Activation.Tanh)]
    [InlineData("simplex", Activation.Tanh)]
    [InlineData("categorical", Activation.Relu)]
    [InlineData("gaussian", Activation.Relu)]
    internal void The_gradient_of_the_loss_agrees_with_finite_differences(string kind, Activation activation)
    {
        ActionHead head = kind switch
        {
            "categorical" => new CategoricalHead(3),
            "gaussian" => new GaussianHead(2),
            _ => new SimplexHead(3),
        };
        var nets = new ActorCritic(new DenseNetwork(Observations, [7, 5], head.Outputs, activation), head,
            new DenseNetwork(Observations, [6], 1, activation));
        var random = new PortableRandom(7);
        nets.Initialise(-0.3, ref random);
        for (var i = 0; i < nets.Parameters.Length; i++)
            if (nets.Parameters[i] != 0)
                nets.Parameters[i] += 0.2 * random.NextGaussian();
        var settings = new PpoSettings { EntropyCoefficient = 0.03, ValueCoefficient = 0.7 };
        var rollout = Record(nets, ref random);
        var shard = new UpdateShard(nets, settings);
        int[] rows = [.. Enumerable.Range(0, Samples)];
        double Loss()
        {
            shard.Compute(rollout, rows, rollout.Advantages, Samples);
            var value = settings.ValueCoefficient * 0.5 * shard.Sums[1];
            return (shard.Sums[0] - settings.EntropyCoefficient * shard.Sums[2] + value) / Samples;
        }

        _ = Loss();
        var gradient = (double[])shard.Gradient.Clone();
        shard.Sums[4].ShouldBeInRange(1, Samples - 1, "some samples are beyond the clip and some are not");
        var compared = 0;
        for (var i = 0; i < nets.Parameters.Length; i++)
        {
            var at = nets.Parameters[i];
            if (at == 0 && gradient[i] == 0) continue; // padding
            const double step = 1e-6;
            nets.Parameters[i] = at + step;
            var above = Loss();
            nets.Parameters[i] = at - step;
            var difference = (above - Loss()) / (2 * step);
            nets.Parameters[i] = at;
            gradient[i].ShouldBe(difference, 1e-7 + 1e-5 * Math.Abs(difference), $"parameter {i}");
            compared++;
        }
        compared.ShouldBeGreaterThan(60);
    }

    // Old probabilities and values are moved, so that ratios and values are on both sides of the clip.
    private static Rollout Record(ActorCritic nets, ref PortableRandom random)
    {
        var rollout = new Rollout(Samples, 1, Observations, nets.Head.ActionSize);
        var workspace = new NetworkWorkspace(nets.Policy, 1);
        for (var t = 0; t < Samples; t++)
        {
            var row = rollout.Observations.AsSpan(t * rollout.RowWidth, rollout.RowWidth);
            for (var i = 0; i < Observations; i++) row[i] = random.NextGaussian();
            var output = nets.Policy.Forward(nets.PolicyParameters, row, 1, workspace);
            rollout.LogProbabilities[t] = 0.25 * random.NextGaussian() + nets.Head.Sample(output, nets.HeadParameters,
                rollout.Actions.AsSpan(t * rollout.ActionSize, rollout.ActionSize), ref random);
            rollout.Advantages[t] = random.NextGaussian();
            rollout.Values[t] = random.NextGaussian();
            rollout.Returns[t] = random.NextGaussian();
        }
        return rollout;
    }
}
