using Granary.Engine.Numerics;
using Granary.Reinforcement.Environments;
using Granary.Reinforcement.Policies;
using Granary.Simulation.Batches;

namespace Granary.Modelling.Allocation;

/// <summary>
/// Allocation of weights as a reinforcement-learning environment: one decision per row, for the signals from the row's close on. The
/// account is the backtest's; with the same weights its equity is bit-identical. The reward until the next row is the log growth or the
/// differential Sharpe ratio (Moody and Saffell 2001), minus a penalty if the drawdown grows.
/// </summary>
internal sealed class AllocationEnvironment : IEnvironment
{
    private const double Ruin = -5, SharpeMemory = 0.02;

    private readonly AllocationView _view;
    private readonly AllocatorSpec _spec;
    private readonly int _first, _last, _length;
    private readonly AllocationAccount _account;
    private readonly double[] _actions, _weights, _wanted;
    private int _start, _steps;
    private double _mean, _square;

    /// <param name="first">The first row of the data.</param>
    /// <param name="last">The row after the last. Episodes that reach it are truncated.</param>
    /// <param name="length">Rows of an episode. If the data is longer, episodes start at random rows.</param>
    public AllocationEnvironment(AllocationView view, AllocatorSpec spec, int first, int last, int length)
    {
        (_view, _spec, _first, _last, _length) = (view, spec, first, last, Math.Min(length, last - first - 1));
        if (_length < 1) throw new ArgumentException("the data have less than two rows", nameof(last));
        _account = new AllocationAccount(view.Timeline, view.Plan, view.Instruments, view.Units, _length);
        Actions = new ActionSpace(ActionKind.Simplex, view.Units.Count + 1);
        _actions = new double[_length * Actions.Choices];
        (_weights, _wanted) = (new double[view.Units.Count], new double[view.Units.Count]);
    }

    public ActionSpace Actions { get; }

    public int ObservationSize => _view.Observer.Size;

    // The start row and all actions since then determine the account, so they are the whole state.
    public int StateSize => 2 + _actions.Length;

    public int StepLimit => 0;

    /// <summary>Account of the current episode.</summary>
    public AllocationAccount Account => _account;

    public void Reset(ref PortableRandom random) => Begin(_first + random.Next(_last - _first - _length));

    private void Begin(int row)
    {
        (_start, _steps, _mean, _square) = (row, 0, 0, 0);
        Array.Clear(_weights);
        _account.Start(row);
    }

    public StepResult Step(ReadOnlySpan<double> action, ref PortableRandom random) => Step(action);

    private StepResult Step(ReadOnlySpan<double> action)
    {
        action.CopyTo(_actions.AsSpan(_steps * Actions.Choices));
        var (equity, drawdown) = (_account.Run.Equity, _account.Run.Drawdown);
        WeightPolicy.Tilt(action, _view.BaseWeights, _wanted);
        NoTradeBand.Replace(_weights, _wanted, _spec.Band);
        _account.Decide(_weights);
        _steps++;
        var now = _account.Run.Equity;
        if (!(now > 0) || !(equity > 0)) return new StepResult(Ruin, Terminated: true);
        var growth = PortableMath.Log(now / equity);
        var reward = (_spec.Reward == AllocatorReward.DifferentialSharpe ? DifferentialSharpe(growth) : growth)
            - _spec.DrawdownPenalty * Math.Max(0, _account.Run.Drawdown - drawdown);
        return new StepResult(reward, Truncated: _steps == _length);
    }

    // Moody and Saffell's derivative of the exponentially weighted Sharpe ratio.
    private double DifferentialSharpe(double growth)
    {
        var (change, squareChange) = (growth - _mean, growth * growth - _square);
        var variance = _square - _mean * _mean;
        var result = variance > 1e-12 ? (_square * change - 0.5 * _mean * squareChange) / (variance * Math.Sqrt(variance)) : 0;
        _mean += SharpeMemory * change;
        _square += SharpeMemory * squareChange;
        return result;
    }

    public void Observe(Span<double> target) => _view.Observe(_account, target);

    public void CopyState(Span<double> target)
    {
        (target[0], target[1]) = (_start, _steps);
        _actions.CopyTo(target[2..]);
    }

    public void SetState(ReadOnlySpan<double> state)
    {
        var steps = (int)state[1];
        var actions = state[2..].ToArray();
        Begin((int)state[0]);
        for (var i = 0; i < steps; i++) Step(actions.AsSpan(i * Actions.Choices, Actions.Choices));
    }
}
