using Granary.Engine.Numerics;
using Granary.Reinforcement.Environments;

namespace Granary.Reinforcement.ReferenceTasks;

/// <summary>
/// Five binary digits of a fixed password are guessed one after another; only the complete password has the reward 1. An agent that
/// explores too little never sees the reward.
/// </summary>
/// <remarks>State and observation: the digits guessed so far, −1 for those to come.</remarks>
internal sealed class Password : IEnvironment
{
    private readonly double[] _guess = [-1, -1, -1, -1, -1];
    private int _next;

    private static ReadOnlySpan<double> Secret => [1, 0, 1, 1, 0];

    public ActionSpace Actions { get; } = new(ActionKind.Categorical, 2);

    public int ObservationSize => _guess.Length;

    public int StateSize => _guess.Length;

    public int StepLimit => 0;

    public void Reset(ref PortableRandom random)
    {
        Array.Fill(_guess, -1);
        _next = 0;
    }

    public StepResult Step(ReadOnlySpan<double> action, ref PortableRandom random)
    {
        // Recorded actions may continue after the last digit; they have no reward.
        if (_next == _guess.Length) return new StepResult(0, Terminated: true);
        _guess[_next++] = action[0];
        if (_next < _guess.Length) return new StepResult(0);
        return new StepResult(Secret.SequenceEqual(_guess) ? 1 : 0, Terminated: true);
    }

    public void Observe(Span<double> target) => CopyState(target);

    public void CopyState(Span<double> target) => _guess.CopyTo(target);

    public void SetState(ReadOnlySpan<double> state)
    {
        state.CopyTo(_guess);
        _next = Array.IndexOf(_guess, -1) is var at && at < 0 ? _guess.Length : at;
    }
}
