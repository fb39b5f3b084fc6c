using Granary.Engine.Numerics;
using Granary.Learning.Networks;
using Granary.Reinforcement.Policies;

namespace Granary.Reinforcement.Training;

/// <summary>
/// Loss and gradient over one part of a minibatch. Parts have a fixed size and are added in order, so the sums do not depend on the
/// number of threads.
/// </summary>
internal sealed class UpdateShard(ActorCritic nets, PpoSettings settings)
{
    /// <summary>The number of samples in a part.</summary>
    public const int Rows = 128;

    private readonly NetworkWorkspace _policy = new(nets.Policy, Rows), _value = new(nets.Value, Rows);
    private readonly double[] _input = new double[Rows * nets.Policy.RowWidth];

    public double[] Gradient { get; } = new double[nets.Parameters.Length];

    /// <summary>Sums over the part: policy loss, twice the value loss, entropy, KL divergence, clipped samples.</summary>
    public double[] Sums { get; } = new double[5];

    /// <summary>Computes the values of consecutive rows.</summary>
    public void Values(ReadOnlySpan<double> observations, Span<double> target)
    {
        var answers = nets.Value.Forward(nets.ValueParameters, observations, target.Length, _value);
        for (var r = 0; r < target.Length; r++) target[r] = answers[r * nets.Value.AnswerWidth];
    }

    /// <param name="rows">Samples of the rollout.</param>
    /// <param name="advantages">By place in <paramref name="rows"/>.</param>
    /// <param name="samples">The number of samples of the whole minibatch, by which the losses are divided.</param>
    public void Compute(Rollout rollout, ReadOnlySpan<int> rows, ReadOnlySpan<double> advantages, int samples)
    {
        Array.Clear(Gradient);
        Array.Clear(Sums);
        var width = rollout.RowWidth;
        for (var r = 0; r < rows.Length; r++)
            rollout.Observations.AsSpan(rows[r] * width, width).CopyTo(_input.AsSpan(r * width));
        var input = _input.AsSpan(0, rows.Length * width);
        PolicyPass(rollout, rows, advantages, samples, input);
        ValuePass(rollout, rows, samples, input);
    }

    private void PolicyPass(Rollout rollout, ReadOnlySpan<int> rows, ReadOnlySpan<double> advantages, int samples,
        ReadOnlySpan<double> input)
    {
        var (head, width) = (nets.Head, nets.Policy.AnswerWidth);
        var own = nets.HeadParameters;
        var outputs = nets.Policy.Forward(nets.PolicyParameters, input, rows.Length, _policy);
        var slopes = _policy.AnswerSlopes[..(rows.Length * width)];
        slopes.Clear();
        var ownSlopes = Gradient.AsSpan(nets.HeadAt, head.Parameters);
        for (var r = 0; r < rows.Length; r++)
        {
            var output = outputs.Slice(r * width, width);
            var action = rollout.Actions.AsSpan(rows[r] * rollout.ActionSize, rollout.ActionSize);
            var (log, entropy) = head.Evaluate(output, own, action);
            var change = log - rollout.LogProbabilities[rows[r]];
            var ratio = PortableMath.Exp(change);
            var held = Math.Clamp(ratio, 1 - settings.Clip, 1 + settings.Clip);
            var (free, cut) = (-advantages[r] * ratio, -advantages[r] * held);
            // If the clipped loss is the greater one, it does not depend on the policy.
            var slope = free >= cut ? free / samples : 0;
            head.AddSlopes(new HeadInput(output, own, action), slope, -settings.EntropyCoefficient / samples,
                slopes.Slice(r * width, width), ownSlopes);
            Sums[0] += Math.Max(free, cut);
            Sums[2] += entropy;
            Sums[3] += ratio - 1 - change;
            if (ratio != held) Sums[4]++;
        }
        nets.Policy.Backward(nets.PolicyParameters, input, rows.Length, _policy, Gradient.AsSpan(0, nets.Policy.Parameters));
    }

    private void ValuePass(Rollout rollout, ReadOnlySpan<int> rows, int samples, ReadOnlySpan<double> input)
    {
        var width = nets.Value.AnswerWidth;
        var answers = nets.Value.Forward(nets.ValueParameters, input, rows.Length, _value);
        var slopes = _value.AnswerSlopes[..(rows.Length * width)];
        slopes.Clear();
        for (var r = 0; r < rows.Length; r++)
        {
            var (now, before, wanted) = (answers[r * width], rollout.Values[rows[r]], rollout.Returns[rows[r]]);
            var error = now - wanted;
            var loss = error * error;
            var slope = error;
            if (settings.ClipValueLoss)
            {
                var moved = Math.Clamp(now - before, -settings.Clip, settings.Clip);
                var heldError = before + moved - wanted;
                if (heldError * heldError > loss) (loss, slope) = (heldError * heldError, moved == now - before ? heldError : 0);
            }
            slopes[r * width] = settings.ValueCoefficient * slope / samples;
            Sums[1] += loss;
        }
        nets.Value.Backward(nets.ValueParameters, input, rows.Length, _value, Gradient.AsSpan(nets.ValueAt, nets.Value.Parameters));
    }
}
