using Granary.Engine;
using Granary.Engine.Numerics;
using Granary.Learning.Networks;
using Granary.Reinforcement.Policies;

namespace Granary.Reinforcement.Training;

/// <summary>
/// Optimiser steps of proximal policy optimisation: clipped objective, clipped value loss and entropy bonus, with one limit on the gradient
/// norm of policy and value together. The loss is policy − c·entropy + c·value.
/// </summary>
internal sealed class PpoUpdate
{
    private readonly ActorCritic _nets;
    private readonly PpoSettings _settings;
    private readonly ThreadTeam _team;
    private readonly UpdateShard[] _shards;
    private readonly double[] _gradient, _advantages;
    private readonly Action<int> _compute, _value;
    private Rollout? _rollout;
    private int[] _rows = [];
    private int _from, _count;

    /// <param name="team">The thread team; the number of threads affects only the duration.</param>
    /// <param name="samples">The maximum number of samples in one step.</param>
    public PpoUpdate(ActorCritic nets, PpoSettings settings, ThreadTeam team, int samples)
    {
        (_nets, _settings, _team) = (nets, settings, team);
        _shards = new UpdateShard[(samples + UpdateShard.Rows - 1) / UpdateShard.Rows];
        for (var s = 0; s < _shards.Length; s++) _shards[s] = new UpdateShard(nets, settings);
        _gradient = new double[nets.Parameters.Length];
        _advantages = new double[samples];
        _compute = Compute;
        _value = Value;
        Optimiser = new Adam(nets.Parameters.Length, settings.LearningRate)
        {
            Epsilon = settings.AdamEpsilon,
            CorrectsBeforeEpsilon = true,
        };
    }

    internal Adam Optimiser { get; }

    /// <summary>Computes the values of all samples and of the last observations.</summary>
    public void FillValues(Rollout rollout)
    {
        _rollout = rollout;
        for (var first = 0; first < rollout.Count; first += _shards.Length * UpdateShard.Rows)
        {
            (_from, _count) = (first, Math.Min(rollout.Count - first, _shards.Length * UpdateShard.Rows));
            _team.Run((_count + UpdateShard.Rows - 1) / UpdateShard.Rows, _value);
        }
        for (var e = 0; e < rollout.Environments; e += UpdateShard.Rows)
            _shards[0].Values(rollout.LastObservations.AsSpan(e * rollout.RowWidth),
                rollout.LastValues.AsSpan(e, Math.Min(UpdateShard.Rows, rollout.Environments - e)));
    }

    private void Value(int shard)
    {
        var from = _from + shard * UpdateShard.Rows;
        var count = Math.Min(UpdateShard.Rows, _from + _count - from);
        _shards[shard].Values(_rollout!.Observations.AsSpan(from * _rollout.RowWidth), _rollout.Values.AsSpan(from, count));
    }

    /// <summary>One step over some samples of a rollout.</summary>
    /// <param name="rows">Numbers of samples; the step takes <paramref name="count"/> of them from <paramref name="from"/> on.</param>
    /// <exception cref="InputException">The loss is not a number: the training has diverged.</exception>
    public MinibatchResult Step(Rollout rollout, int[] rows, int from, int count)
    {
        (_rollout, _rows, _from, _count) = (rollout, rows, from, count);
        for (var i = 0; i < count; i++) _advantages[i] = rollout.Advantages[rows[from + i]];
        if (_settings.NormalizeAdvantages && count > 1) Normalise(_advantages.AsSpan(0, count));
        var shards = (count + UpdateShard.Rows - 1) / UpdateShard.Rows;
        _team.Run(shards, _compute);
        Array.Clear(_gradient);
        Span<double> sums = stackalloc double[5];
        sums.Clear();
        for (var s = 0; s < shards; s++)
        {
            Dense.AddScaled(1, _shards[s].Gradient, _gradient);
            for (var k = 0; k < sums.Length; k++) sums[k] += _shards[s].Sums[k];
        }
        var norm = Math.Sqrt(Dense.Dot(_gradient, _gradient));
        if (!double.IsFinite(norm))
            throw new InputException("the training has diverged: the gradient is not a number; use a lower learningRate");
        Optimiser.Step(_nets.Parameters, _gradient, Math.Min(1, _settings.MaxGradientNorm / (norm + 1e-6)), 0);
        return new MinibatchResult(sums[0] / count, 0.5 * sums[1] / count, sums[2] / count, sums[3] / count, sums[4] / count, norm);
    }

    private void Compute(int shard)
    {
        var from = shard * UpdateShard.Rows;
        var count = Math.Min(UpdateShard.Rows, _count - from);
        _shards[shard].Compute(_rollout!, _rows.AsSpan(_from + from, count), _advantages.AsSpan(from, count), _count);
    }

    // Normalises to mean 0 and sample deviation 1.
    private static void Normalise(Span<double> values)
    {
        var mean = Dense.Sum(values) / values.Length;
        var squares = 0.0;
        foreach (ref var value in values)
        {
            value -= mean;
            squares += value * value;
        }
        var factor = 1 / (Math.Sqrt(squares / (values.Length - 1)) + 1e-8);
        foreach (ref var value in values) value *= factor;
    }
}
