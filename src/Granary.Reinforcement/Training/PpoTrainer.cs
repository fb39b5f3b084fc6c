using System.Security.Cryptography;
using Granary.Engine;
using Granary.Engine.Numerics;
using Granary.Reinforcement.Environments;
using Granary.Reinforcement.Policies;

namespace Granary.Reinforcement.Training;

/// <summary>
/// Trains a policy by proximal policy optimisation. The same environment, settings and seed give bit-identical results on any number of
/// threads, and after <see cref="Write"/> and <see cref="Read"/>.
/// </summary>
public sealed class PpoTrainer : IDisposable
{
    private const int FormatVersion = 2;

    // The number of policy comparisons in a training.
    private const int Comparisons = 40;

    private readonly PpoSettings _settings;
    private readonly ThreadTeam _team;
    private readonly EnvironmentGroup[] _groups;
    private readonly Rollout _rollout;
    private readonly PpoUpdate _update;
    private readonly RewardScaler _rewards;
    private readonly int[] _order;
    private readonly Action<int> _collect;
    private readonly BestPolicy? _best;
    private PortableRandom _random;

    /// <param name="make">Creates one copy of the environment.</param>
    /// <param name="steps">The maximum number of steps of all copies together; only complete updates are made.</param>
    /// <param name="threads">The number of threads, which affects only the duration.</param>
    public PpoTrainer(Func<IEnvironment> make, PpoSettings settings, long seed, long steps, int threads = 1)
    {
        // A training with fewer steps than one rollout has one shorter rollout.
        var horizon = (int)Math.Clamp(steps / settings.Environments, 1, settings.Horizon);
        _settings = settings;
        var environments = new IEnvironment[settings.Environments];
        for (var i = 0; i < environments.Length; i++) environments[i] = make();
        var first = environments[0];
        Policy = new TrainedPolicy(ActorCritic.Make(first.ObservationSize, first.Actions, settings.Hidden, settings.Activation),
            first.Actions, settings.NormalizeObservations ? new ObservationNormaliser(first.ObservationSize) : null);
        _random = new PortableRandom(seed, 1);
        Policy.Networks.Initialise(settings.LogDeviation, ref _random);
        _team = new ThreadTeam(threads);
        _rollout = new Rollout(horizon, environments.Length, first.ObservationSize, Policy.Networks.Head.ActionSize);
        _update = new PpoUpdate(Policy.Networks, settings, _team, Math.Min(settings.Minibatch, _rollout.Count));
        _rewards = new RewardScaler(environments.Length, settings.Gamma);
        _order = new int[_rollout.Count];
        Updates = (int)Math.Max(1, steps / _rollout.Count);
        // With fewer than four rows, the matrix product would not use all of its registers.
        var size = environments.Length >= 16 ? 8 : 4;
        var normaliser = Policy.Normaliser ?? new ObservationNormaliser(first.ObservationSize);
        _groups = [.. environments.Chunk(size).Select((copies, g) =>
            new EnvironmentGroup(Policy.Networks, normaliser, settings, copies, g * size, seed))];
        _collect = g => _groups[g].Collect(_rollout);
        if (settings.SelectionEpisodes > 0) _best = new BestPolicy(Policy, make(), settings.SelectionEpisodes, seed);
    }

    /// <summary>The current policy; after the last update the best one, if policies are compared.</summary>
    public TrainedPolicy Policy { get; }

    /// <summary>The number of updates in the training.</summary>
    public int Updates { get; }

    /// <summary>The number of completed updates.</summary>
    public int Done { get; private set; }

    /// <summary>The number of steps of all copies in one update.</summary>
    public int StepsPerUpdate => _rollout.Count;

    /// <summary>The number of completed steps.</summary>
    public long Steps => (long)Done * _rollout.Count;

    /// <summary>SHA-256 of all parameters and of the normaliser.</summary>
    public string Digest => Convert.ToHexStringLower(SHA256.HashData(Policy.ToBytes()));

    /// <summary>Collects the samples of one update, without learning. Allocates nothing.</summary>
    public void Collect() => _team.Run(_groups.Length, _collect);

