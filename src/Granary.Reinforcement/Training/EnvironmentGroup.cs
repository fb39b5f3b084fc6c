using Granary.Engine.Numerics;
using Granary.Learning.Networks;
using Granary.Reinforcement.Environments;
using Granary.Reinforcement.Policies;

namespace Granary.Reinforcement.Training;

/// <summary>
/// A group of environment copies that one thread steps together, so the policy handles all of them in one pass. Each copy has its own
/// random numbers, so the division into threads does not affect the results.
/// </summary>
internal sealed class EnvironmentGroup
{
    private readonly ActorCritic _nets;
    private readonly ObservationNormaliser _normaliser;
    private readonly bool _normalises;
    private readonly IEnvironment[] _environments;
    private readonly PortableRandom[] _random;
    private readonly int[] _elapsed;
    private readonly double[] _returns;
    private readonly int _first;
    private readonly NetworkWorkspace _policy, _value;
    private readonly double[] _raw, _action, _final;

    /// <param name="first">The index of the group's first copy among all copies.</param>
    public EnvironmentGroup(ActorCritic nets, ObservationNormaliser normaliser, PpoSettings settings, IEnvironment[] environments,
        int first, long seed)
    {
        (_nets, _normaliser, _normalises, _environments, _first) =
            (nets, normaliser, settings.NormalizeObservations, environments, first);
        _random = new PortableRandom[environments.Length];
        _elapsed = new int[environments.Length];
        _returns = new double[environments.Length];
        _policy = new NetworkWorkspace(nets.Policy, environments.Length);
        _value = new NetworkWorkspace(nets.Value, 1);
        _raw = new double[environments[0].ObservationSize];
        _action = new double[nets.Head.ActionSize];
        _final = new double[nets.Value.RowWidth];
        Observed = new RunningMoments(_raw.Length);
        for (var i = 0; i < environments.Length; i++)
        {
            _random[i] = new PortableRandom(seed, 1000 + first + i);
            environments[i].Reset(ref _random[i]);
        }
    }

    /// <summary>Observations of the last rollout.</summary>
    public RunningMoments Observed { get; }

    /// <summary>The episodes that ended in the last rollout: their number, total rewards and steps.</summary>
    public (int Count, double Rewards, long Steps) Ended { get; private set; }

    /// <summary>Fills the group's columns of a rollout. Allocates nothing.</summary>
    public void Collect(Rollout rollout)
    {
        Observed.Clear();
        Ended = default;
        var (rows, width, outputs) = (_environments.Length, rollout.RowWidth, _nets.Policy.AnswerWidth);
        for (var t = 0; t < rollout.Steps; t++)
        {
            var at = t * rollout.Environments + _first;
            var input = rollout.Observations.AsSpan(at * width, rows * width);
            for (var i = 0; i < rows; i++) Observe(i, input.Slice(i * width, width));
            var answers = _nets.Policy.Forward(_nets.PolicyParameters, input, rows, _policy);
            for (var i = 0; i < rows; i++) Step(rollout, at + i, i, answers.Slice(i * outputs, outputs));
        }
        for (var i = 0; i < rows; i++) Normalised(i, rollout.LastObservations.AsSpan((_first + i) * width, width));
    }

    private void Observe(int i, Span<double> target)
    {
        _environments[i].Observe(_raw);
        if (_normalises)
        {
            Observed.Add(_raw);
            _normaliser.Apply(_raw, target);
        }
        else
        {
            _raw.CopyTo(target);
        }
    }

    private void Normalised(int i, Span<double> target)
    {
        _environments[i].Observe(_raw);
        if (_normalises) _normaliser.Apply(_raw, target);
        else _raw.CopyTo(target);
    }

    private void Step(Rollout rollout, int at, int i, ReadOnlySpan<double> output)
    {
        var environment = _environments[i];
        ref var random = ref _random[i];
        var drawn = rollout.Actions.AsSpan(at * rollout.ActionSize, rollout.ActionSize);
        rollout.LogProbabilities[at] = _nets.Head.Sample(output, _nets.HeadParameters, drawn, ref random);
        _nets.Head.ToEnvironment(drawn, _action);
        var result = environment.Step(_action, ref random);
        _elapsed[i]++;
        var truncated = !result.Terminated
            && (result.Truncated || (environment.StepLimit > 0 && _elapsed[i] >= environment.StepLimit));
        rollout.Rewards[at] = result.Reward;
        rollout.Terminated[at] = result.Terminated;
        rollout.Truncated[at] = truncated;
        _returns[i] += result.Reward;
        if (!result.Terminated && !truncated) return;
        if (truncated)
        {
            Normalised(i, _final);
            rollout.FinalValues[at] = _nets.Value.Forward(_nets.ValueParameters, _final, 1, _value)[0];
        }
        Ended = (Ended.Count + 1, Ended.Rewards + _returns[i], Ended.Steps + _elapsed[i]);
        (_elapsed[i], _returns[i]) = (0, 0);
        environment.Reset(ref random);
    }

    public void Write(BinaryWriter writer)
    {
        Span<ulong> saved = stackalloc ulong[4];
        var state = new double[_environments[0].StateSize];
        for (var i = 0; i < _environments.Length; i++)
        {
            _random[i].Save(saved);
            foreach (var part in saved) writer.Write(part);
            writer.Write(_elapsed[i]);
            writer.Write(_returns[i]);
            _environments[i].CopyState(state);
            foreach (var value in state) writer.Write(value);
        }
    }

    public void Read(BinaryReader reader)
    {
        Span<ulong> saved = stackalloc ulong[4];
        var state = new double[_environments[0].StateSize];
        for (var i = 0; i < _environments.Length; i++)
        {
            for (var k = 0; k < saved.Length; k++) saved[k] = reader.ReadUInt64();
            _random[i] = PortableRandom.FromSaved(saved);
            _elapsed[i] = reader.ReadInt32();
            _returns[i] = reader.ReadDouble();
            for (var k = 0; k < state.Length; k++) state[k] = reader.ReadDouble();
            _environments[i].SetState(state);
        }
    }
}