    /// <summary>Runs one update: collect, estimate, learn.</summary>
    public TrainingCurvePoint Next()
    {
        _update.Optimiser.LearningRate = _settings.LearningRate * (_settings.FallingRate ? 1 - (double)Done / Updates : 1);
        Collect();
        if (Policy.Normaliser is { } normaliser)
        {
            foreach (var group in _groups) normaliser.Moments.Add(group.Observed);
        }
        if (_settings.ScaleRewards) _rewards.Apply(_rollout);
        _update.FillValues(_rollout);
        _rollout.EstimateAdvantages(_settings.Gamma, _settings.Lambda);
        var explained = ExplainedVariance();
        var mean = Learn();
        // After the update, because its samples must be normalised in the same way as the policy's inputs.
        Policy.Normaliser?.Refresh();
        Done++;
        if (_best is not null && (Done % Math.Max(1, Updates / Comparisons) == 0 || Done == Updates)) _best.Compare();
        if (Done == Updates) _best?.Restore();
        var (episodes, reward, steps) = (0, 0.0, 0L);
        foreach (var group in _groups)
        {
            episodes += group.Ended.Count;
            reward += group.Ended.Rewards;
            steps += group.Ended.Steps;
        }
        return new TrainingCurvePoint
        {
            Steps = Steps,
            Reward = reward / episodes,
            Length = (double)steps / episodes,
            PolicyLoss = mean.PolicyLoss,
            ValueLoss = mean.ValueLoss,
            Entropy = mean.Entropy,
            ApproxKl = mean.ApproxKl,
            ClipFraction = mean.ClipFraction,
            ExplainedVariance = explained,
            LearningRate = _update.Optimiser.LearningRate,
        };
    }

    // Returns means over the minibatches of the last started epoch.
    private MinibatchResult Learn()
    {
        for (var i = 0; i < _order.Length; i++) _order[i] = i;
        var mean = default(MinibatchResult);
        for (var epoch = 0; epoch < _settings.Epochs; epoch++)
        {
            _random.Shuffle(_order.AsSpan());
            var batches = 0;
            mean = default;
            for (var from = 0; from < _order.Length; from += _settings.Minibatch, batches++)
            {
                var r = _update.Step(_rollout, _order, from, Math.Min(_settings.Minibatch, _order.Length - from));
                mean = new MinibatchResult(mean.PolicyLoss + r.PolicyLoss, mean.ValueLoss + r.ValueLoss, mean.Entropy + r.Entropy,
                    mean.ApproxKl + r.ApproxKl, mean.ClipFraction + r.ClipFraction, mean.GradientNorm + r.GradientNorm);
            }
            mean = new MinibatchResult(mean.PolicyLoss / batches, mean.ValueLoss / batches, mean.Entropy / batches,
                mean.ApproxKl / batches, mean.ClipFraction / batches, mean.GradientNorm / batches);
            if (_settings.TargetKl > 0 && mean.ApproxKl > _settings.TargetKl) break;
        }
        return mean;
    }

    private double ExplainedVariance()
    {
        var (returns, errors) = (new RunningMoments(1), new RunningMoments(1));
        for (var i = 0; i < _rollout.Count; i++)
        {
            returns.Add([_rollout.Returns[i]]);
            errors.Add([_rollout.Advantages[i]]);
        }
        return returns.Squares[0] > 0 ? 1 - errors.Squares[0] / returns.Squares[0] : double.NaN;
    }

    /// <summary>Writes the complete state of the training.</summary>
    public void Write(BinaryWriter writer)
    {
        writer.Write(FormatVersion);
        writer.Write(Done);
        foreach (var value in Policy.Networks.Parameters) writer.Write(value);
        Policy.Normaliser?.Moments.Write(writer);
        _update.Optimiser.Write(writer);
        _rewards.Write(writer);
        Span<ulong> saved = stackalloc ulong[4];
        _random.Save(saved);
        foreach (var part in saved) writer.Write(part);
        foreach (var group in _groups) group.Write(writer);
        _best?.Write(writer);
    }

    /// <summary>
    /// Restores the state that <see cref="Write"/> wrote. The trainer must have the same environment, settings, seed and steps.
    /// </summary>
    /// <exception cref="InputException">The state is from a different version of Granary.</exception>
    public void Read(BinaryReader reader)
    {
        var version = reader.ReadInt32();
        if (version != FormatVersion)
            throw new InputException($"the checkpoint has format {version}, this Granary reads {FormatVersion}: delete it and "
                + "train again");
        Done = reader.ReadInt32();
        foreach (ref var value in Policy.Networks.Parameters.AsSpan()) value = reader.ReadDouble();
        Policy.Normaliser?.Moments.Read(reader);
        Policy.Normaliser?.Refresh();
        _update.Optimiser.Read(reader);
        _rewards.Read(reader);
        Span<ulong> saved = stackalloc ulong[4];
        for (var k = 0; k < saved.Length; k++) saved[k] = reader.ReadUInt64();
        _random = PortableRandom.FromSaved(saved);
        foreach (var group in _groups) group.Read(reader);
        _best?.Read(reader);
    }

    public void Dispose() => _team.Dispose();
}
